import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import type { PastExecution } from '../../domain/boosted/index.js';
import { encodeFailure, failureFeatureNames } from '../../domain/failure/index.js';
import { trainFailure } from './train-failure.js';

/** Executions that fail by the weekday as much as `effect` says, 30 % of them in all. */
function examplesOf(count: number, effect: number, failRate = 0.3): readonly PastExecution[] {
  const random = seededRandom(5);
  const weekday = failureFeatureNames.indexOf('weekday');
  const rate = failureFeatureNames.indexOf('rate_of_10');
  return Array.from({ length: count }, (_, index) => {
    const day = random.below(7);
    const failureFeatures = new Float32Array(failureFeatureNames.length).fill(Number.NaN);
    failureFeatures[weekday] = day;
    failureFeatures[rate] = failRate + 0.05 * random.normal();
    const isFailed = random.next() < failRate + effect * (day < 3 ? 0.6 : -0.25);
    return {
      ...{ exampleId: `e-${index}`, workflowId: 'w', runId: `r-${index}`, task: '', startedAtMs: index * 1000, finishedAtMs: index * 1000 + 500, features: new Float32Array(), failureFeatures },
      ...{ referenceMs: Number.NaN, referenceBytes: Number.NaN, durationMs: 1, peakMemoryBytes: Number.NaN, outcome: isFailed ? 'failure' : index % 10 === 0 ? 'cancellation' : 'success', floorsMs: [] },
    };
  });
}

const learnable = trainFailure(examplesOf(1600, 1), { seed: 3, champion: null });

describe('a model of failures', () => {
  it('learns what the rates of the past do not tell', () => {
    const { metrics, comparisons, rows } = learnable.report;

    expect(rows.usable).toBeLessThan(1600);
    expect(metrics.boosted_trees?.log_loss).toBeLessThan(0.45);
    expect(metrics.share_before?.log_loss).toBeGreaterThan(0.6);
    expect(metrics.boosted_trees?.failure_recall).toBeGreaterThan(0.8);
    expect(comparisons.map(({ against, isBetter }) => [against, isBetter])).toEqual([
      ['share_before', true],
      ['rate_of_10', true],
      ['rate_of_all', false],
    ]);
    expect(comparisons[2]?.rows).toBe(0);
  });

  it('holds what its probabilities say', () => {
    for (const { nominal, observed } of learnable.report.calibration) expect(Math.abs(nominal - observed)).toBeLessThan(0.2);
  });

  it('finds nothing in noise', () => {
    const { comparisons } = trainFailure(examplesOf(1600, 0), { seed: 3, champion: null }).report;

    expect(comparisons[0]).toMatchObject({ against: 'share_before', isBetter: false });
  });

  it('is the same for the same seed, and not clearly better than itself', () => {
    const again = trainFailure(examplesOf(1600, 1), { seed: 3, champion: { version: 2, model: learnable.model } });

    expect(encodeFailure(again.model)).toEqual(encodeFailure(learnable.model));
    expect(again.report.comparisons[0]).toMatchObject({ against: 'champion 2', isBetter: false });
  });

  it('says what it misses', () => {
    expect(() => trainFailure(examplesOf(100, 1), { seed: 1, champion: null })).toThrow(/too few examples: there are \d+ executions with a result, \d+ of which failed; 200 are needed/);
    expect(() => trainFailure(examplesOf(600, 0, 0), { seed: 1, champion: null })).toThrow(/0 of which failed/);
    expect(() => trainFailure(examplesOf(600, 1), { seed: 1, champion: null, shouldStop: () => true })).toThrow('the training was stopped in round 1');
  });
});
