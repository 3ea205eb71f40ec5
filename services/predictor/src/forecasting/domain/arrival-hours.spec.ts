import { describe, expect, it } from '@jest/globals';
import { workflowIdOf, type Measures, type Observation } from '@orrery/contracts';
import fc from 'fast-check';
import type { Execution } from '../../domain/history/execution.js';
import { arrivalHoursOf, hourMs, type ArrivalHour } from './arrival-hours.js';

const dayMs = Date.UTC(2026, 2, 2);
const hour = (hours: number) => dayMs + hours * hourMs;

function observation({ measures, ...changes }: Partial<Omit<Observation, 'measures'>> & { readonly measures?: Partial<Measures> }): Observation {
  return {
    ...{ kind: 'finished', observationId: 'o', tenantId: 'default', subject: 'task', engine: 'spec', namespace: 'team', workflow: 'release', task: 'build', taskKind: 'job' },
    ...{ image: '', commandHash: '', executorClass: '', runId: 'run-1', taskId: 'task-1', attempt: 1, trigger: '', refName: '', revision: '', inputsId: '', outcome: 'success', failureType: '' },
    ...{ queuedAtMs: null, startedAtMs: null, finishedAtMs: null, observedAtMs: dayMs, memoryLimitBytes: null, errorLines: [] },
    ...changes,
    measures: { durationMs: null, queueMs: null, peakMemoryBytes: null, cpuSeconds: null, outputSizeBytes: null, inputTokens: null, outputTokens: null, costUsd: null, ...measures },
  };
}

const started = (atMs: number, changes: Partial<Observation> = {}) => observation({ kind: 'started', subject: 'run', task: '', taskKind: '', startedAtMs: atMs, observedAtMs: atMs, ...changes });

function ended(fromMs: number, toMs: number, { parentTaskId = '', costUsd = null, ...changes }: { parentTaskId?: string; costUsd?: number | null } & Partial<Omit<Observation, 'measures'>> = {}): Execution {
  const told = observation({ startedAtMs: fromMs, finishedAtMs: toMs, observedAtMs: toMs, ...changes, measures: { durationMs: toMs - fromMs, costUsd } });
  return { observation: told, inputSizeBytes: null, dependsOn: [], parentTaskId, isOutOfMemory: false, taskCount: 0 };
}

const figures = (hours: readonly ArrivalHour[]) => hours.map(({ hourMs: atMs, runs, tasks, loadMs, costUsd }) => [(atMs - dayMs) / hourMs, runs, tasks, loadMs / hourMs, costUsd]);

describe('the hours of a workflow', () => {
  it('count each run in the hour in which it came', () => {
    const hours = arrivalHoursOf([started(hour(9.2)), started(hour(9.9)), started(hour(11.5), { queuedAtMs: hour(10.9) })]);

    expect(figures(hours)).toEqual([
      [9, 2, 0, 0, 0],
      [10, 1, 0, 0, 0],
    ]);
    expect(hours[0]).toMatchObject({ workflowId: workflowIdOf(observation({})), workflow: 'release' });
  });

  it('have the load of a task in each hour that it ran, and its cost when it ended', () => {
    expect(figures(arrivalHoursOf([ended(hour(9.5), hour(11.25), { costUsd: 0.5 }), ended(hour(11), hour(11.5))]))).toEqual([
      [9, 0, 1, 0.5, 0],
      [10, 0, 0, 1, 0],
      [11, 0, 1, 0.75, 0.5],
    ]);
  });

  it('count what a machine does once: no parts of a task that counts, and nothing that only holds others or waits', () => {
    const load = (changes: Parameters<typeof ended>[2]) => figures(arrivalHoursOf([ended(hour(1), hour(2), changes)])).reduce((sum, [, , , hours = 0]) => sum + hours, 0);

    expect([load({ taskKind: 'job' }), load({ taskKind: 'pod', parentTaskId: 'dag' }), load({ taskKind: 'PythonOperator' })]).toEqual([1, 1, 1]);
    expect([load({ taskKind: 'step', parentTaskId: 'job' }), load({ taskKind: 'dag' }), load({ taskKind: 'wait' }), load({ subject: 'run' })]).toEqual([0, 0, 0, 0]);
  });

  it('know of a task whose clocks disagree that it was, and no load', () => {
    expect(figures(arrivalHoursOf([{ ...ended(hour(3), hour(3)), observation: observation({ startedAtMs: hour(5), observedAtMs: hour(3) }) }]))).toEqual([
      [3, 0, 0, 0, 0],
      [5, 0, 1, 0, 0],
    ]);
  });

  it('have no more than the last days of a task that ran for years', () => {
    const hours = arrivalHoursOf([ended(Date.UTC(2001, 0, 1), dayMs)]);

    expect(hours.length).toBeLessThan(32 * 24);
    expect(hours.reduce((sum, { loadMs }) => sum + loadMs, 0)).toBe(31 * 24 * hourMs);
  });

  it('stand in the order of workflow and time', () => {
    const hours = arrivalHoursOf(['b', 'a', 'c'].flatMap((workflow) => [started(hour(2), { workflow }), started(hour(1), { workflow })]));

    expect(hours).toEqual([...hours].sort((left, right) => (left.workflowId < right.workflowId ? -1 : left.workflowId > right.workflowId ? 1 : left.hourMs - right.hourMs)));
  });

  it('come to the same bits in whatever batches facts are learned', () => {
    const fact = fc.tuple(fc.double({ min: 0, max: 40, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true }), fc.double({ min: 0, max: 1e9, noNaN: true })).map(([at, hours, costUsd]) => ended(hour(at), hour(at + hours), { costUsd }));
    const sums = (batches: readonly (readonly Execution[])[]) => {
      const sum = new Map<number, readonly number[]>();
      for (const { hourMs: atMs, tasks, loadMs, costUsd } of batches.flatMap((batch) => arrivalHoursOf(batch))) {
        sum.set(atMs, [tasks, loadMs, costUsd].map((value, index) => value + (sum.get(atMs)?.[index] ?? 0)));
      }
      return new Map([...sum].sort(([left], [right]) => left - right));
    };

    fc.assert(fc.property(fc.array(fact, { maxLength: 60 }), fc.nat(60), (facts, cut) => expect(sums([facts.slice(cut).reverse(), facts.slice(0, cut)])).toEqual(sums([facts]))), { numRuns: 50 });
  });
});
