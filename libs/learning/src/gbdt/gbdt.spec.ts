import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { contributions, decodeGbdt, encodeGbdt, expectedScore, fitGbdt, predictGbdt, predictGbdtInto, probabilityOf, type GbdtOptions } from './index.js';

const small = { trees: 60, leaves: 8, learningRate: 0.2, minLeafRows: 5, seed: 1 };

/** Two features in [-1, 1) and noise. */
function rowsOf(rowCount: number, seed = 3) {
  const random = seededRandom(seed);
  const features = Float32Array.from({ length: rowCount * 2 }, () => random.next() * 2 - 1);
  const noise = Float64Array.from({ length: rowCount }, () => random.normal());
  const targetsBy = (target: (first: number, second: number, noise: number) => number) =>
    Float64Array.from({ length: rowCount }, (_, row) => target(features[row * 2]!, features[row * 2 + 1]!, noise[row]!));
  return { features, rowCount, featureCount: 2, targetsBy };
}

describe('gradient boosting', () => {
  it('learns a step', () => {
    const { targetsBy, ...rows } = rowsOf(400);
    const model = fitGbdt({ ...rows, targets: targetsBy((first) => (first > 0.25 ? 10 : -2)), objective: { kind: 'squared' }, ...small });

    expect(predictGbdt(model, Float32Array.of(0.5, 0))).toBeCloseTo(10, 1);
    expect(predictGbdt(model, Float32Array.of(0, 0))).toBeCloseTo(-2, 1);
  });

  it('covers as much as the quantile says, on rows that it has not seen', () => {
    const { targetsBy, ...rows } = rowsOf(3000);
    const fresh = rowsOf(3000, 4);
    const noisy = (first: number, second: number, noise: number) => first + (0.5 + Math.abs(second)) * noise;
    const freshTargets = fresh.targetsBy(noisy);
    for (const tau of [0.1, 0.5, 0.9]) {
      const model = fitGbdt({ ...rows, targets: targetsBy(noisy), objective: { kind: 'quantile', tau }, ...small, trees: 40, minLeafRows: 50 });
      const covered = freshTargets.filter((target, row) => target <= predictGbdt(model, fresh.features, row * 2)).length / 3000;

      expect(Math.abs(covered - tau)).toBeLessThan(0.035);
    }
  });

  it('tells probabilities that match the frequencies', () => {
    const { targetsBy, ...rows } = rowsOf(2000);
    const targets = targetsBy((first, _second, noise) => (noise < (first > 0 ? 0.8416 : -0.8416) ? 1 : 0));
    const model = fitGbdt({ ...rows, targets, objective: { kind: 'logistic' }, ...small, trees: 30, leaves: 2, minLeafRows: 100 });

    // Phi(0.8416) = 0.8
    expect(Math.abs(probabilityOf(predictGbdt(model, Float32Array.of(0.5, 0))) - 0.8)).toBeLessThan(0.06);
    expect(Math.abs(probabilityOf(predictGbdt(model, Float32Array.of(-0.5, 0))) - 0.2)).toBeLessThan(0.06);
  });

  it('tells classes apart that no single feature tells apart', () => {
    const { targetsBy, ...rows } = rowsOf(1500);
    const classOf = (first: number, second: number) => (first > 0 ? (second > 0 ? 0 : 1) : second > 0 ? 2 : 0);
    const model = fitGbdt({ ...rows, targets: targetsBy(classOf), objective: { kind: 'softmax', classCount: 3 }, ...small, trees: 20 });
    const fresh = rowsOf(300, 5);
    const truth = fresh.targetsBy(classOf);
    const right = truth.filter((target, row) => {
      const out = predictGbdtInto(model, fresh.features, new Float64Array(3), row * 2);
      return out.indexOf(Math.max(...out)) === target;
    });

    expect(right.length / 300).toBeGreaterThan(0.95);
  });

  it('tells probabilities no worse when it sees few of the rows that are told well already', () => {
    const { targetsBy, ...rows } = rowsOf(4000);
    const targets = targetsBy((first, _second, noise) => (first > 0.8 && noise > 0 ? 1 : first < -0.8 ? 2 : 0));
    const validation = { ...rows, targets };
    const lossOf = (quietRowSample: number) => {
      let last = Number.NaN;
      const onRound = (_round: number, loss: number) => {
        last = loss;
        return true;
      };
      fitGbdt({ ...rows, targets, validation, objective: { kind: 'softmax', classCount: 3 }, ...small, trees: 30, quietRowSample, onRound });
      return last;
    };

    expect(lossOf(0.1)).toBeLessThan(lossOf(1) * 1.15);
  });

  it('sends missing values where they fit best', () => {
    const features = Float32Array.from({ length: 300 }, (_, row) => (row % 3 === 0 ? Number.NaN : row % 3));
    const targets = Float64Array.from({ length: 300 }, (_, row) => [7, 1, 7][row % 3]!);
    const model = fitGbdt({ features, rowCount: 300, featureCount: 1, targets, objective: { kind: 'squared' }, ...small });

    expect(predictGbdt(model, Float32Array.of(Number.NaN))).toBeCloseTo(7, 1);
    expect(predictGbdt(model, Float32Array.of(1))).toBeCloseTo(1, 1);
    expect(predictGbdt(model, Float32Array.of(2))).toBeCloseTo(7, 1);
  });

  it('lets a weight count as so many rows', () => {
    const features = Float32Array.from({ length: 100 }, () => 1);
    const targets = Float64Array.from({ length: 100 }, (_, row) => (row < 50 ? 0 : 1));
    const weights = Float64Array.from({ length: 100 }, (_, row) => (row < 50 ? 1 : 3));
    const model = fitGbdt({ features, rowCount: 100, featureCount: 1, targets, weights, objective: { kind: 'squared' }, ...small });

    expect(predictGbdt(model, Float32Array.of(1))).toBeCloseTo(0.75, 5);
  });

  it('never fits the training rows worse with one round more', () => {
    const { targetsBy, ...rows } = rowsOf(500);
    const objectives = [
      { objective: { kind: 'squared' } as const, targets: targetsBy((first, second, noise) => first * second + 0.1 * noise) },
      { objective: { kind: 'softmax', classCount: 3 } as const, targets: targetsBy((first, second) => (first > 0 ? 0 : second > 0 ? 1 : 2)) },
    ];
    for (const { objective, targets } of objectives) {
      const losses: number[] = [];
      fitGbdt({ ...rows, targets, objective, ...small, trees: 20, validation: { ...rows, targets }, onRound: (_round, loss) => void losses.push(loss) });

      expect(losses).toHaveLength(20);
      expect(losses.every((loss, round) => round === 0 || loss <= losses[round - 1]! + 1e-6)).toBe(true);
    }
  });

  it('stops when the validation part gets no better, and keeps the best', () => {
    const { targetsBy, ...rows } = rowsOf(200);
    const validation = rowsOf(200, 9);
    const losses: number[] = [];
    const options: GbdtOptions = {
      ...rows,
      targets: targetsBy((_first, _second, noise) => noise),
      objective: { kind: 'squared' },
      ...small,
      trees: 500,
      validation: { ...validation, targets: validation.targetsBy((_first, _second, noise) => noise) },
      earlyStoppingRounds: 10,
      onRound: (_round, loss) => void losses.push(loss),
    };
    const model = fitGbdt(options);

    expect(losses.length).toBeLessThan(500);
    expect(model.roots).toHaveLength(losses.indexOf(Math.min(...losses)) + 1);
  });

  it('ends when it is told to', () => {
    const { targetsBy, ...rows } = rowsOf(100);
    const model = fitGbdt({ ...rows, targets: targetsBy((first) => first), objective: { kind: 'squared' }, ...small, onRound: (round) => round < 4 });

    expect(model.roots).toHaveLength(5);
  });

  it('repeats itself for a seed and differs between seeds', () => {
    const { targetsBy, ...rows } = rowsOf(300);
    const fit = (seed: number) =>
      encodeGbdt(fitGbdt({ ...rows, targets: targetsBy((first, second) => first + second), objective: { kind: 'squared' }, ...small, rowSample: 0.6, columnSample: 0.5, seed }));

    expect(fit(1)).toEqual(fit(1));
    expect(fit(1)).not.toEqual(fit(2));
  });

  it('says what does not fit together', () => {
    const rows = { features: new Float32Array(4), rowCount: 2, featureCount: 2 };

    expect(() => fitGbdt({ ...rows, targets: new Float64Array(3), objective: { kind: 'squared' }, ...small })).toThrow('2 targets, got 3');
    expect(() => fitGbdt({ ...rows, targets: Float64Array.of(0, 2), objective: { kind: 'softmax', classCount: 2 }, ...small })).toThrow('softmax');
    expect(() => fitGbdt({ ...rows, targets: Float64Array.of(0, Number.NaN), objective: { kind: 'squared' }, ...small })).toThrow('targets of a squared objective');
  });
});

