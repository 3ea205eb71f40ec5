import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accuracySumsOf, addSums, sumAccuracy, weekOf } from './accuracy-sums.js';
import { scorePrediction, type MadePrediction, type ScoredPrediction } from './ledger-entry.js';

const made = (p50: number, changes: Partial<MadePrediction> = {}): MadePrediction => ({
  ...{ predictionId: 'p', origin: 'tracked', workflowId: 'w', workflow: { engine: 'e', namespace: 'n', workflow: 'w' }, task: 't', runId: 'r', target: 'duration' },
  ...{ basis: { model: 'history', version: 0, samples: 3, level: 0 }, madeAtMs: 0, interval: { p10: p50 * 0.8, p50, p90: p50 * 1.2 }, probability: null, nextTask: null, reasons: [], floors: [p50, NaN, 90, 100] },
  ...changes,
});
const scored = (p50: number, actual: number): ScoredPrediction => scorePrediction(made(p50), { scoredAtMs: Date.UTC(2026, 2, 5), durationMs: actual, peakMemoryBytes: null, hasFailed: false }) as ScoredPrediction;

describe('sums of scores', () => {
  it('count each class, and the floors that had an answer', () => {
    expect(accuracySumsOf(scored(120, 100))).toMatchObject({ count: 1, excellent: 0, good: 1, fair: 0, poor: 0, apeSum: expect.closeTo(0.2, 5), covered: 1, floorCounts: [1, 0, 1, 1], floorHits: [1, 0, 1, 1] });
  });

  it('are the same to the bit, whatever parts they are summed up from', () => {
    const value = fc.double({ min: 0.001, max: 1e9, noNaN: true });

    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 30 }), fc.nat(), (pairs, cut) => {
        const all = pairs.map(([p50, actual]) => scored(p50, actual));
        const at = 1 + (cut % (all.length - 1));
        const [whole] = sumAccuracy(all);
        const [first] = sumAccuracy(all.slice(0, at));
        const [second] = sumAccuracy(all.slice(at));

        expect(addSums(first!.sums, second!.sums)).toEqual(whole!.sums);
      }),
    );
  });

  it('go by weeks that begin on Monday', () => {
    expect(weekOf(Date.UTC(2026, 2, 5))).toBe('2026-03-02');
    expect(weekOf(Date.UTC(2026, 2, 2))).toBe('2026-03-02');
    expect(weekOf(Date.UTC(2026, 2, 1, 23))).toBe('2026-02-23');
  });
});

describe('the score of a prediction', () => {
  it('is none where the truth says nothing of its target', () => {
    const truth = { scoredAtMs: 0, durationMs: null, peakMemoryBytes: null, hasFailed: null };

    expect(scorePrediction(made(1), truth)).toBeNull();
    expect(scorePrediction(made(1), { ...truth, durationMs: 0 })).toBeNull();
    expect(scorePrediction(made(1, { target: 'failure', probability: 0.2 }), truth)).toBeNull();
  });

  it('of a failure is the Brier score', () => {
    const failure = made(1, { target: 'failure', probability: 0.2, interval: null });

    expect(scorePrediction(failure, { scoredAtMs: 0, durationMs: null, peakMemoryBytes: null, hasFailed: true })?.outcome).toMatchObject({ actual: 1, brier: expect.closeTo(0.64, 12), isRight: false, ape: null });
  });
});
