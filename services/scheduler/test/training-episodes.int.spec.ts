import { afterEach, describe, expect, it } from '@jest/globals';
import { listPolicy, namedRules, tunedFamily } from '../src/domain/index.js';
import { compareOn, EpisodePool, EpisodeRunner, evaluatePolicies, tuneInThreads, type EpisodeTask, type EvaluationRequest, type PolicySpec } from '../src/training/index.js';
import { smallWorkload } from './training-workload.js';

const workload = smallWorkload();
const policies: readonly PolicySpec[] = (['fifo', 'fair', 'srpt-cp'] as const).map((name) => ({ kind: 'rules', name, rules: namedRules[name] }));
const scenario = { name: 'stream', arrivals: { initialJobs: 2, laterJobs: 8, meanGapMs: 2000 } };
const seeds = Array.from({ length: 11 }, (_, index) => 100_000 + index);
const request = (given: Partial<EvaluationRequest> = {}): EvaluationRequest => ({ workload, scenario, executors: 8, seeds, policies, isTimed: false, ...given });
const tasks: readonly EpisodeTask[] = policies.map((policy) => ({ policy, scenario: { ...scenario, executorCount: 8 }, workload, seeds }));

const pools: EpisodePool[] = [];
const poolOf = (workerCount: number): EpisodePool => {
  const pool = new EpisodePool({ workerCount, niceness: 5 });
  pools.push(pool);
  return pool;
};
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

describe('an evaluation', () => {
  it('gives the same figures whatever the number of threads and whatever else they do', async () => {
    const alone = await evaluatePolicies(request({ pool: poolOf(1) }));
    const pool = poolOf(3);
    const [beside] = await Promise.all([evaluatePolicies(request({ pool })), pool.run(tasks)]);
    expect(beside).toEqual(alone);
    expect(alone).toMatchObject({ workload: 'made up', jobCount: 10, scenario: { name: 'stream', executorCount: 8 }, policies: [{ policy: 'fifo', unfinishedJobs: 0 }, { policy: 'fair' }, { policy: 'srpt-cp' }] });
    expect(alone.policies[1]?.bySequence.map(({ seed }) => seed)).toEqual(seeds);
    expect(compareOn(alone, ['fair', 'fifo'], 'meanCompletionSeconds')).toMatchObject({ count: 11, ratio: alone.policies[1]!.meanCompletionSeconds / alone.policies[0]!.meanCompletionSeconds });
  });

  it('says how far it is, and how long decisions take', async () => {
    const told: number[] = [];
    const { policies: figures } = await evaluatePolicies(request({ isTimed: true, onProgress: (done, all) => told.push(done / all) }));
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual(told.toSorted((one, other) => one - other));
    for (const { decisionP50Us, decisionP99Us } of figures) {
      expect(decisionP50Us).toBeGreaterThan(0);
      expect(decisionP99Us).toBeGreaterThanOrEqual(decisionP50Us);
    }
  });

  it('refuses what cannot be compared', async () => {
    await expect(evaluatePolicies(request({ seeds: [] }))).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
    await expect(evaluatePolicies(request({ policies: [policies[0]!, policies[0]!] }))).rejects.toThrow('different names');
    await expect(evaluatePolicies(request({ executors: 0 }))).rejects.toThrow('scenario stream: expected at least one executor, got 0');
  });
});

describe('threads of episodes', () => {
  it('drop what was not begun when they are told to, and serve others', async () => {
    const pool = poolOf(1);
    const stop = new AbortController();
    const many = { ...tasks[0]!, seeds: Array.from({ length: 4000 }, (_, index) => 100_000 + index) };
    const stopped = pool.run([many], { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
    await expect(stopped).rejects.toThrow('enough');
    expect(await pool.run([{ ...many, seeds: [100_000] }])).toHaveLength(1);
    await expect(pool.run(tasks, { signal: stop.signal })).rejects.toThrow('enough');
  });

  it('say in whose episode they failed, and take the next', async () => {
    const pool = poolOf(1);
    const damaged = { ...tasks[0]!, policy: { kind: 'rules', name: 'broken', rules: null } as unknown as PolicySpec };
    await expect(pool.run([damaged])).rejects.toMatchObject({ code: 'ORRERY_NUMERICAL' });
    // A workload that cannot be sent at all.
    await expect(pool.run([{ ...tasks[0]!, workload: { ...workload, decide: listPolicy('fair', namedRules.fair).decide } as typeof workload }])).rejects.toThrow('stream of made up is no plain data');
    expect(await pool.run(tasks)).toHaveLength(3);
  });

  it('say which episodes are lost with a thread that took too much memory', async () => {
    const pool = new EpisodePool({ workerCount: 1, memoryMiB: 6 });
    pools.push(pool);
    await expect(pool.run(tasks)).rejects.toMatchObject({ code: 'ORRERY_NUMERICAL', message: expect.stringMatching(/^a thread that ran episodes of \S+ in stream is gone: .*memory/) });
  });

  it('fail at once what they had when they are closed', async () => {
    const pool = poolOf(2);
    const running = pool.run(tasks);
    await Promise.all([expect(running).rejects.toThrow('the threads of episodes were closed'), pool.close()]);
    await expect(pool.run(tasks)).rejects.toMatchObject({ code: 'ORRERY_CONFLICT' });
  });
});

describe('tuning in threads', () => {
  const place = { workload, scenario: { ...scenario, executorCount: 8 }, seeds };
  const costOf = (lambda: number, rules: (typeof tunedFamily)[number]) =>
    new EpisodeRunner()
      .run({ policy: { kind: 'rules', name: 'x', rules }, ...place })
      .reduce((sum, { meanCompletionSeconds, executorSeconds, jobCount }) => sum + meanCompletionSeconds + (lambda * executorSeconds) / jobCount, 0);
  const family = tunedFamily.filter((_, index) => index % 11 === 0);

  it('finds what tuning one by one finds, by the same objective', async () => {
    const pool = poolOf(2);
    for (const lambda of [0, 1]) expect(await tuneInThreads(pool, [place], { lambda, family, halvings: 0 })).toEqual(family.toSorted((one, other) => costOf(lambda, one) - costOf(lambda, other))[0]);
  });

  it('says how far it is, up to the end, and sees every sequence once', async () => {
    const told: number[] = [];
    await tuneInThreads(poolOf(2), [place, place], { family, onProgress: (done, all) => told.push(done / all) });
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual(told.toSorted((one, other) => one - other));
  });
});
