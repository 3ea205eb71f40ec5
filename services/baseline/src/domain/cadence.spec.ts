import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildObservation } from '../../test/build-observation.js';
import { decodeCadence, encodeCadence, learnCadence, missedStart, nextDueAt, type CadenceState } from './cadence.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const monday = Date.UTC(2026, 2, 2);

function cadenceOf(startsMs: readonly number[], trigger = ''): CadenceState | null {
  return startsMs.reduce<CadenceState | null>((state, startedAtMs) => learnCadence(state, buildObservation({ kind: 'started', subject: 'run', trigger, startedAtMs })), null);
}
function dueAfter(startsMs: readonly number[], trigger?: string) {
  const state = cadenceOf(startsMs, trigger);
  return state === null ? null : nextDueAt(state);
}
const every = (count: number, stepMs: number, jitterMs: (index: number) => number = () => 0) => Array.from({ length: count }, (_, index) => monday + index * stepMs + jitterMs(index));

describe('cadence', () => {
  it('of even intervals expects the next one', () => {
    expect(dueAfter(every(10, hour, (index) => (index % 3) * minute))?.expectedAtMs).toBeCloseTo(monday + 10 * hour, -6);
    expect(dueAfter(every(10, 5 * minute))).toMatchObject({ expectedAtMs: monday + 50 * minute, dueAtMs: monday + 55 * minute });
  });

  it('of weekdays at a time of day waits over the weekend', () => {
    const weekdays = Array.from({ length: 26 }, (_, index) => index).filter((each) => each % 7 < 5).map((each) => monday + each * day + 3 * hour + (each % 4) * minute);
    const friday = weekdays.at(-1) ?? 0;

    expect(new Date(friday).getUTCDay()).toBe(5);
    expect(new Date(dueAfter(weekdays)?.expectedAtMs ?? 0).toISOString()).toMatch(/^2026-03-30T03:0/);
  });

  it('is none for starts without a rhythm, or too few', () => {
    expect(dueAfter([0, 1, 5, 6, 19, 20, 44, 70, 71, 73].map((each) => monday + each * hour))).toBeNull();
    expect(dueAfter(every(5, hour))).toBeNull();
  });

  it('counts the scheduler’s starts only, once there is one', () => {
    const state = every(8, day).reduce<CadenceState | null>((known, startedAtMs) => {
      const scheduled = learnCadence(known, buildObservation({ kind: 'started', trigger: 'schedule', startedAtMs }));
      return learnCadence(scheduled, buildObservation({ kind: 'started', trigger: 'push', startedAtMs: startedAtMs + 5 * hour }));
    }, null);

    expect(state).toMatchObject({ isScheduled: true });
    expect(state?.startsMs).toHaveLength(8);
  });

  it('is the same in whatever order starts arrive, and comes back from bytes', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(every(30, 7 * hour), { minLength: 1 }), (startsMs) => {
        const state = cadenceOf(startsMs) as CadenceState;

        expect(state).toEqual(cadenceOf([...startsMs].sort()));
        expect(decodeCadence(encodeCadence(state))).toEqual(state);
      }),
    );
  });
});

describe('a start that is missing', () => {
  const cadence = cadenceOf(every(10, hour)) as CadenceState;
  const input = { cadence, workflow: { tenantId: 'tenant-1', engine: 'github', namespace: 'acme/shop', workflow: 'nightly' }, lastRunId: 'run-9' };

  it('is told once its grace is over, the same each time one looks', () => {
    const finding = missedStart({ ...input, nowMs: monday + 11 * hour });

    expect(missedStart({ ...input, nowMs: monday + 10 * hour + minute })).toBeNull();
    expect(finding).toMatchObject({ type: 'missed_start', cause: 'missed_start', text: 'nightly should have started at 10:00 UTC; it last started at 09:00 UTC', evidence: ['run-9'] });
    expect(missedStart({ ...input, nowMs: monday + 12 * hour })?.observationId).toBe(finding?.observationId);
  });
});
