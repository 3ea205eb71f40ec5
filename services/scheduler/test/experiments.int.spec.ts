import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { observationsOf } from '@orrery/contracts';
import { eventually, registeredRoutes, runFinished, specRunId } from '@orrery/testing';
import { roleOf, type BlockPlan } from '../src/domain/experiments/index.js';
import { ExperimentsController } from '../src/experiments/experiments.controller.js';
import { experimentOpenApi, experimentOperations } from '../src/experiments/index.js';
import { decisionFor, ExperimentsScene, type RunWords } from './experiments-scene.js';

let scene: ExperimentsScene;

beforeAll(async () => {
  scene = await ExperimentsScene.open();
});
afterEach(() => scene.reset());
afterAll(() => scene.close());

const path = '/api/v1/schedule/experiments';
const minuteMs = 60_000;
const switchback = { name: 'learned against tuned', kind: 'switchback', policy: 'learned', block_seconds: 600, burn_in_seconds: 60, blocks: 16, hold_out: 0 };

const start = async (given: object = {}, tenantId = 'default') => await scene.post(path, { ...switchback, ...given }, tenantId);

interface Started {
  readonly experiment_id: string;
  readonly started_at: string;
  readonly design: { readonly blocks: number; readonly hold_out: number };
}

function planOf({ experiment_id: experimentId, started_at: startedAt, design }: Started): BlockPlan {
  return { experimentId, startedMs: Date.parse(startedAt), blockMs: 10 * minuteMs, burnInMs: minuteMs, blockCount: design.blocks, holdOut: design.hold_out, rampBlocks: 0 };
}

/** Three runs in each block; those of treated blocks take so many times longer. */
function runsOf(plan: BlockPlan, ratio: number, blocks = plan.blockCount): readonly RunWords[] {
  return Array.from({ length: blocks * 3 }, (_, index) => {
    const block = Math.floor(index / 3);
    const isTreated = roleOf(plan, block) === 'treatment';
    const arrivedMs = plan.startedMs + block * plan.blockMs + (2 + (index % 3) * 2) * minuteMs;
    // Blocks differ among each other, as they do.
    return { name: `run-${index}`, arrivedMs, completionMs: 20_000 * (1 + ((index * 7) % 5) / 10) * (isTreated ? ratio : 1), policyVersion: isTreated ? 1 : 0 };
  });
}

describe('starting an experiment', () => {
  it('fixes what is measured, and begins at once', async () => {
    const { status, body } = await start({ minimum_effect: 0.05, note: 'the new weights', by: 'ada' });

    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        ...{ name: 'learned against tuned', kind: 'switchback', scheduler: 'default', status: 'running', policy: 'learned', control: 'tuned', started_by: 'ada', note: 'the new weights', reason: '' },
        ...{ started_at: '2026-03-02T09:00:00.000Z', ends_at: '2026-03-02T11:40:00.000Z', ended_at: null, holds_out: false },
        design: { metric: 'mean_completion_time', block_ms: 600_000, burn_in_ms: 60_000, blocks: 16, hold_out: 0, ramp_blocks: 0, roll_out: false, minimum_effect: 0.05, rollback_above: 0.1 },
        progress: { blocks_done: 0, blocks: 16, control: { runs: 0, unfinished: 0 }, since_end: null },
        ...{ result: null, shadow: null, breaker: { phase: 'closed', words: '' } },
      },
    });
    const arm = scene.parts.arms.armOf('default', 'default', scene.nowMs + minuteMs);
    expect(arm).toMatchObject({ experimentId: body.experiment_id, policy: arm?.arm === 'treatment' ? 'learned' : 'tuned', shadow: undefined });
    expect(scene.parts.arms.armOf('default', 'another', scene.nowMs)).toBeUndefined();
  });

  it('twice with the same settings is once; with others, or beside another, it is refused', async () => {
    const first = (await start()).body;

    expect((await start({ note: 'again', by: 'ada' })).body).toEqual(first);
    expect(await start({ minimum_effect: 0.2 })).toMatchObject({ status: 409, body: { code: 'ORRERY_CONFLICT', detail: 'there is an experiment learned against tuned with other settings already: choose another name' } });
    expect(await start({ name: 'second' })).toMatchObject({ status: 409, body: { detail: 'experiment learned against tuned runs at scheduler default already: one at a time', experiment_id: first.experiment_id } });
    expect(await start({ name: 'second', scheduler: 'other' })).toMatchObject({ status: 200 });
  });

  it('at the same moment from several sides begins one', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => start({ name: `try ${index % 3}` })));

    const ids = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.experiment_id));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
    expect((await scene.get(path)).body.items).toHaveLength(1);
  });

  it('works the blocks out from what runs took lately', async () => {
    await scene.runAll(Array.from({ length: 40 }, (_, index) => ({ name: `before-${index}`, arrivedMs: scene.nowMs - 3_600_000 + index * 1000, completionMs: 90_000 })));
    const { body } = await start({ block_seconds: undefined, burn_in_seconds: undefined, blocks: undefined });

    expect(body.design).toMatchObject({ block_ms: 900_000, burn_in_ms: 90_000, blocks: 48 });
    expect(body.notes).toEqual([]);
  });

  it('is refused for what cannot be, in words', async () => {
    const refused = async (given: object) => {
      const { status, body } = await start(given);
      return `${status} ${body.detail}`;
    };

    expect(await refused({ policy: 'genius' })).toBe('404 there is no policy genius: GET /api/v1/schedule/policies lists them');
    expect(await refused({ control: 'genius' })).toContain('404 there is no policy genius');
    expect(await refused({ control: 'learned-1' })).toContain('400 body.control: expected a heuristic');
    expect(await refused({ policy: 'tuned' })).toContain('400 body.policy: tuned is the control itself');
    expect(await refused({ block_seconds: undefined })).toContain('400 expected block_seconds: only 0 runs');
    expect(await refused({ blocks: 17 })).toContain('400 expected an even number');
    expect(await refused({ until: '2027-01-01T00:00:00Z' })).toContain('expected blocks or until, and not both');
    expect(await refused({ blocks: undefined, until: '2020-01-01T00:00:00Z' })).toContain('400 body.until: expected a time to come');
    expect(await refused({ kind: 'shadow' })).toContain('a shadow has no blocks and no control');
    expect(await refused({ name: 'a\0b' })).toContain('400 body.name');
    expect(await refused({ surprise: 1 })).toContain('400 ');
    expect((await scene.get(path)).body.items).toEqual([]);
  });
});

