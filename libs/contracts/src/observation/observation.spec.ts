import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { Outcome, RunFinishedSchema, RunStartedSchema, TaskFinishedSchema } from '../index.js';
import fc from 'fast-check';
import { observationsOf } from './observation.js';

const nowMs = Date.UTC(2026, 2, 2, 9, 40);
const run = { runId: 'run-1', engine: 'github', source: 'https://github.com/acme/shop', externalId: '77', namespace: 'acme/shop', workflow: 'release', attempt: 1 };
const taskFinished = (task: object, more: object = {}) => create(TaskFinishedSchema, { tenantId: 'tenant-1', run, task: { taskId: 'task-1', name: 'build', outcome: Outcome.SUCCESS, ...task }, ...more });

describe('observation of a fact', () => {
  it('has times, measures and error lines of a finished task', () => {
    const fact = taskFinished(
      { queuedAtMs: nowMs - 5000, startedAtMs: nowMs - 4000, finishedAtMs: nowMs, executor: { image: 'node:24', executorClass: 'large' }, commandHash: 'c1' },
      { samples: [{ name: 'peak_memory_bytes', value: 5 }, { name: 'peak_memory_bytes', value: 9 }, { name: 'cost_usd', value: 0.5 }], outputSizeBytes: 12n, errorLines: ['boom'] },
    );

    expect(observationsOf(fact, nowMs)).toMatchObject([
      {
        ...{ kind: 'finished', subject: 'task', task: 'build', image: 'node:24', commandHash: 'c1', executorClass: 'large', outcome: 'success', observedAtMs: nowMs, errorLines: ['boom'] },
        measures: { durationMs: 4000, queueMs: 1000, peakMemoryBytes: 9, costUsd: 0.5, outputSizeBytes: 12, inputTokens: null },
      },
    ]);
  });

  it('has the same id each time it is delivered, and another for another attempt or kind', () => {
    const idOf = (fact: Parameters<typeof observationsOf>[0]) => observationsOf(fact, nowMs)[0]?.observationId;

    expect(idOf(taskFinished({ attempt: 1 }))).toBe(idOf(taskFinished({ attempt: 1, outcome: Outcome.FAILURE })));
    expect(new Set([idOf(taskFinished({ attempt: 1 })), idOf(taskFinished({ attempt: 2 })), idOf(create(RunFinishedSchema, { run })), idOf(create(RunStartedSchema, { run }))]).size).toBe(4);
  });

  it('knows no duration when clocks disagree', () => {
    const durationOf = (task: object) => observationsOf(taskFinished(task), nowMs)[0]?.measures.durationMs;

    expect(durationOf({ startedAtMs: nowMs, finishedAtMs: nowMs - 1000 })).toBeNull();
    expect(durationOf({ startedAtMs: 0, finishedAtMs: nowMs })).toBeNull();
    expect(durationOf({ startedAtMs: nowMs, finishedAtMs: nowMs + 25 * 3_600_000 })).toBeNull();
    expect(durationOf({ finishedAtMs: nowMs })).toBeNull();
  });

  it('takes attempts of one run as the same inputs where no revision is told', () => {
    const inputsOf = (changes: object) => observationsOf(create(RunFinishedSchema, { run: { ...run, ...changes } }), nowMs)[0]?.inputsId;

    expect(inputsOf({ runId: 'run-2', attempt: 2 })).toBe(inputsOf({}));
    expect(inputsOf({ versionControl: { revision: 'abc' } })).toBe('abc');
    expect(inputsOf({ externalId: '' })).toBe('');
  });

  it('says nothing for a fact without a run or task', () => {
    expect(observationsOf(create(RunFinishedSchema, {}), nowMs)).toEqual([]);
    expect(observationsOf(create(TaskFinishedSchema, { run }), nowMs)).toEqual([]);
  });

  it('has finite numbers or null, whatever was sent', () => {
    const odd = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1e308, nowMs));

    fc.assert(
      fc.property(odd, odd, odd, odd, (queuedAtMs, startedAtMs, finishedAtMs, value) => {
        const [observation] = observationsOf(taskFinished({ queuedAtMs, startedAtMs, finishedAtMs }, { samples: [{ name: 'peak_memory_bytes', value }, { name: 'cost_usd', value }] }), nowMs);

        for (const number of Object.values(observation?.measures ?? {})) expect(number === null || (Number.isFinite(number) && number >= 0)).toBe(true);
        expect(Number.isFinite(observation?.observedAtMs)).toBe(true);
      }),
    );
  });
});
