import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import type { PastExecution } from '../../domain/boosted/index.js';
import { decodeNextTask } from '../next-task/next-task-artifact.js';
import { taskRunsOf } from '../next-task/task-runs.js';
import { trainNextTask } from './train-next-task.js';
import type { TrainingJob } from './training-job.js';

const minuteMs = 60_000;

/** Tasks of runs; the runs themselves are told of too. */
function examplesOf(runs: readonly (readonly string[])[]): readonly PastExecution[] {
  return runs.flatMap((tasks, run) => {
    const startedAtMs = run * 60 * minuteMs;
    const execution = (task: string, index: number): PastExecution => ({
      ...{ exampleId: `${run} ${index}`, workflowId: 'w', runId: `r-${run}`, task, startedAtMs, finishedAtMs: startedAtMs + (index + 1) * minuteMs, outcome: 'success', floorsMs: [] },
      ...{ features: new Float32Array(), failureFeatures: new Float32Array(), referenceMs: Number.NaN, referenceBytes: Number.NaN, durationMs: minuteMs, peakMemoryBytes: Number.NaN },
    });
    return [...tasks.map(execution), execution('', tasks.length)];
  });
}

/** What begins a run decides how it ends, four tasks later: longer than what is learned online looks back. */
function farReaching(count: number): readonly (readonly string[])[] {
  const random = seededRandom(2);
  return Array.from({ length: count }, () => {
    const kind = random.below(2);
    return [kind === 0 ? 'release' : 'nightly', 'fetch', 'build', 'lint', kind === 0 ? 'deploy' : 'report'];
  });
}

const job: TrainingJob = { kind: 'next_task', seed: 1, networks: 'off', champion: null };

describe('a model of the next task', () => {
  it('learns what decides early and shows late, which what is learned online does not; a damaged one is refused', async () => {
    const { artifact, report } = await trainNextTask(job, examplesOf(farReaching(80)), {});

    expect(report).toMatchObject({ candidate: 'gradient_boosting', rows: { usable: 80, training: 56, validation: 12, heldOut: 12 }, chosenBy: expect.stringContaining('networks are switched off') });
    expect(report.metrics.gradient_boosting?.accuracy).toBe(1);
    expect(report.metrics.n_gram?.accuracy).toBeLessThan(0.95);
    expect(report.comparisons.map(({ against, isBetter }) => [against, isBetter])).toEqual([['n_gram', true], ['last_task', true]]);
    expect(Object.keys(report.metrics)).toEqual(['gradient_boosting', 'logistic_regression', 'decision_tree', 'naive_bayes', 'n_gram', 'last_task']);
    for (const name of ['logistic_regression', 'decision_tree', 'naive_bayes']) expect(report.metrics[name]?.accuracy).toBeGreaterThan(0.85);
    expect(report.drawing).toMatch(/^(last task|1 before it|2 before it|tasks so far).*\?\n\|- yes: /);
    const model = decodeNextTask(artifact);
    expect(model.predict(['release', 'fetch', 'build', 'lint'])[0]).toMatchObject({ symbol: 'deploy' });
    expect(model.predict(['nightly', 'fetch', 'build', 'lint', 'report'])[0]).toMatchObject({ symbol: null });
    expect(model.predict([])).toEqual([]);
    for (const bytes of [artifact.subarray(0, 50), new Uint8Array(), artifact.map((byte, index) => (index === 20 ? byte ^ 255 : byte))]) expect(() => decodeNextTask(bytes)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });

  it('is no better where all is told by the last task, and not than itself', async () => {
    const plain = examplesOf(Array.from({ length: 60 }, () => ['fetch', 'build', 'test']));
    const { artifact, report } = await trainNextTask(job, plain, {});
    const again = await trainNextTask({ ...job, champion: { version: 1, artifact } }, plain, {});

    expect(report.comparisons.every(({ isBetter }) => !isBetter)).toBe(true);
    expect(again.artifact).toEqual(artifact);
    expect(again.report.comparisons[0]).toMatchObject({ against: 'champion 1', isBetter: false });
  });

  it('says how many runs it misses, and can be stopped', async () => {
    await expect(trainNextTask(job, examplesOf(farReaching(20)), {})).rejects.toThrow('too few examples: there are 20 ended runs of the workflow with tasks, 60 that lie apart in time are needed');
    await expect(trainNextTask(job, examplesOf(farReaching(100)), { shouldStop: () => true })).rejects.toThrow('the training was stopped in round 1');
  });
});

describe('the runs of a workflow', () => {
  it('are those that ended, where that is known of any', () => {
    const examples = examplesOf([['a', 'b'], ['a', 'c']]);

    expect(taskRunsOf(examples).map(({ tasks }) => tasks)).toEqual([['a', 'b'], ['a', 'c']]);
    expect(taskRunsOf(examples.filter(({ task, runId }) => task !== '' || runId === 'r-0')).map(({ tasks }) => tasks)).toEqual([['a', 'b']]);
    expect(taskRunsOf([...examples].filter(({ task }) => task !== '').reverse()).map(({ tasks }) => tasks)).toEqual([['a', 'b'], ['a', 'c']]);
  });
});