describe('a switchback', () => {
  it('tells no effect before its horizon, and all of it afterwards', async () => {
    const started = (await start()).body;
    const plan = planOf(started);
    await scene.runAll(runsOf(plan, 0.6));

    scene.nowMs = plan.startedMs + 15.5 * plan.blockMs;
    await scene.parts.look();
    const before = (await scene.get(`${path}/${started.experiment_id}`)).body;
    expect(before).toMatchObject({ status: 'running', result: null, progress: { blocks_done: 15, blocks: 16, since_end: null } });
    expect(JSON.stringify(before.progress)).not.toContain('ratio');

    scene.nowMs = plan.startedMs + 17 * plan.blockMs;
    await scene.parts.look();
    const after = (await scene.get(`${path}/${started.experiment_id}`)).body;
    expect(after).toMatchObject({
      ...{ status: 'completed', ended_at: new Date(scene.nowMs).toISOString(), reason: expect.stringMatching(/^better: mean completion time [34]\d(\.\d)? % lower under learned than under tuned/) },
      result: { verdict: 'better', reaches_minimum_effect: true, pairs: 8, control: { runs: 24, unfinished: 0 }, treatment: { runs: 24, unfinished: 0 } },
    });
    expect(after.result.completion.ratio).toBeGreaterThan(0.5);
    expect(after.result.completion.high).toBeLessThan(0.75);
    expect(after.result.resource.ratio).toBeCloseTo(after.result.completion.ratio, 6);
    expect(after.result.p_value).toBe(2 / 256);
    await scene.parts.look();
    expect((await scene.get(`${path}/${started.experiment_id}`)).body.result).toEqual(after.result);
  });

  it('keeps its held-out blocks afterwards, and tells what became of them', async () => {
    const started = (await start({ hold_out: 0.5, blocks: 40 })).body;
    const plan = planOf(started);
    scene.nowMs = plan.startedMs + 41 * plan.blockMs;
    await scene.parts.look();
    const later = Array.from({ length: 60 }, (_, index) => scene.nowMs + index * plan.blockMs + 5 * minuteMs);
    const policies = later.map((momentMs) => scene.parts.arms.armOf('default', 'default', momentMs)?.policy);

    expect(new Set(policies)).toEqual(new Set(['tuned', undefined]));
    await scene.runAll(later.map((arrivedMs, index) => ({ name: `later-${index}`, arrivedMs, completionMs: policies[index] === 'tuned' ? 30_000 : 20_000 })));
    scene.nowMs = (later.at(-1) ?? 0) + 3_600_000;
    const heldOut = policies.filter((policy) => policy === 'tuned').length;
    expect((await scene.get(`${path}/${started.experiment_id}`)).body.progress.since_end).toEqual({ held_out: { runs: heldOut, completion_ms: 30_000 }, others: { runs: 60 - heldOut, completion_ms: 20_000 } });
    await scene.post(`${path}/${started.experiment_id}/stop`, { hold_out: false });
    expect(scene.parts.arms.armOf('default', 'default', scene.nowMs)).toBeUndefined();
  });

  it('stops itself when runs take much longer, and the heuristic decides until somebody says otherwise', async () => {
    const started = (await start({ blocks: 40 })).body;
    const plan = planOf(started);
    await scene.runAll(runsOf(plan, 2.5, 20));
    scene.nowMs = plan.startedMs + 21 * plan.blockMs;
    await scene.parts.look();

    const { body } = await scene.get(`${path}/${started.experiment_id}`);
    expect(body).toMatchObject({ status: 'rolled_back', result: null, reason: expect.stringMatching(/^runs took 1\d\d % longer in treated blocks than in their neighbours, of 10 pairs; the bound was 10 %/) });
    expect(scene.parts.arms.armOf('default', 'default', scene.nowMs)).toMatchObject({ arm: 'control', policy: 'tuned' });
    expect(scene.parts.arms.breakerOf('default', 'default')).toBe(`experiment learned against tuned was rolled back: ${body.reason}`);

    expect(await scene.post(`${path}/${started.experiment_id}/stop`, { reason: 'the cache was cold', by: 'ada', hold_out: false })).toMatchObject({ status: 200, body: { status: 'stopped', reason: `${body.reason}; stopped by ada: the cache was cold` } });
    expect(scene.parts.arms.breakerOf('default', 'default')).toBeUndefined();
  });

  it('goes on when nothing is wrong', async () => {
    const started = (await start({ blocks: 40 })).body;
    const plan = planOf(started);
    await scene.runAll(runsOf(plan, 1.02, 20));
    scene.nowMs = plan.startedMs + 21 * plan.blockMs;
    await scene.parts.look();

    expect((await scene.get(`${path}/${started.experiment_id}`)).body).toMatchObject({ status: 'running', reason: '' });
  });

  it('stops itself when its policy fails', async () => {
    const started = (await start()).body;
    const arm = { experimentId: started.experiment_id, arm: 'treatment', policy: 'learned', shadow: undefined } as const;
    await scene.decide(Array.from({ length: 60 }, (_, index) => decisionFor({ name: `run-${index}`, arrivedMs: scene.nowMs, arm, policyVersion: index % 2, fallback: index % 2 === 0 ? 'deadline' : '' })));
    await scene.parts.look();

    expect((await scene.get(`${path}/${started.experiment_id}`)).body).toMatchObject({ status: 'rolled_back', reason: 'learned: the policy itself failed in 30 of 60 decisions (50 %; the bound was 20 %)', progress: { decisions: 60, faults: 30 } });
  });

  it('is stopped by people without a word of its effect', async () => {
    const started = (await start()).body;
    const plan = planOf(started);
    await scene.runAll(runsOf(plan, 0.5, 10));
    scene.nowMs = plan.startedMs + 10.5 * plan.blockMs;
    const stopped = await scene.post(`${path}/${started.experiment_id}/stop`, { reason: 'a release' });

    expect(stopped).toMatchObject({ status: 200, body: { status: 'stopped', reason: 'stopped by default: a release', result: null, progress: { blocks_done: 10 } } });
    expect((await scene.post(`${path}/${started.experiment_id}/stop`, { reason: 'again' })).body.reason).toBe('stopped by default: a release');
    expect(await start({ name: 'next' })).toMatchObject({ status: 200 });
  });
});

