import { OrreryError } from '@orrery/errors';
import type { NetworkArray, NetworkBatch, NetworkData } from './network-data.js';
import { sizeOf } from './network-data.js';
import { gateCount, headWidth, namedWeights } from './network-parameters.js';
import { networkInputs, outputWidth, targetWidth, type NetworkSpec, type SequenceClassifierSpec, type SeriesForecasterSpec } from './network-spec.js';

// The networks once more, row by row in 64-bit numbers and without any library: what the fast ones are held against.

type Vector = Float64Array;
type Parameters = ReadonlyMap<string, ArrayLike<number>>;
type Row = ReadonlyMap<string, NetworkArray>;

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

function parameterOf(parameters: Parameters, name: string): ArrayLike<number> {
  const found = parameters.get(name);
  if (found === undefined) throw new OrreryError('ORRERY_VALIDATION', `the network has no parameter ${name}`);
  return found;
}

function inputOf(row: Row, name: string): ArrayLike<number> {
  return row.get(name) ?? [];
}

/** Adds `input x kernel` to a vector. */
function addProduct(target: Vector, input: ArrayLike<number>, kernel: ArrayLike<number>): Vector {
  const width = target.length;
  for (let from = 0; from < input.length; from += 1) {
    const factor = input[from] ?? 0;
    for (let to = 0; to < width; to += 1) target[to] = (target[to] ?? 0) + factor * (kernel[from * width + to] ?? 0);
  }
  return target;
}

const dense = (input: ArrayLike<number>, kernel: ArrayLike<number>, bias: ArrayLike<number>): Vector => addProduct(Float64Array.from(bias), input, kernel);

/** One step of a GRU whose reset gate acts on the product (`linear_before_reset` of ONNX). Source: Cho et al. 2014, in the form of the ONNX operator GRU. */
function gruStep(state: Vector, gates: { readonly input: Vector; readonly hidden: Vector }): Vector {
  const units = state.length;
  return state.map((previous, unit) => {
    const at = (part: Vector, gate: number): number => part[gate * units + unit] ?? 0;
    const update = sigmoid(at(gates.input, 0) + at(gates.hidden, 0));
    const reset = sigmoid(at(gates.input, 1) + at(gates.hidden, 1));
    const candidate = Math.tanh(at(gates.input, 2) + reset * at(gates.hidden, 2));
    return (1 - update) * candidate + update * previous;
  });
}

/** One step of an LSTM; changes the cell. Source: Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000, in the form of the ONNX operator LSTM. */
function lstmStep(cell: Vector, gates: Vector): Vector {
  const units = cell.length;
  return cell.map((previous, unit) => {
    const at = (gate: number): number => gates[gate * units + unit] ?? 0;
    const next = sigmoid(at(2)) * previous + sigmoid(at(0)) * Math.tanh(at(3));
    cell[unit] = next;
    return sigmoid(at(1)) * Math.tanh(next);
  });
}

function recurrentStates(spec: SeriesForecasterSpec | SequenceClassifierSpec, parameters: Parameters, steps: readonly ArrayLike<number>[]): Vector[] {
  const kernel = parameterOf(parameters, 'recurrent.input');
  const hiddenKernel = parameterOf(parameters, 'recurrent.hidden');
  const bias = parameterOf(parameters, 'recurrent.bias');
  const cell = new Float64Array(spec.unitCount);
  let state: Vector = new Float64Array(spec.unitCount);
  return steps.map((step) => {
    const input = dense(step, kernel, bias);
    const hidden = addProduct(new Float64Array(gateCount[spec.cell] * spec.unitCount), state, hiddenKernel);
    if (spec.cell === 'gru') {
      const hiddenBias = parameterOf(parameters, 'recurrent.hiddenBias');
      state = gruStep(state, { input, hidden: hidden.map((value, index) => value + (hiddenBias[index] ?? 0)) });
    } else state = lstmStep(cell, input.map((value, index) => value + (hidden[index] ?? 0)));
    return state;
  });
}

function seriesOutput(spec: SeriesForecasterSpec, parameters: Parameters, row: Row): Vector {
  const flat = Array.from(inputOf(row, 'steps'));
  const steps = Array.from({ length: spec.stepCount }, (_, step) => flat.slice(step * spec.channelCount, (step + 1) * spec.channelCount));
  const last = recurrentStates(spec, parameters, steps).at(-1) ?? new Float64Array(spec.unitCount);
  const output = dense(last, parameterOf(parameters, 'head.kernel'), parameterOf(parameters, 'head.bias'));
  return addProduct(output, [...flat, ...Array.from(inputOf(row, 'context'))], parameterOf(parameters, 'skip.kernel'));
}

