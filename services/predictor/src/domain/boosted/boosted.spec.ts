import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { compareLosses, decodeBoosted, encodeBoosted, fitBoosted, predictBoosted, splitByTime, type PastExecution } from './index.js';
import { calibrationOf, measureCandidate } from './held-out-metrics.js';

const minuteMs = 60_000;

/** Executions whose duration hangs on their first feature by `effect`, and on nothing else. */
function examplesOf(count: number, effect: number, seed = 1): readonly PastExecution[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const input = random.next() * 4 - 2;
    const referenceMs = 1000 * (1 + random.below(50));
    const durationMs = referenceMs * Math.exp(effect * input + 0.1 * random.normal());
    const startedAtMs = index * 2 * minuteMs;
    return {
      ...{ exampleId: `e-${index}`, workflowId: 'w', runId: `r-${Math.floor(index / 4)}`, task: 'build', startedAtMs, finishedAtMs: startedAtMs + minuteMs },
      ...{ features: Float32Array.of(input, random.next(), Number.NaN), failureFeatures: new Float32Array(), referenceMs, referenceBytes: Number.NaN },
      ...{ durationMs, peakMemoryBytes: Number.NaN, outcome: 'success', floorsMs: [referenceMs * Math.exp(0.1 * random.normal()), referenceMs, referenceMs, Number.NaN] },
    };
  });
}

const learnable = fitBoosted(examplesOf(1200, 0.5), { target: 'duration', seed: 7 });

describe('a model of durations', () => {
  it('learns what the history does not know, and says how much better it is on what it never saw', () => {
    const { metrics, comparisons, rows } = learnable.report;

    expect(rows).toEqual({ usable: 1200, training: 840, validation: 180, heldOut: 180 });
    expect(metrics.boosted_trees?.mdape).toBeLessThan(0.15);
    expect(metrics.history?.mdape).toBeGreaterThan(0.3);
    expect(metrics.average).toMatchObject({ rows: 0, mdape: null });
    expect(comparisons.filter(({ rows: compared }) => compared > 0).map(({ against, isBetter }) => [against, isBetter])).toEqual([
      ['history', true],
      ['last_success', true],
      ['mean_of_ten', true],
      ['median', true],
    ]);
  });

  it('has an interval that holds about 80 % of what came, and quantiles that are what they say', () => {
    const { metrics, calibration } = learnable.report;

    expect(metrics.boosted_trees?.coverage_80).toBeGreaterThan(0.72);
    expect(metrics.boosted_trees?.coverage_80).toBeLessThan(0.88);
    for (const { nominal, observed } of calibration) expect(Math.abs(observed - nominal)).toBeLessThan(0.1);
  });

  it('finds nothing in noise', () => {
    const { comparisons } = fitBoosted(examplesOf(1200, 0), { target: 'duration', seed: 7 }).report;

    expect(comparisons.every(({ isBetter }) => isBetter)).toBe(false);
  });

  it('is the same for the same seed, whatever the order of the examples', () => {
    const again = fitBoosted([...examplesOf(1200, 0.5)].reverse(), { target: 'duration', seed: 7 });

    expect(encodeBoosted(again.model)).toEqual(encodeBoosted(learnable.model));
    expect(again.report).toEqual(learnable.report);
  });

  it('is not clearly better than itself', () => {
    const { report } = fitBoosted(examplesOf(1200, 0.5), { target: 'duration', seed: 7, champion: { version: 3, model: learnable.model } });

    expect(report.comparisons[0]).toMatchObject({ against: 'champion 3', isBetter: false });
    expect(report.metrics['champion 3']).toEqual(report.metrics.boosted_trees);
  });

  it('says how many examples it misses', () => {
    expect(() => fitBoosted(examplesOf(120, 1), { target: 'duration', seed: 1 })).toThrow('too few examples: there are 120 successful executions with a duration and a history before them, 200 are needed');
    expect(() => fitBoosted(examplesOf(300, 1), { target: 'memory', seed: 1 })).toThrow('there are 0 successful executions with a measured peak of memory');
  });

  it('can be stopped', () => {
    expect(() => fitBoosted(examplesOf(300, 1), { target: 'duration', seed: 1, shouldStop: () => true })).toThrow('the training was stopped in round 1');
  });
});

