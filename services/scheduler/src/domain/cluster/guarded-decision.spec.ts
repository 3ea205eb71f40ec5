import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { servingHeuristics } from '../heuristics/serving-heuristics.js';
import type { Choice, Policy } from '../policy.js';
import type { StageState } from '../state/job-state.js';
import { Cluster } from './cluster.js';
import type { AskedRun, AskedTask, ClusterRequest } from './cluster-request.js';
import { decideGuarded, type Objection } from './guarded-decision.js';
import { KnownRuns } from './known-runs.js';

const taskOf = (name: string, more: Partial<AskedTask> = {}): AskedTask => ({ name, dependsOn: [], count: 1, running: 0, finished: 0, durationMs: 1000, memoryBytes: 0, durationByParallelism: [], poolIds: [], ...more });
const runOf = (runId: string, tasks: readonly AskedTask[], more: Partial<AskedRun> = {}): AskedRun => ({ runId, workflow: 'w', submittedAtMs: 0, weight: 1, reservedSlots: 0, tasks, ...more });
const requestOf = (runs: readonly AskedRun[], freeSlots = 4): ClusterRequest => ({ scheduler: 'x', nowMs: 1000, pools: [{ poolId: 'p', slots: freeSlots, freeSlots, timeFactor: 1 }], runs });

const heuristic = servingHeuristics.get('fair')!.policy;
const two = requestOf([runOf('a', [taskOf('one', { count: 3 })]), runOf('b', [taskOf('two', { count: 3 })])]);

/** Decides by a policy that chooses as told; the clock goes on by a step whenever it is looked at. */
function decide(choose: (cluster: Cluster, asked: number) => Choice, { stepMs = 0, objection }: { readonly stepMs?: number; readonly objection?: Objection } = {}) {
  let [nowMs, asked] = [0, 0];
  const policy: Policy = { name: 'odd', decide: (observation) => choose(observation as Cluster, (asked += 1)) };
  const cluster = new Cluster(two);
  return { cluster, asked: () => asked, ...decideGuarded(cluster, { heuristic, policy, objection: () => objection, clock: () => (nowMs += stepMs), deadlineMs: 20 }) };
}

const first = (cluster: Cluster): StageState => cluster.jobs[0]!.stages[0]!;
const counts = (given: readonly { readonly stage: StageState; readonly count: number }[]) => given.map(({ stage, count }) => [stage.shape.name, count]);

describe('a guarded decision', () => {
  it('is the policy’s, with what the heuristic would have done beside it', () => {
    const { given, heuristicGiven, objection } = decide((cluster, asked) => ({ stage: asked === 1 ? first(cluster) : undefined, count: asked === 1 ? 3 : 1 }));

    expect([counts(given), counts(heuristicGiven), objection]).toEqual([[['one', 3]], [['one', 2], ['two', 2]], undefined]);
  });

  it.each<[string, (cluster: Cluster) => Choice, string, string]>([
    ['a count that is none', (cluster) => ({ stage: first(cluster), count: NaN }), 'invalid', 'NaN slots'],
    ['a fraction', (cluster) => ({ stage: first(cluster), count: 1.5 }), 'invalid', '1.5 slots'],
    ['more than there is', (cluster) => ({ stage: first(cluster), count: 5 }), 'invalid', '5 slots of 4'],
    ['none', () => ({ stage: undefined, count: 0 }), 'invalid', '0 slots'],
    ['a bid that is none', (cluster) => ({ stage: first(cluster), count: 1, bid: NaN }), 'invalid', 'bid is NaN'],
    ['an endless price', (cluster) => ({ stage: first(cluster), count: 1, price: Infinity }), 'invalid', 'price is Infinity'],
    ['a stage of another cluster', () => ({ stage: first(new Cluster(two)), count: 1 }), 'invalid', 'cannot start'],
    ['what throws', () => { throw new Error('out of its depth'); }, 'failure', 'out of its depth'],
  ])('is the heuristic’s where the policy chooses %s', (_, choose, fallback, words) => {
    const { given, heuristicGiven, objection } = decide(choose);

    expect(objection).toEqual({ fallback, words: expect.stringContaining(words) });
    expect(given).toBe(heuristicGiven);
    expect(counts(given)).toEqual([['one', 2], ['two', 2]]);
  });

  it('is the heuristic’s where the policy has not decided in time', () => {
    const { given, heuristicGiven, objection, asked } = decide((cluster) => ({ stage: cluster.jobs.flatMap(({ stages }) => stages.filter((stage) => cluster.isReady(stage)))[0], count: 1 }), { stepMs: 3 });

    expect([objection?.fallback, given === heuristicGiven]).toEqual(['deadline', true]);
    expect(asked()).toBeLessThan(4);
  });

  it('gives everything away first come, first served, where not even the heuristic is in time', () => {
    const { given, objection, asked } = decide(() => ({ stage: undefined, count: 1 }), { stepMs: 30 });

    expect([counts(given), objection?.fallback, asked()]).toEqual([[['one', 3], ['two', 1]], 'deadline', 0]);
  });

  it('says so where the heuristic serves by itself and is not in time', () => {
    let nowMs = 0;
    const { objection } = decideGuarded(new Cluster(two), { heuristic, policy: undefined, objection: () => undefined, clock: () => (nowMs += 30), deadlineMs: 20 });

    expect(objection).toEqual({ fallback: 'deadline', words: expect.stringContaining('first come, first served') });
  });

  it('does not ask a policy that something speaks against', () => {
    const { objection, asked, given } = decide(() => ({ stage: undefined, count: 4 }), { objection: { fallback: 'breaker', words: 'open' } });

    expect([objection, asked(), counts(given).length]).toEqual([{ fallback: 'breaker', words: 'open' }, 0, 2]);
  });
});