function embedded(spec: SequenceClassifierSpec, parameters: Parameters, row: Row): number[][] {
  const tokens = inputOf(row, 'tokens');
  const numerics = Array.from(inputOf(row, 'numerics'));
  return Array.from({ length: spec.stepCount }, (_, step) => [
    ...spec.embeddings.flatMap(({ size }, channel) => {
      const token = tokens[step * spec.embeddings.length + channel] ?? 0;
      return Array.from(parameterOf(parameters, `embedding${channel}`)).slice(token * size, (token + 1) * size);
    }),
    ...numerics.slice(step * spec.numericCount, (step + 1) * spec.numericCount),
  ]);
}

const softmax = (scores: Vector): Vector => {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};

/** The mean of the states, weighted by how well tanh(state x kernel) fits the query. Source: Bahdanau, Cho and Bengio 2015. */
function attended(parameters: Parameters, states: readonly Vector[], mask: ArrayLike<number>): Vector {
  const units = states[0]?.length ?? 0;
  const scores = states.map((state, step) => {
    const key = addProduct(new Float64Array(units), state, parameterOf(parameters, 'attention.kernel')).map(Math.tanh);
    const [score = 0] = addProduct(new Float64Array(1), key, parameterOf(parameters, 'attention.query'));
    return score + ((mask[step] ?? 0) - 1) * maskedScore;
  });
  const weights = softmax(Float64Array.from(scores));
  return addProduct(new Float64Array(units), weights, Float64Array.from(states.flatMap((state) => Array.from(state))));
}

/** How far below the others the score of a step lies that only fills up. */
export const maskedScore = 1e4;

function classOutput(spec: SequenceClassifierSpec, parameters: Parameters, row: Row): Vector {
  const steps = embedded(spec, parameters, row);
  const states = recurrentStates(spec, parameters, steps);
  const pooled = spec.pooling === 'attention' ? attended(parameters, states, inputOf(row, 'mask')) : [];
  const head = [...(states.at(-1) ?? []), ...pooled, ...(steps.at(-1) ?? [])].slice(0, headWidth(spec));
  return softmax(dense(head, parameterOf(parameters, 'head.kernel'), parameterOf(parameters, 'head.bias')));
}

function outputOf(spec: NetworkSpec, parameters: Parameters, row: Row): Vector {
  switch (spec.kind) {
    case 'mlp-quantiles': {
      const layers = [...spec.hidden, outputWidth(spec)];
      return layers.reduce<Vector>((input, _, index) => {
        const output = dense(input, parameterOf(parameters, `layer${index}.kernel`), parameterOf(parameters, `layer${index}.bias`));
        return index < spec.hidden.length ? output.map((value) => Math.max(value, 0)) : output;
      }, Float64Array.from(inputOf(row, 'features')));
    }
    case 'series-forecaster':
      return seriesOutput(spec, parameters, row);
    case 'sequence-classifier':
      return classOutput(spec, parameters, row);
  }
}

/** The output of each row as the network gives it: quantiles as they come, probabilities of classes. @param weights in the order of `networkParameters`. */
export function referenceOutputs(spec: NetworkSpec, weights: Float32Array | Float64Array, batch: NetworkBatch): Float64Array[] {
  const parameters = weights instanceof Float32Array ? namedWeights(spec, weights) : namedDoubles(spec, weights);
  return Array.from({ length: batch.rowCount }, (_, index) => {
    const row = new Map(
      networkInputs(spec).map(({ name, shape }) => {
        const width = sizeOf(shape);
        return [name, (batch.inputs[name] ?? new Float32Array()).subarray(index * width, (index + 1) * width)];
      }),
    );
    return outputOf(spec, parameters, row);
  });
}

function namedDoubles(spec: NetworkSpec, weights: Float64Array): ReadonlyMap<string, Float64Array> {
  const layout = namedWeights(spec, new Float32Array(weights.length));
  return new Map(Array.from(layout, ([name, view]) => [name, weights.subarray(view.byteOffset / 4, view.byteOffset / 4 + view.length)]));
}

/**
 * The mean loss a row: pinball, averaged over known targets and quantiles, or cross-entropy in nats.
 * Source: Koenker and Bassett, Regression Quantiles, 1978, doi 10.2307/1913643.
 */
export function referenceLoss(spec: NetworkSpec, weights: Float32Array | Float64Array, data: NetworkData): number {
  const outputs = referenceOutputs(spec, weights, data);
  const width = targetWidth(spec);
  if (spec.kind === 'sequence-classifier') return outputs.reduce((sum, output, row) => sum - Math.log(output[data.targets[row] ?? 0] ?? 0), 0) / outputs.length;
  let sum = 0;
  let count = 0;
  outputs.forEach((output, row) =>
    output.forEach((value, column) => {
      const quantile = spec.quantiles[column % spec.quantiles.length] ?? 0;
      const target = data.targets[row * width + Math.floor(column / spec.quantiles.length)] ?? Number.NaN;
      if (Number.isNaN(target)) return;
      sum += Math.max(quantile * (target - value), (quantile - 1) * (target - value));
      count += 1;
    }),
  );
  return count === 0 ? 0 : sum / count;
}