describe('a shadow', () => {
  it('is compared with what was decided, and with what is predicted', async () => {
    const started = (await scene.post(path, { name: 'watch', kind: 'shadow', policy: 'learned-1' })).body;
    const arm = { experimentId: started.experiment_id, arm: 'control', policy: undefined, shadow: 'learned-1' } as const;
    expect(scene.parts.arms.armOf('default', 'default', scene.nowMs)).toEqual(arm);
    // Long runs before short ones on four slots: whoever prefers the shortest is predicted to gain.
    const runs = Array.from({ length: 60 }, (_, index): RunWords => {
      const runId = specRunId(`run-${index}`);
      const agrees = index % 4 !== 0;
      const shadowAssignments = index === 59 ? undefined : [{ runId: agrees ? runId : 'another', task: 'build', poolId: 'machine', count: 1 }];
      const taskMs = index % 3 === 0 ? 60_000 : 5000;
      return { name: `run-${index}`, arrivedMs: scene.nowMs + index * 4000, taskMs, completionMs: taskMs + 20_000, arm, shadow: { shadowAssignments, shadowTookMs: index === 59 ? undefined : 2 + (index % 10) } };
    });
    await scene.runAll(runs);
    scene.nowMs += 3_600_000;
    await scene.parts.look();

    const { body } = await scene.get(`${path}/${started.experiment_id}`);
    expect(body).toMatchObject({ status: 'running', control: null, design: null, progress: null, result: null, ends_at: '2026-03-09T09:00:00.000Z' });
    expect(body.shadow).toMatchObject({ decisions: 60, missing: 1, agreement: 44 / 59, slot_agreement: 44 / 59, predicted: { windows: 3, runs: 60 } });
    expect(body.shadow.latency_ms.p50).toBeGreaterThan(5);
    expect(body.shadow.latency_ms.p99).toBeLessThan(12);
    expect(body.shadow.predicted.ratio).toBeLessThan(1);
    expect(body.shadow.predicted.shadow_gain).toBeGreaterThan(body.shadow.predicted.serving_gain);

    scene.nowMs = Date.parse(body.ends_at);
    await scene.parts.look();
    expect((await scene.get(`${path}/${started.experiment_id}`)).body).toMatchObject({ status: 'completed', reason: 'it has lasted as long as it was to' });
    expect(scene.parts.arms.armOf('default', 'default', scene.nowMs)).toBeUndefined();
  });
});

