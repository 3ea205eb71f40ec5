import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { drawTree, drawTreeDot, fitDecisionTree, fitLogisticRegression, fitNaiveBayes, predictLogistic, predictNaiveBayes, predictTree, type LabelledRows } from './index.js';

/** Two features in [-1, 1) and the class that a rule gives them. */
function rowsOf(rowCount: number, classOf: (first: number, second: number, chance: number) => number, classCount: number): LabelledRows {
  const random = seededRandom(1);
  const features = Float32Array.from({ length: rowCount * 2 }, () => random.next() * 2 - 1);
  const classes = Array.from({ length: rowCount }, (_, row) => classOf(features[row * 2]!, features[row * 2 + 1]!, random.next()));
  return { features, rowCount, featureCount: 2, classes, classCount };
}

const invalid = expect.objectContaining({ code: 'ORRERY_VALIDATION' });

describe('logistic regression', () => {
  it('finds the weights that made the data', () => {
    // P(1) = 1 / (1 + exp(-(2 x - 1))): one class's weights less the other's are 2 and -1 before standardising.
    const rows = rowsOf(20_000, (first, _second, chance) => (chance < 1 / (1 + Math.exp(1 - 2 * first)) ? 1 : 0), 2);
    const { weights, mean, deviation } = fitLogisticRegression(rows, { l2: 0 });
    const slope = (weights[3]! - weights[0]!) / deviation[0]!;
    const intercept = weights[5]! - weights[2]! - slope * mean[0]!;

    expect(Math.abs(slope - 2)).toBeLessThan(0.15);
    expect(Math.abs(intercept + 1)).toBeLessThan(0.15);
    expect(Math.abs((weights[4]! - weights[1]!) / deviation[1]!)).toBeLessThan(0.15);
  });

  it('has no gradient left where it ends', () => {
    const rows = rowsOf(300, (first, second, chance) => (chance < 0.2 ? 2 : first > second ? 1 : 0), 3);
    const model = fitLogisticRegression(rows, { l2: 0.01, steps: 2000 });
    const sums = [0, 0, 0];
    for (let row = 0; row < 300; row++) predictLogistic(model, rows.features, new Float64Array(3), row * 2).forEach((probability, index) => (sums[index] = sums[index]! + probability));

    // At the optimum the intercepts make the mean probability of each class its frequency.
    for (const index of [0, 1, 2]) expect(Math.abs(sums[index]! - Array.from(rows.classes).filter((found) => found === index).length)).toBeLessThan(0.05);
  });

  it('takes the mean for a missing value', () => {
    const model = fitLogisticRegression(rowsOf(300, (first) => (first > 0 ? 1 : 0), 2));
    const at = (first: number) => predictLogistic(model, Float32Array.of(first, 0), new Float64Array(2))[1]!;

    expect(at(Number.NaN)).toBeCloseTo(at(model.mean[0]!), 5);
    expect(at(0.9)).toBeGreaterThan(0.95);
  });
});

describe('decision tree', () => {
  const rows = rowsOf(400, (first, second) => (first > 0.5 ? 2 : second > 0 ? 1 : 0), 3);
  const tree = fitDecisionTree(rows);

  it('finds the questions that made the data', () => {
    const right = Array.from({ length: 400 }, (_, row) => {
      const out = predictTree(tree, rows.features, new Float64Array(3), row * 2);
      return out[rows.classes[row]!] === 1;
    });

    expect(right.every(Boolean)).toBe(true);
  });

  it('is drawn as text', () => {
    const step = fitDecisionTree({ features: Float32Array.of(1, 1, 1, 3, 3, 3), rowCount: 6, featureCount: 1, classes: [0, 0, 0, 1, 1, 0], classCount: 2 }, { minLeafRows: 2 });

    expect(drawTree(step, ['retries'], ['deploy', 'end'])).toBe(['retries <= 2?', '|- yes: deploy (1 of 3)', '`- no: end (0.667 of 3)'].join('\n'));
    expect(drawTree(tree, ['lint', 'test'], ['a', 'b', 'c']).split('\n')).toHaveLength(7);
  });

  it('is drawn as a graph, whatever the names hold', () => {
    const dot = drawTreeDot(tree, ['lint "fast"', 'test'], ['a', 'b', 'c']);

    expect(dot).toMatch(/^digraph tree \{/);
    expect(dot.match(/->/g)).toHaveLength(6);
    expect(dot).toContain('lint \\"fast\\" <=');
  });

  it('asks no more questions than it may, and none that tells too little', () => {
    const noise = rowsOf(200, (_first, _second, chance) => (chance < 0.5 ? 0 : 1), 2);

    expect(fitDecisionTree(noise, { minGain: 0.5 }).root.split).toBeUndefined();
    expect(fitDecisionTree(noise, { maxDepth: 1, minGain: 0 }).root.split?.left.split).toBeUndefined();
  });

  it('gives every leaf enough rows, and probabilities that add up to 1', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.option(fc.integer({ min: 0, max: 9 }))), { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (pairs, minLeafRows) => {
        const features = Float32Array.from(pairs, ([, value]) => value ?? Number.NaN);
        const grown = fitDecisionTree({ features, rowCount: pairs.length, featureCount: 1, classes: pairs.map(([index]) => index), classCount: 5 }, { minLeafRows, minGain: 0 });
        const leafRows = (node: typeof grown.root): number[] => (node.split ? [...leafRows(node.split.left), ...leafRows(node.split.right)] : [node.counts.reduce((sum, count) => sum + count, 0)]);

        expect(leafRows(grown.root).reduce((sum, count) => sum + count, 0)).toBe(pairs.length);
        expect(Math.min(...leafRows(grown.root))).toBeGreaterThanOrEqual(Math.min(minLeafRows, pairs.length));
        expect(predictTree(grown, features, new Float64Array(5)).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('naive Bayes', () => {
  const rows = [['sunny'], ['sunny'], ['rain'], ['rain'], ['rain']];
  const model = fitNaiveBayes({ rows, classes: [1, 1, 0, 0, 1], classCount: 2 });

  it('multiplies what each value says, smoothed as Laplace did', () => {
    // P(1) = 4/7, P(sunny | 1) = 3/6, P(sunny | 0) = 1/5 with one value more for what was never seen.
    const [one, zero] = [(4 / 7) * (3 / 6), (3 / 7) * (1 / 5)];

    expect(predictNaiveBayes(model, ['sunny'])[1]).toBeCloseTo(one / (one + zero), 10);
  });

  it('stays calm about values that it has never seen', () => {
    const probabilities = predictNaiveBayes(model, ['snow']);

    expect(probabilities[0]! + probabilities[1]!).toBeCloseTo(1, 10);
    expect(Math.min(...probabilities)).toBeGreaterThan(0.2);
  });
});

describe('classifiers', () => {
  it('refuse what does not fit together', () => {
    const rows = { features: new Float32Array(4), rowCount: 2, featureCount: 2, classes: [0, 3], classCount: 2 };

    expect(() => fitLogisticRegression(rows)).toThrow(invalid);
    expect(() => fitDecisionTree({ ...rows, classes: [0] })).toThrow(invalid);
    expect(() => fitNaiveBayes({ rows: [['a'], ['a', 'b']], classes: [0, 1], classCount: 2 })).toThrow(invalid);
  });
});
