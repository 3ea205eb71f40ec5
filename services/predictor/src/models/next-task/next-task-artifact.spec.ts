import { describe, expect, it } from '@jest/globals';
import { classifierOf, fitSequenceEncoding, initialWeights } from '@orrery/learning';
import { seededRandom } from '@orrery/stats';
import { onnxModel } from '../../networks/onnx-graph.js';
import { decodeNextTask, encodeNetwork, networkPredictor, stepOf, type StoredNetwork } from './next-task-artifact.js';

function untrained(): StoredNetwork {
  const runs = Array.from({ length: 4 }, () => ['build', 'test', 'deploy'].map(stepOf));
  const encoding = fitSequenceEncoding(runs, { stepCount: 6, leastOccurrences: 1, vocabularyLimit: 10 });
  const spec = classifierOf(encoding, { cell: 'gru', unitCount: 4, pooling: 'last', embeddingLimit: 3 });
  return { spec, encoding, bytes: onnxModel({ spec, weights: initialWeights(spec, seededRandom(1)) }) };
}

describe('a network of the next task', () => {
  it('foretells with probabilities that sum to one, most likely first, before and after it was stored', () => {
    const stored = untrained();
    const predictor = networkPredictor(stored);
    const distribution = predictor.predict(['build', 'test']);

    expect(distribution.map(({ symbol }) => symbol).sort()).toEqual(['build', 'deploy', 'test', null].sort());
    expect(distribution.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    expect(distribution.map(({ probability }) => probability)).toEqual(distribution.map(({ probability }) => probability).sort((left, right) => right - left));
    expect(decodeNextTask(encodeNetwork(stored)).predict(['build', 'test'])).toEqual(distribution);
    expect(predictor.predict([])).toEqual([]);
    expect(predictor.predict(['never seen'])).toHaveLength(4);
  });

  it('is refused when it is cut', () => {
    const bytes = encodeNetwork(untrained());

    for (const damaged of [bytes.subarray(0, bytes.length - 5), bytes.subarray(0, 10), new Uint8Array()]) expect(() => decodeNextTask(damaged)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });
});