describe('the breaker of a scheduler', () => {
  /** Windows of twenty runs with room enough for all: what takes longer than its task was kept waiting. */
  const windows = (from: number, count: number, ratio: number, given: Partial<RunWords> = {}) =>
    Array.from({ length: count * 20 }, (_, index): RunWords => ({ name: `run-${from * 20 + index}`, arrivedMs: scene.nowMs + (from * 20 + index) * 10_000, taskMs: 20_000, completionMs: 20_000 * ratio, ...given }));

  it('opens when runs take longer than their simulated twins, window after window, and tries again later', async () => {
    await scene.runAll(windows(0, 2, 1.3));
    scene.nowMs += 3_600_000;
    await scene.parts.look();
    expect(scene.parts.arms.breakerOf('default', 'default')).toBeUndefined();

    await scene.runAll(windows(2, 1, 1.3));
    scene.nowMs += 3_600_000;
    await scene.parts.look();
    const reason = "runs took 30 % longer than the heuristic's simulated twin in 3 windows in a row (last 20 runs: 26 s against 20 s)";
    expect(scene.parts.arms.breakerOf('default', 'default')).toBe(reason);
    expect(scene.parts.arms.breakerOf('team-b', 'default')).toBeUndefined();
    expect(await start()).toMatchObject({ status: 409, body: { detail: `the breaker of scheduler default is open, and no learned policy can decide: ${reason}` } });

    scene.nowMs += 3_600_000;
    expect(scene.parts.arms.breakerOf('default', 'default')).toBeUndefined();
    const [row] = await scene.store.rows<{ state: { phase: string } }>('select state from scheduler_breaker');
    expect(row?.state.phase).toBe('open');
  });

  it('survives a restart', async () => {
    await scene.runAll(windows(0, 3, 2));
    scene.nowMs += 3_600_000;
    await scene.parts.look();
    const another = await ExperimentsScene.open({ now: () => scene.nowMs }, scene.store);

    await another.parts.look();
    expect(another.parts.arms.breakerOf('default', 'default')).toContain('runs took 100 % longer');
    await another.closeService();
  });

  it('is looked after in the background, by any number of processes', async () => {
    await scene.runAll(windows(0, 6, 2));
    scene.nowMs += 3_600_000;
    const others = await Promise.all([1, 2].map(() => ExperimentsScene.open({ now: () => scene.nowMs, everyMs: 10 }, scene.store)));
    for (const { parts } of others) parts.start();
    await eventually(async () => others.every(({ parts }) => parts.arms.breakerOf('default', 'default') !== undefined));

    expect(others.map(({ parts }) => parts.fault())).toEqual([undefined, undefined]);
    await Promise.all(others.map((other) => other.closeService()));
    expect(await scene.store.rows('select from replay_window')).toHaveLength(6);
  });

  it('leaves runs of the heuristic out, and those that are as fast as their twins', async () => {
    await scene.runAll([...windows(0, 4, 1), ...windows(4, 5, 3, { policyVersion: 0 })]);
    scene.nowMs += 3 * 3_600_000;
    await scene.parts.look();

    expect(scene.parts.arms.breakerOf('default', 'default')).toBeUndefined();
    expect((await scene.store.rows('select from replay_window')).length).toBe(9);
  });

  it('rolls an experiment back', async () => {
    const started = (await start()).body;
    await scene.runAll(windows(0, 3, 2));
    scene.nowMs += 3_600_000;
    await scene.parts.look();

    expect((await scene.get(`${path}/${started.experiment_id}`)).body).toMatchObject({ status: 'rolled_back', reason: expect.stringContaining('the breaker has opened: runs took 100 % longer'), breaker: { phase: 'open' } });
  });
});