describe('a prediction', () => {
  it('is positive, in rising order and in the unit of the reference, whatever is asked', () => {
    const feature = fc.oneof(fc.float(), fc.constant(Number.NaN));

    fc.assert(
      fc.property(feature, feature, fc.double({ min: 1, max: 1e9, noNaN: true }), (first, second, reference) => {
        const { p10, p50, p90 } = predictBoosted(learnable.model, Float32Array.of(first, second, Number.NaN), reference);

        expect(p10).toBeGreaterThan(0);
        expect(p50).toBeGreaterThanOrEqual(p10);
        expect(p90).toBeGreaterThanOrEqual(p50);
        expect(predictBoosted(learnable.model, Float32Array.of(first, second, Number.NaN), reference * 10).p50).toBeCloseTo(p50 * 10, -3);
      }),
    );
  });

  it('survives being stored, and a damaged model is refused', () => {
    const bytes = encodeBoosted(learnable.model);
    const damaged = bytes.slice();
    damaged[Math.floor(bytes.length / 2)]! ^= 1;

    expect(decodeBoosted(bytes)).toEqual(learnable.model);
    expect(() => decodeBoosted(damaged)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    expect(() => decodeBoosted(bytes.subarray(0, 100))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    expect(() => decodeBoosted(new Uint8Array())).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });
});

describe('a split by time', () => {
  it('learns from nothing that had not ended when the next part began', () => {
    const item = fc.record({ startedAtMs: fc.nat(1000), lengthMs: fc.nat(300) }).map(({ startedAtMs, lengthMs }) => ({ startedAtMs, finishedAtMs: startedAtMs + lengthMs }));

    fc.assert(
      fc.property(fc.array(item, { minLength: 1 }), (items) => {
        const { training, validation, heldOut } = splitByTime([...items].sort((left, right) => left.startedAtMs - right.startedAtMs));
        const latest = (part: typeof items) => Math.max(0, ...part.map(({ finishedAtMs }) => finishedAtMs));
        const earliest = (part: typeof items) => Math.min(Number.POSITIVE_INFINITY, ...part.map(({ startedAtMs }) => startedAtMs));

        expect(heldOut.length).toBeGreaterThan(0);
        expect(latest([...training])).toBeLessThanOrEqual(Math.min(earliest([...validation]), earliest([...heldOut])));
        expect(latest([...validation])).toBeLessThanOrEqual(earliest([...heldOut]));
      }),
    );
  });
});

describe('a comparison', () => {
  it('counts runs, not rows: a hundred rows of one run say nothing', () => {
    const [better, worse] = [new Float64Array(100).fill(1), new Float64Array(100).fill(2)];

    expect(compareLosses('history', better, worse, Array(100).fill('r'))).toMatchObject({ rows: 100, challenger: 1, rival: 2, isBetter: false });
    expect(compareLosses('history', better, worse, better.map((_, row) => row) as never)).toMatchObject({ isBetter: true, margin: 0 });
  });

  it('looks only at rows that both answered', () => {
    const rival = Float64Array.from({ length: 60 }, (_, row) => (row % 2 === 0 ? Number.NaN : 3));

    expect(compareLosses('last_success', new Float64Array(60).fill(1), rival, rival.map((_, row) => row) as never)).toMatchObject({ rows: 30, rival: 3, isBetter: true });
    expect(compareLosses('average', new Float64Array(60), new Float64Array(60).fill(Number.NaN), [])).toMatchObject({ rows: 0, isBetter: false });
  });
});

describe('the metrics', () => {
  it('are what one works out by hand', () => {
    const actual = Float64Array.of(0, Math.log(2));
    const interval = [Float64Array.of(-1, 0), Float64Array.of(0, 0), Float64Array.of(1, 0.5)];

    expect(measureCandidate(interval, actual)).toEqual({
      ...{ rows: 2, pinball: expect.closeTo(0.25 * Math.log(2), 12), mdape: 0.25, within25: 0.5, coverage80: 0.5 },
      // (0.1 + 0 + 0.1) / 3, and (0.1 ln 2 + 0.5 ln 2 + 0.9 (ln 2 - 0.5)) / 3
      pinballOfInterval: expect.closeTo((0.2 / 3 + (0.6 * Math.log(2) + 0.9 * (Math.log(2) - 0.5)) / 3) / 2, 12),
    });
    expect(calibrationOf(interval, actual).filter(({ nominal }) => [0.1, 0.5, 0.9].includes(nominal))).toEqual([
      { nominal: 0.1, observed: 0 },
      { nominal: 0.5, observed: 0.5 },
      { nominal: 0.9, observed: 0.5 },
    ]);
  });
});
