import { describe, expect, it } from '@jest/globals';
import { workflowId, type Observation } from '@orrery/contracts';
import fc from 'fast-check';
import { buildObservation, contextAfter, series } from '../../test/build-observation.js';
import { dueAt, overrun } from './detection/overrun.js';
import { evaluate } from './evaluation.js';
import { decodeGuard, encodeGuard, type GuardState } from './outage-guard.js';
import { wouldFlag } from './rule-preview.js';

const tasks = Array.from({ length: 12 }, (_, index) => `test-${index}`);

/** Each observation is judged as a task that is known well, so that only the guard has a memory. */
function evaluated(observations: readonly Observation[]) {
  let guard: GuardState | null = null;
  return observations.map((observation) => {
    const known = series(30, (index) => ({ task: observation.task, inputsId: `revision-${index}` }));
    const evaluation = evaluate({ ...contextAfter(known), guard }, observation);
    guard = evaluation.guard;
    return evaluation;
  });
}
const round = (outcome: 'success' | 'failure', fromMinute: number) => series(tasks.length, (index) => ({ task: tasks[index] ?? '', outcome, errorLines: outcome === 'failure' ? [`cannot reach ${tasks[index]}`] : [], finishedAtMs: Date.UTC(2026, 2, 2, 9, fromMinute) + index * 1000 }));

describe('when most tasks of a workflow fail together', () => {
  const calm = Array.from({ length: 4 }, (_, index) => round('success', index)).flat();
  const results = evaluated([...calm, ...round('failure', 40), ...round('success', 42), ...round('success', 44)]);
  const causes = results.map(({ findings }) => findings.map(({ cause, subjectKeyId }) => `${cause} ${subjectKeyId === workflowId(buildObservation()) ? 'workflow' : 'task'}`));

  it('it is one outage of the workflow, and the tasks are not blamed', () => {
    const during = causes.slice(calm.length, calm.length + tasks.length);

    expect(new Set(during.slice(4).flat())).toEqual(new Set(['outage workflow']));
    expect(results[calm.length + 11]?.findings[0]).toMatchObject({ severity: 'critical', text: expect.stringMatching(/^\d+ different tasks of release fail together/) });
  });

  it('it is over when they pass again', () => {
    expect(causes.slice(calm.length + tasks.length).flat()).toEqual([]);
    expect(results.at(-1)).toMatchObject({ normal: expect.arrayContaining(['outage']), guard: { outageSinceMs: 0 } });
  });

  it('goes on when a run of the workflow ends well: only its tasks tell', () => {
    const guard = results[calm.length + 11]?.guard ?? null;
    const run = buildObservation({ subject: 'run', task: '', taskId: '' });

    expect(evaluate({ ...contextAfter([run]), guard }, run).normal).not.toContain('outage');
  });

  it('is remembered in bytes', () => {
    for (const { guard } of results) expect(decodeGuard(encodeGuard(guard))).toEqual(guard);
  });

  it('one task that always fails is no outage', () => {
    expect(evaluated(series(40, () => ({ task: 'lint', outcome: 'failure' }))).flatMap(({ findings }) => findings).filter(({ type }) => type === 'outage')).toEqual([]);
  });
});

describe('what still runs', () => {
  const { levels } = contextAfter(series(30, (index) => ({ measures: { durationMs: 60_000 + 1000 * index } })));
  const start = buildObservation({ kind: 'started', startedAtMs: 1_000_000_000_000 });
  const due = dueAt(levels, 1_000_000_000_000);

  it('is overdue beyond the p99 and some room', () => {
    expect((due?.dueAtMs ?? 0) - 1_000_000_000_000).toBeGreaterThan(89_000);
    expect((due?.dueAtMs ?? 0) - 1_000_000_000_000).toBeLessThan(130_000);
    expect(due && overrun({ observation: start, levels, due, nowMs: due.dueAtMs - 1 })).toBeNull();
    expect(due && overrun({ observation: start, levels, due, nowMs: 1_000_000_000_000 + 600_000 })).toMatchObject({ cause: 'overrun', severity: 'critical', actual: 600_000, text: expect.stringMatching(/^build has been running for 10 min/) });
  });

  it('is never overdue while fewer than twenty durations are known', () => {
    expect(dueAt(contextAfter(series(19, () => ({ measures: { durationMs: 1000 } }))).levels, 0)).toBeNull();
    expect(dueAt(levels, Number.NaN)).toBeNull();
  });
});

describe('a rule that is only thought of', () => {
  const { levels } = contextAfter(series(30, (index) => ({ measures: { durationMs: 60_000 + 1000 * index } })));
  const took = (durationMs: number) => buildObservation({ measures: { durationMs } });

  it('flags by value, by ratio or by deviations', () => {
    expect([70_000, 200_000].map((value) => wouldFlag({ metric: 'duration', aboveValue: 100_000 }, levels, took(value)))).toEqual([false, true]);
    expect([100_000, 200_000].map((value) => wouldFlag({ metric: 'duration', aboveRatio: 2 }, levels, took(value)))).toEqual([false, true]);
    expect([80_000, 200_000].map((value) => wouldFlag({ metric: 'duration', aboveZ: 3 }, levels, took(value)))).toEqual([false, true]);
    expect(wouldFlag({ metric: 'memory', aboveZ: 3 }, levels, took(1))).toBe(false);
  });
});

describe('any series of observations', () => {
  it('is judged and learned the same each time', () => {
    const observation = fc
      .record({ task: fc.constantFrom('a', 'b'), ms: fc.double({ min: -1, max: 1e9, noNaN: false }), outcome: fc.constantFrom('success' as const, 'failure' as const) })
      .map(({ task, ms, outcome }) => buildObservation({ task, outcome, measures: { durationMs: ms } }));

    fc.assert(fc.property(fc.array(observation, { maxLength: 15 }), (observations) => expect(evaluated(observations)).toEqual(evaluated(observations))), { numRuns: 20 });
  });
});