const task = fc.record({ count: fc.integer({ min: 1, max: 5 }), memoryBytes: fc.constantFrom(0, 100, 700), durationMs: fc.integer({ min: 1, max: 100_000 }), parents: fc.integer({ min: 0, max: 3 }), done: fc.integer({ min: 0, max: 5 }) });
const runs = fc.array(fc.record({ tasks: fc.array(task, { minLength: 1, maxLength: 6 }), quota: fc.constantFrom(undefined, 1, 3) }), { minLength: 1, maxLength: 6 }).map((list) =>
  list.map(({ tasks, quota }, number) =>
    runOf(`r${number}`, tasks.map(({ count, memoryBytes, durationMs, parents, done }, index) => taskOf(`t${index}`, { count, memoryBytes, durationMs, dependsOn: index === 0 ? [] : [...new Set([`t${Math.min(parents, index - 1)}`])], finished: Math.min(done, count) })), { quotaSlots: quota }),
  ),
);
const pools = fc.array(fc.record({ slots: fc.integer({ min: 1, max: 8 }), memoryBytes: fc.constantFrom(undefined, 1000), timeFactor: fc.constantFrom(0.5, 1, 2) }), { minLength: 1, maxLength: 3 });

describe('any heuristic in any state', () => {
  it('keeps slots, memory, quotas and the order of tasks, leaves no slot empty that could be used, and everything as it was', () => {
    fc.assert(
      fc.property(runs, pools, fc.constantFrom('fifo', 'fair', 'weighted-fair', 'srpt-cp', 'tetris'), (asked, poolList, name) => {
        const request = { scheduler: 'x', nowMs: 0, runs: asked, pools: poolList.map((pool, index) => ({ ...pool, poolId: `${index}`, freeSlots: pool.slots })) };
        const cluster = new Cluster(request);
        const before = JSON.stringify(stateOf(cluster));
        const { given, objection } = decideGuarded(cluster, { heuristic: servingHeuristics.get(name)!.policy, policy: undefined, objection: () => undefined, clock: () => 0, deadlineMs: 20 });

        expect([objection, JSON.stringify(stateOf(cluster))]).toEqual([undefined, before]);
        for (const pool of cluster.pools) {
          const here = given.filter((one) => one.pool === pool);
          expect(here.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(pool.freeCount);
          expect(here.reduce((sum, { count, stage }) => sum + count * stage.shape.memoryBytes, 0)).toBeLessThanOrEqual(pool.freeMemoryBytes);
        }
        for (const { stage, job } of given) {
          expect(stage.shape.parents.every((parent) => job.stages[parent]!.isDone)).toBe(true);
          expect(given.filter((one) => one.stage === stage).reduce((sum, { count }) => sum + count, stage.startedCount)).toBeLessThanOrEqual(stage.shape.taskCount);
          expect(given.filter((one) => one.job === job).reduce((sum, { count }) => sum + count, job.supply)).toBeLessThanOrEqual(job.terms.quota);
        }
        for (const { stage, pool, count } of given) cluster.move(stage, pool, count);
        for (const pool of cluster.pools) {
          cluster.offer(pool);
          expect(pool.freeCount > 0 && cluster.isAnyReady()).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function stateOf({ jobs, pools: list }: Cluster): unknown {
  return [list.map(({ freeCount, freeMemoryBytes }) => [freeCount, freeMemoryBytes]), jobs.map(({ supply, remainingWorkMs, remainingTaskCount, stages }) => [supply, remainingWorkMs, remainingTaskCount, stages.map(({ startedCount, finishedCount, isChosen }) => [startedCount, finishedCount, isChosen])])];
}

describe('runs that are told again', () => {
  it('decide as if they were told for the first time, whatever has changed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(runs, fc.integer({ min: 1, max: 8 })), { minLength: 2, maxLength: 5 }), (questions) => {
        const known = new KnownRuns();
        for (const [asked, freeSlots] of questions) {
          const played = [new Cluster(requestOf(asked, freeSlots), { known }), new Cluster(requestOf(asked, freeSlots))].map((cluster) =>
            counts(decideGuarded(cluster, { heuristic: servingHeuristics.get('srpt-cp')!.policy, policy: undefined, objection: () => undefined, clock: () => 0, deadlineMs: 20 }).given),
          );
          expect(played[0]).toEqual(played[1]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are the same objects as long as the work is the same', () => {
    const known = new KnownRuns();
    const jobsOf = (asked: readonly AskedRun[]) => new Cluster(requestOf(asked), { known }).jobs;
    const [a, b] = jobsOf([runOf('a', [taskOf('one', { count: 3 })]), runOf('b', [taskOf('two')])]);
    const [again, changed] = jobsOf([runOf('a', [taskOf('one', { count: 3, running: 2 })]), runOf('b', [taskOf('two', { durationMs: 7 })])]);

    expect([again === a, changed === b, again?.supply, again?.remainingTaskCount]).toEqual([true, false, 2, 1]);
  });
});
