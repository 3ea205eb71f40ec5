import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildObservation, contextAfter, series } from '../../test/build-observation.js';
import { fold, isNormalAgain, type Anomaly, type AnomalyEvent } from './anomaly.js';
import type { Finding } from './detection/finding.js';
import { raisedThreshold } from './detection/judge-context.js';
import { judge } from './detection/judge.js';

const known = contextAfter(series(30, () => ({ measures: { durationMs: 247_000 } })));
const findingAt = (minute: number): Finding => {
  const finishedAtMs = Date.UTC(2026, 2, 2, 9, 54 + minute);
  const slow = buildObservation({ observationId: `slow-${minute}`, runId: `slow-${minute}`, finishedAtMs, startedAtMs: finishedAtMs - 840_000, measures: { durationMs: 840_000 } });
  return judge(known, slow).findings[0] as Finding;
};
const found = (minute: number): AnomalyEvent => ({ kind: 'finding', finding: findingAt(minute) });
const normal: AnomalyEvent = { kind: 'normal', atMs: 5 };
const action = (name: 'acknowledge' | 'resolve' | 'mute' | 'false_positive'): AnomalyEvent => ({ kind: 'action', action: name, atMs: 7, by: 'ada', untilMs: 9 });
const after = (...events: readonly AnomalyEvent[]) => events.reduce<Anomaly | null>(fold, null) as Anomaly;

describe('an anomaly', () => {
  it('is opened by a finding and says what, how much and since when', () => {
    expect(after(found(0))).toMatchObject({ status: 'open', severity: 'critical', count: 1, evidence: ['slow-0'], taskIds: ['task-1'], text: expect.stringMatching(/^build took 14 min, 3\.4 x its usual 4 min \d+ s, since 09:40 UTC$/) });
  });

  it('counts repeats up instead of opening another', () => {
    expect(after(found(0), found(1), found(2))).toMatchObject({ anomalyId: after(found(0)).anomalyId, count: 3, evidence: ['slow-0', 'slow-1', 'slow-2'], text: expect.stringContaining('3 times, since 09:40 UTC') });
  });

  it('resolves itself after three normal ones in a row, not before', () => {
    expect(after(found(0), normal, normal, found(1), normal, normal)).toMatchObject({ status: 'open', cleanCount: 2 });
    expect(after(found(0), normal, normal, normal)).toMatchObject({ status: 'resolved', resolution: { kind: 'normal_returned' } });
  });

  it('that comes again is a new one with an id of its own', () => {
    const again = after(found(0), normal, normal, normal, found(5));

    expect(again).toMatchObject({ status: 'open', count: 1 });
    expect(again.anomalyId).not.toBe(after(found(0)).anomalyId);
  });

  it('is acknowledged, muted, resolved and called a false alarm by people', () => {
    expect(after(found(0), action('acknowledge'), found(1))).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ada', count: 2 });
    expect(after(found(0), action('mute'))).toMatchObject({ status: 'open', mutedUntilMs: 9 });
    expect(after(found(0), action('resolve'))).toMatchObject({ status: 'resolved', resolution: { kind: 'person', by: 'ada' } });
    expect(after(found(0), normal, normal, normal, action('false_positive'))).toMatchObject({ resolution: { kind: 'false_positive' } });
    expect(after(found(0), { kind: 'lapsed', atMs: 8 })).toMatchObject({ resolution: { kind: 'lapsed', atMs: 8 } });
  });

  it('is not there without a finding', () => {
    expect([normal, action('resolve'), { kind: 'lapsed', atMs: 1 } as const].map((event) => fold(null, event))).toEqual([null, null, null]);
  });

  it('stays bounded and consistent, whatever happens', () => {
    const event = fc.oneof(fc.integer({ min: 0, max: 50 }).map(found), fc.constant(normal), fc.constantFrom(action('acknowledge'), action('mute'), action('resolve'), action('false_positive')));

    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const anomaly = after(found(0), ...events);

        expect(anomaly.evidence.length).toBeLessThanOrEqual(20);
        expect(anomaly.status === 'resolved').toBe(anomaly.resolution !== null);
        expect(anomaly.count).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('normal causes', () => {
  it('are told by name or by what their name begins with', () => {
    expect(isNormalAgain('new_error:12345678', ['new_error:*'])).toBe(true);
    expect(isNormalAgain('duration:slow', ['duration:fast', 'new_error:*'])).toBe(false);
  });
});

describe('a threshold', () => {
  it('rises with each false alarm, up to ten', () => {
    expect(raisedThreshold(1)).toBe(1.5);
    expect(raisedThreshold(9)).toBe(10);
  });
});
