import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { calibrated, decodeCalibration, encodeCalibration, fitCalibration } from './calibration.js';
import { fitIsotonic, isotonicValue } from './isotonic.js';
import { fitPlatt } from './platt.js';
import { expectedCalibrationError, reliabilityCurve } from './reliability.js';

const rows = fc.array(fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(0, 1)), { minLength: 1, maxLength: 80 });
const scoresOf = (pairs: readonly (readonly [number, number])[]) => pairs.map(([score]) => score);
const truthOf = (pairs: readonly (readonly [number, number])[]) => pairs.map(([, value]) => value);

// Scores that are twice too sure of themselves and shifted by one.
function oversure(count: number) {
  const random = seededRandom(4);
  const scores = Array.from({ length: count }, () => 3 * random.normal());
  return { scores, truth: scores.map((score) => Number(random.next() < 1 / (1 + Math.exp(-(score / 2 - 1))))) };
}

describe('isotonic regression', () => {
  // Pools by hand: 1 | 0 falls, so 2 and 3 are one pool of mean 1/2; drawn in: (0 + 0.5) / 2, (1 + 0.5) / 3, (1 + 0.5) / 2.
  it('pools neighbours that are out of order', () => {
    expect(fitIsotonic([1, 2, 3, 4], [0, 1, 0, 1])).toEqual({ scores: [1, 2, 3, 4], values: [0.25, 0.5, 0.5, 0.75] });
  });

  it('treats equal scores as one', () => {
    expect(fitIsotonic([2, 2, 2], [1, 0, 0])).toEqual({ scores: [2], values: [1.5 / 4] });
  });

  it('never falls and stays within 0 and 1', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 2, maxLength: 9 }), (pairs, asked) => {
        const steps = fitIsotonic(scoresOf(pairs), truthOf(pairs));
        const answers = [...asked].sort((left, right) => left - right).map((score) => isotonicValue(steps, score));

        answers.forEach((value, index) => expect(value).toBeGreaterThanOrEqual((answers[index - 1] ?? 0) - 1e-12));
        expect(Math.max(...answers)).toBeLessThan(1);
      }),
    );
  });
});

describe('Platt scaling', () => {
  // At the minimum the targets' sum is the probabilities' sum, with and without the scores as weights.
  it('finds the minimum of the loss', () => {
    fc.assert(
      fc.property(rows, (pairs) => {
        fc.pre(new Set(scoresOf(pairs)).size > 1);
        const { slope, intercept } = fitPlatt(scoresOf(pairs), truthOf(pairs));
        const positives = truthOf(pairs).filter((value) => value === 1).length;
        const errors = pairs.map(([score, value]) => 1 / (1 + Math.exp(-(slope * score + intercept))) - (value === 1 ? (positives + 1) / (positives + 2) : 1 / (pairs.length - positives + 2)));

        expect(errors.reduce((sum, error) => sum + error, 0)).toBeCloseTo(0, 4);
        expect(errors.reduce((sum, error, row) => sum + error * pairs[row]![0], 0)).toBeCloseTo(0, 4);
      }),
    );
  });

  it('finds the curve that made the truth', () => {
    const { scores, truth } = oversure(20_000);
    const { slope, intercept } = fitPlatt(scores, truth);

    expect(slope).toBeCloseTo(0.5, 1);
    expect(intercept).toBeCloseTo(-1, 1);
  });
});

describe('calibration', () => {
  it('makes probabilities hold what they say, with few rows and with many', () => {
    const fresh = oversure(20_000);
    for (const [count, kind] of [
      [400, 'platt'],
      [5000, 'isotonic'],
    ] as const) {
      const { scores, truth } = oversure(count);
      const calibration = fitCalibration(scores, truth);
      const before = fresh.scores.map((score) => 1 / (1 + Math.exp(-score)));
      const after = fresh.scores.map((score) => calibrated(calibration, score));

      expect(calibration.kind).toBe(kind);
      expect(expectedCalibrationError(reliabilityCurve(fresh.truth, before))).toBeGreaterThan(0.1);
      expect(expectedCalibrationError(reliabilityCurve(fresh.truth, after))).toBeLessThan(0.04);
    }
  });

  it('is read as it was written', () => {
    const { scores, truth } = oversure(1500);
    for (const calibration of [fitCalibration(scores, truth), fitCalibration(scores.slice(0, 50), truth.slice(0, 50))]) expect(decodeCalibration(encodeCalibration(calibration))).toEqual(calibration);
  });

  it('refuses bytes of another kind, and no rows', () => {
    const bytes = encodeCalibration({ kind: 'platt', slope: 1, intercept: 0 });

    expect(() => decodeCalibration(bytes.map((byte, index) => (index === 0 ? 9 : byte)))).toThrow('encoded calibration has version 9');
    expect(() => fitCalibration([], [])).toThrow('calibration has 0 scores and 0 truths');
  });
});

describe('reliability curve', () => {
  it('tells how often it happened where it was said to be so likely', () => {
    expect(reliabilityCurve([0, 1, 0, 1], [0.1, 0.8, 0.3, 0.6], 2)).toEqual([
      { meanProbability: 0.2, observedShare: 0, rows: 2 },
      { meanProbability: 0.7, observedShare: 1, rows: 2 },
    ]);
    expect(expectedCalibrationError(reliabilityCurve([0, 1, 0, 1], [0.1, 0.8, 0.3, 0.6], 2))).toBeCloseTo(0.25, 9);
  });

  it('has no more groups than rows', () => {
    expect(reliabilityCurve([1], [0.5]).map((point) => point.rows)).toEqual([1]);
  });
});