describe('experiments', () => {
  it('come page by page, the latest first', async () => {
    for (let index = 0; index < 5; index += 1) {
      await start({ name: `try ${index}`, scheduler: `s-${index}` });
      scene.nowMs += index % 2;
    }
    const first = (await scene.get(`${path}?limit=3`)).body;
    const second = (await scene.get(`${path}?limit=3&cursor=${first.next_cursor}`)).body;

    const names = [...first.items, ...second.items].map(({ name }: { name: string }) => name);
    expect(new Set(names)).toEqual(new Set(['try 0', 'try 1', 'try 2', 'try 3', 'try 4']));
    expect(names[0]).toBe('try 4');
    expect(second.next_cursor).toBeNull();
    expect((await scene.get(`${path}?name=try%202&status=running`)).body.items).toMatchObject([{ name: 'try 2' }]);
    expect((await scene.get(`${path}?status=completed`)).body.items).toEqual([]);
    expect(await scene.get(`${path}?cursor=x`)).toMatchObject({ status: 400 });
  });

  it('are nothing to another tenant', async () => {
    const { experiment_id: id } = (await start()).body;

    expect((await scene.get(path, 'team-b')).body.items).toEqual([]);
    expect(await scene.get(`${path}/${id}`, 'team-b')).toMatchObject({ status: 404, body: { code: 'ORRERY_NOT_FOUND' } });
    expect(await scene.post(`${path}/${id}/stop`, {}, 'team-b')).toMatchObject({ status: 404 });
    expect(await start({}, 'team-b')).toMatchObject({ status: 200, body: { status: 'running' } });
    expect(await scene.get(`${path}/nothing`)).toMatchObject({ status: 400 });
    await scene.store.database.forTenant('team-b', async (transaction) => {
      for (const table of ['experiment', 'experiment_tally', 'shadow_tally', 'run_outcome', 'scheduler_breaker', 'replay_window']) {
        expect(await transaction.query(`select 1 from ${table} where tenant_id = 'default'`)).toEqual([]);
      }
    });
  });

  it('are described as they are registered', () => {
    expect(experimentOperations.map(({ method, path: route }) => `${method.toUpperCase()} ${route}`).sort()).toEqual([...registeredRoutes([ExperimentsController])].sort());
    expect(Object.keys(experimentOpenApi.components.schemas).sort()).toEqual(['Experiment', 'ExperimentReport']);
  });
});

describe('what becomes of runs', () => {
  it('is nothing to keep where nobody ever asked what to start', async () => {
    await scene.store.database.forTenant('default', (transaction) => scene.parts.learn(transaction, 'default', observationsOf(runFinished('alone', { startedAtMs: scene.nowMs }), scene.nowMs + 60_000).map((observation) => ({ observation, externalRunId: '' }))));

    expect(await scene.store.rows('select from run_outcome')).toEqual([]);
  });

  it('is known whichever is told first, the decision or the end', async () => {
    const facts = { name: 'early', arrivedMs: scene.nowMs, completionMs: 30_000 };
    await scene.runAll([facts]);
    await scene.decide([decisionFor({ ...facts, policyVersion: 0 })]);
    const rows = await scene.store.rows('select scheduler, decisions, learned_decisions, resource_ms, extract(epoch from finished_at - arrived_at) * 1000 as took from run_outcome');

    expect(rows).toEqual([{ scheduler: 'default', decisions: 2, learned_decisions: 1, resource_ms: 30_000, took: '30000.000000' }]);
  });

  it('is forgotten after a day where nobody decided for the run', async () => {
    await scene.runAll([{ name: 'decided', arrivedMs: scene.nowMs, completionMs: 1000 }]);
    await scene.store.admin.query(`insert into run_outcome values ('default', 'stray', null, null, null, now(), false, 0, 0, 5, null, null, '[]', timestamptz '2026-03-02 09:00Z')`);
    scene.nowMs += 20 * 86_400_000;
    await scene.parts.look();

    expect((await scene.store.rows<{ run_id: string }>('select run_id from run_outcome')).map(({ run_id: id }) => id)).toEqual([specRunId('decided')]);
  });
});
