import { describe, expect, it } from '@jest/globals';
import { networkParameters, weightCount } from './network-parameters.js';
import { sizeOf, type NetworkData } from './network-data.js';
import type { NetworkSpec } from './network-spec.js';
import { referenceLoss, referenceOutputs } from './reference-forward.js';

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Weights by name; those that are not named are 0. */
function weightsOf(spec: NetworkSpec, values: Readonly<Record<string, readonly number[]>>): Float64Array {
  const weights = new Float64Array(weightCount(spec));
  let offset = 0;
  for (const { name, shape } of networkParameters(spec)) {
    weights.set(values[name] ?? [], offset);
    offset += sizeOf(shape);
  }
  return weights;
}

describe('the definition of the networks', () => {
  it('is that of the ONNX operator GRU with linear_before_reset for one unit over two steps', () => {
    const spec: NetworkSpec = { kind: 'series-forecaster', cell: 'gru', stepCount: 2, channelCount: 1, contextCount: 1, unitCount: 1, horizon: 1, quantiles: [0.5] };
    const weights = weightsOf(spec, {
      'recurrent.input': [0.1, 0.2, 0.3],
      'recurrent.hidden': [0.4, 0.5, 0.6],
      'recurrent.bias': [0.01, 0.02, 0.03],
      'recurrent.hiddenBias': [0.04, 0.05, 0.06],
      'head.kernel': [2],
      'head.bias': [0.5],
      'skip.kernel': [0.1, 0.2, 0.3],
    });
    const step = (input: number, state: number): number => {
      const update = sigmoid(0.1 * input + 0.4 * state + 0.05);
      const reset = sigmoid(0.2 * input + 0.5 * state + 0.07);
      return (1 - update) * Math.tanh(0.3 * input + 0.03 + reset * (0.6 * state + 0.06)) + update * state;
    };

    const [output] = referenceOutputs(spec, weights, { rowCount: 1, inputs: { steps: Float32Array.of(1, -2), context: Float32Array.of(4) } });

    expect(output![0]).toBeCloseTo(2 * step(-2, step(1, 0)) + 0.5 + 0.1 - 0.4 + 1.2, 12);
  });

  it('is that of the ONNX operator LSTM, gates in the order input, output, forget, candidate', () => {
    const spec: NetworkSpec = { kind: 'series-forecaster', cell: 'lstm', stepCount: 2, channelCount: 1, contextCount: 0, unitCount: 1, horizon: 1, quantiles: [0.5] };
    const weights = weightsOf(spec, { 'recurrent.input': [0.1, 0.2, 0.3, 0.4], 'recurrent.hidden': [0.5, 0.6, 0.7, 0.8], 'recurrent.bias': [0.01, 0.02, 0.03, 0.04], 'head.kernel': [1] });
    let [state, cell] = [0, 0];
    for (const input of [1, -2]) {
      const gate = (index: number): number => (index + 1) * 0.1 * input + (0.5 + 0.1 * index) * state + (index + 1) * 0.01;
      cell = sigmoid(gate(2)) * cell + sigmoid(gate(0)) * Math.tanh(gate(3));
      state = sigmoid(gate(1)) * Math.tanh(cell);
    }

    const [output] = referenceOutputs(spec, weights, { rowCount: 1, inputs: { steps: Float32Array.of(1, -2) } });

    expect(output![0]).toBeCloseTo(state, 12);
  });

  it('attends to no step that only fills up', () => {
    const spec: NetworkSpec = { kind: 'sequence-classifier', cell: 'gru', stepCount: 3, embeddings: [{ vocabularySize: 3, size: 1 }], numericCount: 0, unitCount: 1, pooling: 'attention', classCount: 2 };
    const weights = weightsOf(spec, {
      embedding0: [5, 1, -1],
      'recurrent.input': [0, 0, 1],
      'attention.kernel': [1],
      'attention.query': [1],
      // Only what attention gathered counts.
      'head.kernel': [0, 0, 1, 0, 0, 0],
    });
    // Update gate 1/2: the state is the mean of the candidate and the state before.
    const states = [5, 1].reduce<number[]>((all, word) => [...all, 0.5 * Math.tanh(word) + 0.5 * (all.at(-1) ?? 0)], []);
    const last = 0.5 * Math.tanh(-1) + 0.5 * states[1]!;
    const fits = [states[1]!, last].map((state) => Math.exp(Math.tanh(state)));
    const gathered = (fits[0]! * states[1]! + fits[1]! * last) / (fits[0]! + fits[1]!);

    const [output] = referenceOutputs(spec, weights, { rowCount: 1, inputs: { tokens: Int32Array.of(0, 1, 2), mask: Float32Array.of(0, 1, 1) } });

    expect(output![0]).toBeCloseTo(sigmoid(gathered), 12);
    expect(output![0]! + output![1]!).toBeCloseTo(1, 12);
  });

  it('counts pinball over the targets that are known, and the logarithm of the class that came', () => {
    const spec: NetworkSpec = { kind: 'mlp-quantiles', featureCount: 1, hidden: [], targetCount: 2, quantiles: [0.1, 0.9] };
    const data: NetworkData = { rowCount: 1, inputs: { features: Float32Array.of(1) }, targets: Float32Array.of(3, Number.NaN) };

    // Forecasts 1 and 4 of the target 3: 2 too low at 0.1, 1 too high at 0.9.
    expect(referenceLoss(spec, weightsOf(spec, { 'layer0.kernel': [1, 4, 0, 0] }), data)).toBeCloseTo((0.1 * 2 + 0.1 * 1) / 2, 12);
    const classes: NetworkSpec = { kind: 'sequence-classifier', cell: 'gru', stepCount: 1, embeddings: [{ vocabularySize: 2, size: 1 }], numericCount: 0, unitCount: 1, pooling: 'last', classCount: 4 };
    expect(referenceLoss(classes, weightsOf(classes, {}), { rowCount: 1, inputs: { tokens: Int32Array.of(1) }, targets: Int32Array.of(2) })).toBeCloseTo(Math.log(4), 12);
  });
});