describe('contributions', () => {
  it('name the feature that matters and add up to the score less the expected one', () => {
    const { targetsBy, ...rows } = rowsOf(400);
    const model = fitGbdt({ ...rows, targets: targetsBy((first) => 5 * first), objective: { kind: 'quantile', tau: 0.5 }, ...small });
    fc.assert(
      fc.property(fc.float({ min: -1, max: 1 }), fc.float({ min: -1, max: 1 }), (first, second) => {
        const row = Float32Array.of(first, second);
        const byFeature = contributions(model, row);

        expect(byFeature[0]! + byFeature[1]!).toBeCloseTo(predictGbdt(model, row) - expectedScore(model), 4);
      }),
    );
    const high = contributions(model, Float32Array.of(0.9, 0));

    expect(high[0]).toBeGreaterThan(10 * Math.abs(high[1]!));
  });
});

describe('an encoded model', () => {
  const { targetsBy, ...rows } = rowsOf(300);
  const objectives = [{ kind: 'squared' }, { kind: 'quantile', tau: 0.3 }, { kind: 'softmax', classCount: 2 }, { kind: 'logistic' }] as const;

  it('comes back as it was', () => {
    for (const objective of objectives) {
      const model = fitGbdt({ ...rows, targets: targetsBy((first) => (first > 0 ? 1 : 0)), objective, ...small, trees: 5 });

      expect(decodeGbdt(encodeGbdt(model))).toEqual(model);
    }
  });

  it('is refused when a byte is changed or the end is missing', () => {
    const bytes = encodeGbdt(fitGbdt({ ...rows, targets: targetsBy((first) => first), objective: { kind: 'squared' }, ...small, trees: 3 }));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.slice();
        changed[at] = changed[at]! ^ change;

        expect(() => decodeGbdt(changed)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
        expect(() => decodeGbdt(bytes.subarray(0, at))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
      }),
    );
  });
});
