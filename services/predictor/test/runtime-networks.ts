import { initialWeights, type NetworkSpec, type NetworkWeights } from '@orrery/learning';
import { seededRandom } from '@orrery/stats';

const quantiles = [0.1, 0.5, 0.9];

const forecaster = (cell: 'gru' | 'lstm'): NetworkSpec => ({ kind: 'series-forecaster', cell, stepCount: 5, channelCount: 2, contextCount: cell === 'gru' ? 3 : 0, unitCount: 4, horizon: 2, quantiles });

const classifier = (cell: 'gru' | 'lstm'): NetworkSpec => ({
  kind: 'sequence-classifier',
  cell,
  stepCount: 4,
  embeddings: [
    { vocabularySize: 6, size: 3 },
    { vocabularySize: 4, size: 2 },
  ],
  numericCount: cell === 'gru' ? 2 : 0,
  unitCount: 4,
  pooling: cell === 'gru' ? 'attention' : 'last',
  classCount: 5,
});

/** A small network of every kind and cell, with and without the parts that may be absent. */
export const smallNetworks: Readonly<Record<string, NetworkSpec>> = {
  'multi-layer perceptron': { kind: 'mlp-quantiles', featureCount: 4, hidden: [6, 5], targetCount: 2, quantiles },
  'perceptron without a hidden layer': { kind: 'mlp-quantiles', featureCount: 3, hidden: [], targetCount: 1, quantiles: [0.5] },
  'GRU forecaster': forecaster('gru'),
  'LSTM forecaster': forecaster('lstm'),
  'GRU classifier with attention': classifier('gru'),
  'LSTM classifier': classifier('lstm'),
};

/** Weights none of which is zero, so that none of them can be at the wrong place unnoticed. */
export function noisyWeights(spec: NetworkSpec, seed: number): NetworkWeights {
  const random = seededRandom(seed);
  return { spec, weights: initialWeights(spec, random).map((weight) => weight + 0.3 * random.normal()) };
}
