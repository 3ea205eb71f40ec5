import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import { decodeWeights, encodeWeights, initialWeights, namedWeights, networkParameters, weightCount } from './network-parameters.js';
import { checkSpec, networkInputs, outputWidth, stepWidth, type NetworkSpec, type SequenceClassifierSpec, type SeriesForecasterSpec } from './network-spec.js';

const forecaster: SeriesForecasterSpec = { kind: 'series-forecaster', cell: 'lstm', stepCount: 12, channelCount: 1, contextCount: 4, unitCount: 8, horizon: 3, quantiles: [0.1, 0.5, 0.9] };
const classifier: SequenceClassifierSpec = {
  kind: 'sequence-classifier',
  cell: 'gru',
  stepCount: 10,
  embeddings: [
    { vocabularySize: 20, size: 6 },
    { vocabularySize: 5, size: 2 },
  ],
  numericCount: 3,
  unitCount: 8,
  pooling: 'attention',
  classCount: 19,
};
const mlp: NetworkSpec = { kind: 'mlp-quantiles', featureCount: 4, hidden: [8, 6], targetCount: 2, quantiles: [0.1, 0.5, 0.9] };

describe('a network spec', () => {
  it('says what goes in and what comes out', () => {
    expect(networkInputs(classifier)).toEqual([
      { name: 'tokens', shape: [10, 2], type: 'int32' },
      { name: 'numerics', shape: [10, 3], type: 'float32' },
      { name: 'mask', shape: [10], type: 'float32' },
    ]);
    expect(networkInputs({ ...classifier, numericCount: 0, pooling: 'last' }).map(({ name }) => name)).toEqual(['tokens']);
    expect(networkInputs({ ...forecaster, contextCount: 0 }).map(({ name }) => name)).toEqual(['steps']);
    expect([mlp, forecaster, classifier].map(outputWidth)).toEqual([6, 9, 19]);
    expect(stepWidth(classifier)).toBe(11);
  });

  it('has as many weights as its layers need', () => {
    expect(weightCount(mlp)).toBe(4 * 8 + 8 + (8 * 6 + 6) + (6 * 6 + 6));
    expect(weightCount(forecaster)).toBe((1 + 8 + 1) * 32 + (8 * 9 + 9) + (12 + 4) * 9);
    expect(weightCount(classifier)).toBe(20 * 6 + 5 * 2 + (11 + 8 + 2) * 24 + 8 * 8 + 8 + ((8 + 8 + 11) * 19 + 19));
  });

  it.each<[string, NetworkSpec]>([
    ['no units', { ...forecaster, unitCount: 0 }],
    ['half a step', { ...forecaster, stepCount: 1.5 }],
    ['a layer without units', { ...mlp, hidden: [8, 0] } as NetworkSpec],
    ['no quantile', { ...forecaster, quantiles: [] }],
    ['quantiles that do not rise', { ...forecaster, quantiles: [0.5, 0.5] }],
    ['a quantile of 1', { ...forecaster, quantiles: [0.5, 1] }],
    ['no embedding', { ...classifier, embeddings: [] }],
    ['an empty vocabulary', { ...classifier, embeddings: [{ vocabularySize: 0, size: 2 }] }],
  ])('is refused with %s', (_, spec) => {
    expect(() => checkSpec(spec)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });
});

describe('the weights of a network', () => {
  it('are the same for the same seed, of a size that keeps signals in range, with the forget gate open', () => {
    const weights = initialWeights(forecaster, seededRandom(1));

    expect(initialWeights(forecaster, seededRandom(1))).toEqual(weights);
    expect(initialWeights(forecaster, seededRandom(2))).not.toEqual(weights);
    const named = namedWeights(forecaster, weights);
    expect(Array.from(named.get('recurrent.bias')!)).toEqual([...Array<number>(16).fill(0), ...Array<number>(8).fill(1), ...Array<number>(8).fill(0)]);
    expect(Math.max(...named.get('recurrent.hidden')!.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(8));
    expect(named.get('skip.kernel')!.every((weight) => weight === 0)).toBe(true);
  });

  it('lie one after the other in the order of the parameters', () => {
    const weights = Float32Array.from({ length: weightCount(classifier) }, (_, index) => index);

    const firsts = Array.from(namedWeights(classifier, weights).values(), ([first]) => first);

    expect([...firsts].sort((left, right) => left! - right!)).toEqual(firsts);
    expect([...namedWeights(classifier, weights).keys()]).toEqual(networkParameters(classifier).map(({ name }) => name));
  });

  it('survive as bytes; others are refused', () => {
    const weights = initialWeights(mlp, seededRandom(3));

    expect(decodeWeights(mlp, encodeWeights(weights))).toEqual(weights);
    expect(() => decodeWeights(mlp, encodeWeights(weights).slice(4))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    expect(() => namedWeights(mlp, weights.slice(1))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });
});
