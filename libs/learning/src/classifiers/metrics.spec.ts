import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { brierScore, classificationMetrics, logLoss, prAuc, rocAuc } from './metrics.js';

describe('classification metrics', () => {
  // scikit-learn's user guide, classification_report: y_true = [0, 1, 2, 0, 1, 2], y_pred = [0, 2, 1, 0, 0, 1].
  const found = classificationMetrics([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1], 3);

  it('are those of the reference', () => {
    expect(found.accuracy).toBeCloseTo(1 / 3);
    expect(found.macro.f1).toBeCloseTo(0.2667, 4);
    expect(found.macro.precision).toBeCloseTo(0.2222, 4);
    expect(found.macro.recall).toBeCloseTo(0.3333, 4);
    expect(found.confusion).toEqual([
      [2, 0, 0],
      [1, 0, 1],
      [0, 2, 0],
    ]);
    expect(found.byClass[0]).toMatchObject({ precision: 2 / 3, recall: 1, f1: 0.8, support: 2 });
  });

  it('leave classes that never occur out of the mean', () => {
    expect(classificationMetrics([0, 1], [0, 1], 5).macro.f1).toBe(1);
  });

  it('refuse classes out of range and pairs that are none', () => {
    expect(() => classificationMetrics([0, 2], [0, 1], 2)).toThrow('row 1: expected classes below 2');
    expect(() => classificationMetrics([0], [0, 1], 2)).toThrow('got 2 and 1');
  });
});

describe('ranking metrics', () => {
  // scikit-learn's documentation of roc_auc_score and average_precision_score.
  const truth = [0, 0, 1, 1];
  const scores = [0.1, 0.4, 0.35, 0.8];

  it('are those of the reference', () => {
    expect(rocAuc(truth, scores)).toBeCloseTo(0.75);
    expect(prAuc(truth, scores)).toBeCloseTo(0.8333, 4);
  });

  it('say one half, and the share of ones, when the scores say nothing', () => {
    expect(rocAuc(truth, [1, 1, 1, 1])).toBe(0.5);
    expect(prAuc(truth, [1, 1, 1, 1])).toBe(0.5);
    expect(rocAuc([1, 1], [0, 1])).toBeNaN();
  });

  it('count pairs in the right order', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), (rows) => {
        const ones = rows.filter(([isOne]) => isOne === 1);
        const zeros = rows.filter(([isOne]) => isOne === 0);
        fc.pre(ones.length > 0 && zeros.length > 0);
        const won = ones.flatMap(([, one]) => zeros.map(([, zero]) => (one > zero ? 1 : one === zero ? 0.5 : 0) as number));

        expect(rocAuc(rows.map(([isOne]) => isOne), rows.map(([, score]) => score))).toBeCloseTo(won.reduce((sum, value) => sum + value, 0) / won.length, 10);
      }),
    );
  });
});

describe('scores of probabilities', () => {
  it('are those of their definitions', () => {
    expect(brierScore([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3])).toBeCloseTo(0.0375, 6);
    // scikit-learn's documentation of log_loss.
    expect(logLoss([1, 0, 0, 1], [0.9, 0.1, 0.2, 0.65])).toBeCloseTo(0.21616, 5);
  });

  it('stay finite for a certainty that was wrong', () => {
    expect(logLoss([1], [0])).toBeCloseTo(34.5, 1);
  });
});
