import { describe, expect, it } from '@jest/globals';
import type { Observation, OutcomeWord } from '@orrery/contracts';
import fc from 'fast-check';
import { buildObservation, series } from '../../test/build-observation.js';
import { describeBaseline } from './baseline-figures.js';
import { isStale, learn } from './baseline-learning.js';
import type { BaselineState } from './baseline-state.js';
import { decodeState, encodeState } from './state-codec.js';

const learned = (observations: readonly Observation[], isSubject = true) => observations.reduce<BaselineState | null>((state, each) => learn(state, each, { isSubject }), null);
const figuresOf = (observations: readonly Observation[]) => describeBaseline(learned(observations) as BaselineState);

const oddNumber = fc.oneof(fc.double({ noNaN: false }), fc.constantFrom(null, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 1e308, 42));
const oddObservation = fc
  .record({
    duration: oddNumber,
    memory: oddNumber,
    at: fc.constantFrom(0, 1, 1e12, 2e12, -5),
    outcome: fc.constantFrom<OutcomeWord>('success', 'failure', 'timeout', 'cancellation', 'skip', 'unknown'),
    lines: fc.array(fc.string({ maxLength: 40 }), { maxLength: 3 }),
    inputs: fc.constantFrom('', 'a', 'b'),
  })
  .map(({ duration, memory, at, outcome, lines, inputs }) =>
    buildObservation({ outcome, inputsId: inputs, observedAtMs: at, errorLines: lines, measures: { durationMs: duration, peakMemoryBytes: memory, queueMs: duration, costUsd: memory, outputSizeBytes: duration } }),
  );

function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

describe('learning', () => {
  it('takes durations from successes and the rate from all that ended by itself', () => {
    const outcomes: readonly OutcomeWord[] = ['success', 'failure', 'success', 'cancellation', 'skip', 'success'];
    const figures = figuresOf(series(6, (index) => ({ outcome: outcomes[index] ?? 'success', measures: { durationMs: 1000 * (index + 1), queueMs: 5 } })));

    expect(figures).toMatchObject({ count: 6, metrics: { duration: { count: 3 }, queueTime: { count: 6 } } });
    expect(figures.successRate?.weight).toBeCloseTo(4, 0);
  });

  it('gives the figures of what was learned', () => {
    const { metrics } = figuresOf(series(101, (index) => ({ measures: { durationMs: 10_000 + 100 * index } })));

    expect(metrics.duration?.p50).toBeCloseTo(15_000, -3);
    expect(metrics.duration?.maximum).toBe(20_000);
    expect(metrics.duration?.meanQuick).toBeGreaterThan(metrics.duration?.mean ?? 0);
  });

  it('learns a lasting change anew after six values that agree, and says when', () => {
    const runs = series(36, (index) => ({ measures: { durationMs: (index < 30 ? 60_000 : 150_000) + 100 * (index % 7) } }));
    const before = figuresOf(runs.slice(0, 35));
    const after = figuresOf(runs);

    expect(before.shiftedAtMs).toBeNull();
    expect(before.metrics.duration?.median).toBeLessThan(70_000);
    expect(after.shiftedAtMs).toBe(runs[35]?.observedAtMs);
    expect(after.metrics.duration).toMatchObject({ count: 6 });
    expect(after.metrics.duration?.median).toBeGreaterThan(140_000);
  });

  it('takes no duration from a run that was tried again, which may repeat a part only', () => {
    expect(figuresOf([buildObservation({ subject: 'run', attempt: 2, measures: { durationMs: 5 } })]).metrics.duration).toBeNull();
  });

  it('starts afresh after ninety days of silence', () => {
    const day = 24 * 3_600_000;
    const [first] = series(1, () => ({ measures: { durationMs: 1000 } }));
    const late = buildObservation({ finishedAtMs: (first?.observedAtMs ?? 0) + 91 * day, measures: { durationMs: 9000 } });

    expect(isStale(learned(first ? [first] : []) as BaselineState, late.observedAtMs)).toBe(true);
    expect(figuresOf(first ? [first, late] : [late]).count).toBe(1);
  });

  it('keeps results out of rate and history while everything fails', () => {
    const state = learn(null, buildObservation({ outcome: 'failure' }), { isSubject: true, isOutage: true });

    expect(describeBaseline(state)).toMatchObject({ count: 1, successRate: null, flakiness: { results: 0 } });
  });
});

describe('any series of observations', () => {
  it('gives finite numbers only, in bounded bytes', () => {
    fc.assert(
      fc.property(fc.array(oddObservation, { minLength: 1, maxLength: 120 }), (observations) => {
        const state = learned(observations) as BaselineState;

        expect(numbersIn(state).every(Number.isFinite)).toBe(true);
        expect(numbersIn(describeBaseline(state)).every(Number.isFinite)).toBe(true);
        expect(encodeState(state).length).toBeLessThan(8192);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same bytes when every state goes through its stored form', () => {
    fc.assert(
      fc.property(fc.array(oddObservation, { minLength: 1, maxLength: 60 }), fc.boolean(), (observations, isSubject) => {
        const direct = learned(observations, isSubject) as BaselineState;
        const stored = observations.reduce<BaselineState | null>((state, each) => decodeState(encodeState(learn(state, each, { isSubject }))), null) as BaselineState;

        expect(encodeState(stored)).toEqual(encodeState(direct));
        expect(decodeState(encodeState(direct))).toEqual(direct);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses bytes of another version and bytes that are cut', () => {
    const bytes = encodeState(learned(series(5, () => ({ measures: { durationMs: 5 } }))) as BaselineState);

    expect(() => decodeState(Uint8Array.of(99, ...bytes.subarray(1)))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    expect(() => decodeState(bytes.subarray(0, bytes.length - 3))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    expect(() => decodeState(Uint8Array.of(...bytes, 0))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });

  it('takes little room: a key of ten observations less than 400 bytes', () => {
    expect(encodeState(learned(series(10, (index) => ({ inputsId: `rev-${index}`, measures: { durationMs: 1000 + index, peakMemoryBytes: 5e8 + index } }))) as BaselineState).length).toBeLessThan(400);
  });
});
