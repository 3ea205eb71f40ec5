import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { checkData, checkOutput, pickRows, randomData, sliceRows, withRisingQuantiles } from './network-data.js';
import type { NetworkSpec } from './network-spec.js';
import { afterEpoch, shuffledRows, type TrainingCourse } from './training-course.js';

const mlp: NetworkSpec = { kind: 'mlp-quantiles', featureCount: 2, hidden: [], targetCount: 1, quantiles: [0.1, 0.5, 0.9] };
const classifier: NetworkSpec = { kind: 'sequence-classifier', cell: 'gru', stepCount: 3, embeddings: [{ vocabularySize: 4, size: 2 }], numericCount: 1, unitCount: 2, pooling: 'attention', classCount: 3 };

describe('rows', () => {
  it('of noise fit their spec and fill up in front', () => {
    const data = randomData(classifier, 50, seededRandom(1));

    checkData(classifier, data);
    const mask = Array.from({ length: 50 }, (_, row) => data.inputs.mask!.subarray(row * 3, row * 3 + 3).join(''));
    expect(new Set(mask)).toEqual(new Set(['111', '011', '001']));
  });

  it('are picked and sliced whole, inputs with their targets', () => {
    const data = { rowCount: 3, inputs: { features: Float32Array.of(1, 2, 3, 4, 5, 6) }, targets: Float32Array.of(10, 20, 30) };

    expect(pickRows(data, [2, 0])).toEqual({ rowCount: 2, inputs: { features: Float32Array.of(5, 6, 1, 2) }, targets: Float32Array.of(30, 10) });
    expect(sliceRows(data, 1, 3)).toEqual({ rowCount: 2, inputs: { features: Float32Array.of(3, 4, 5, 6) }, targets: Float32Array.of(20, 30) });
  });

  it('that do not fit are refused', () => {
    const data = randomData(classifier, 2, seededRandom(2));
    const refused = expect.objectContaining({ code: 'ORRERY_VALIDATION' });

    expect(() => checkData(classifier, { ...data, inputs: { tokens: data.inputs.tokens! } })).toThrow(refused);
    expect(() => checkData(classifier, { ...data, targets: Int32Array.of(0, 3) })).toThrow('class 3 is outside [0, 3)');
    expect(() => checkData(classifier, { ...data, inputs: { ...data.inputs, tokens: Int32Array.of(0, 1, 4, 0, 1, 2) } })).toThrow('token 4 is outside [0, 4)');
    expect(() => checkOutput(mlp, Float32Array.of(1, Number.NaN, 2))).toThrow(expect.objectContaining({ code: 'ORRERY_NUMERICAL' }));
  });

  it('of quantiles rise after they are put in order, and stay what they are', () => {
    expect(Array.from(withRisingQuantiles(mlp, Float32Array.of(3, 1, 2, 4, 5, 6)))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(Array.from(withRisingQuantiles(classifier, Float32Array.of(3, 1, 2)))).toEqual([3, 1, 2]);
  });

  it('come each once in an order that the seed decides', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer(), (count, seed) => {
        const order = shuffledRows(count, seededRandom(seed));

        expect([...order].sort((left, right) => left - right)).toEqual(Array.from({ length: count }, (_, row) => row));
        expect(shuffledRows(count, seededRandom(seed))).toEqual(order);
      }),
    );
  });
});

describe('the course of a training', () => {
  it('keeps the best epoch and is over when patience is', () => {
    const losses = [3, 2, 2.5, 1, 1, 1.5, 4];
    let course: TrainingCourse = { bestEpoch: 0, validationLoss: 4, bestWeights: Float32Array.of(0), isOver: false };

    const ends = losses.map((validationLoss, index) => {
      course = afterEpoch(course, { epoch: index + 1, validationLoss, weights: Float32Array.of(index + 1) }, 3);
      return course.isOver;
    });

    expect(ends).toEqual([false, false, false, false, false, false, true]);
    expect(course).toMatchObject({ bestEpoch: 4, validationLoss: 1, bestWeights: Float32Array.of(4) });
  });
});
