import {
  gateCount,
  maskedScore,
  namedWeights,
  networkInputs,
  networkParameters,
  outputWidth,
  stepWidth,
  type NetworkSpec,
  type NetworkWeights,
  type SequenceClassifierSpec,
  type SeriesForecasterSpec,
} from '@orrery/learning';
import { OrreryError } from '@orrery/errors';
import { onnxTensors } from './onnx-reader.js';
import { modelProto, tensorProto, type OnnxNode } from './onnx-writer.js';

/** The name of what a published network gives: quantiles as they come, or probabilities of classes. */
export const onnxOutput = 'output';

type RecurrentSpec = SeriesForecasterSpec | SequenceClassifierSpec;

/** Collects nodes and constants of a graph. */
class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly tensors: Uint8Array[] = [];

  add(operator: string, inputs: readonly string[], output: string, attributes: OnnxNode['attributes'] = {}): string {
    this.nodes.push({ operator, inputs, outputs: [output], attributes });
    return output;
  }

  weights(name: string, shape: readonly number[], values: Float32Array): string {
    this.tensors.push(tensorProto(name, shape, values));
    return name;
  }

  wholes(name: string, values: readonly number[], shape: readonly number[] = [values.length]): string {
    this.tensors.push(tensorProto(name, shape, BigInt64Array.from(values, BigInt)));
    return name;
  }
}

/**
 * A network as an ONNX model; rows are its first axis.
 *
 * Gates lie in ONNX's order already, so that recurrent kernels are only transposed; the GRU's reset gate acts on the product (`linear_before_reset`).
 *
 * @throws ORRERY_VALIDATION when the weights do not fit the spec.
 */
export function onnxModel({ spec, weights }: NetworkWeights): Uint8Array {
  const builder = new GraphBuilder();
  addWeights(builder, { spec, weights });
  if (spec.kind === 'mlp-quantiles') addLayers(builder, spec.hidden.length);
  else if (spec.kind === 'series-forecaster') addForecaster(builder, spec);
  else addClassifier(builder, spec);
  return modelProto({
    nodes: builder.nodes,
    tensors: builder.tensors,
    inputs: networkInputs(spec).map(({ name, shape, type }) => ({ name, type, shape: ['rows', ...shape] })),
    outputs: [{ name: onnxOutput, type: 'float32', shape: ['rows', outputWidth(spec)] }],
  });
}

const isRecurrent = (name: string): boolean => name.startsWith('recurrent.');

function addWeights(builder: GraphBuilder, { spec, weights }: NetworkWeights): void {
  const named = namedWeights(spec, weights);
  const values = (name: string): Float32Array => named.get(name) ?? new Float32Array();
  for (const { name, shape } of networkParameters(spec)) if (!isRecurrent(name)) builder.weights(name, shape, values(name));
  if (spec.kind === 'mlp-quantiles') return;
  const [units, width] = [spec.unitCount, gateCount[spec.cell] * spec.unitCount];
  builder.weights('recurrent.input', [1, width, stepWidth(spec)], transposed(values('recurrent.input'), width));
  builder.weights('recurrent.hidden', [1, width, units], transposed(values('recurrent.hidden'), width));
  const biases = new Float32Array(2 * width);
  biases.set(values('recurrent.bias'));
  biases.set(values('recurrent.hiddenBias'), width);
  builder.weights('recurrent.biases', [1, 2 * width], biases);
}

/** A matrix with its rows as columns. @param columns how many columns it has. */
function transposed(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  return Float32Array.from(values, (_, index) => values[(index % rows) * columns + Math.floor(index / rows)] ?? 0);
}

function addLayers(builder: GraphBuilder, hiddenCount: number): void {
  let output = 'features';
  for (let index = 0; index < hiddenCount; index += 1) {
    const sum = builder.add('Gemm', [output, `layer${index}.kernel`, `layer${index}.bias`], `layer${index}.sum`);
    output = builder.add('Relu', [sum], `layer${index}`);
  }
  builder.add('Gemm', [output, `layer${hiddenCount}.kernel`, `layer${hiddenCount}.bias`], onnxOutput);
}

/** @returns the names of the last state, [rows, units], and of all states, [steps, 1, rows, units]. */
function addRecurrent(builder: GraphBuilder, spec: RecurrentSpec, steps: string): { readonly last: string; readonly states: string } {
  const byStep = builder.add('Transpose', [steps], 'recurrent.steps', { perm: [1, 0, 2] });
  builder.nodes.push({
    operator: spec.cell.toUpperCase(),
    inputs: [byStep, 'recurrent.input', 'recurrent.hidden', 'recurrent.biases'],
    outputs: ['recurrent.states', 'recurrent.end'],
    attributes: { hidden_size: spec.unitCount, ...(spec.cell === 'gru' ? { linear_before_reset: 1 } : {}) },
  });
  const axis = builder.wholes('axis0', [0]);
  return { last: builder.add('Squeeze', ['recurrent.end', axis], 'recurrent.last'), states: 'recurrent.states' };
}

function addForecaster(builder: GraphBuilder, spec: SeriesForecasterSpec): void {
  const { last } = addRecurrent(builder, spec, 'steps');
  const shape = builder.wholes('flat.shape', [-1, spec.stepCount * spec.channelCount]);
  const flat = builder.add('Reshape', ['steps', shape], 'flat');
  const known = spec.contextCount > 0 ? builder.add('Concat', [flat, 'context'], 'known', { axis: 1 }) : flat;
  const head = builder.add('Gemm', [last, 'head.kernel', 'head.bias'], 'head');
  builder.add('Add', [head, builder.add('MatMul', [known, 'skip.kernel'], 'skip')], onnxOutput);
}

function addClassifier(builder: GraphBuilder, spec: SequenceClassifierSpec): void {
  const words = spec.embeddings.map((_, channel) => {
    const tokens = builder.add('Gather', ['tokens', builder.wholes(`channel${channel}`, [channel], [])], `tokens${channel}`, { axis: 2 });
    return builder.add('Gather', [`embedding${channel}`, tokens], `words${channel}`, { axis: 0 });
  });
  const steps = builder.add('Concat', spec.numericCount > 0 ? [...words, 'numerics'] : words, 'embedded', { axis: 2 });
  const { last, states } = addRecurrent(builder, spec, steps);
  const lastStep = builder.add('Gather', [steps, builder.wholes('last', [spec.stepCount - 1], [])], 'last.step', { axis: 1 });
  const pooled = spec.pooling === 'attention' ? [addAttention(builder, states)] : [];
  const gathered = builder.add('Concat', [last, ...pooled, lastStep], 'gathered', { axis: 1 });
  const scores = builder.add('Gemm', [gathered, 'head.kernel', 'head.bias'], 'scores');
  builder.add('Softmax', [scores], onnxOutput, { axis: 1 });
}

function addAttention(builder: GraphBuilder, states: string): string {
  const [first, second] = [builder.wholes('axis1', [1]), builder.wholes('axis2', [2])];
  const byRow = builder.add('Transpose', [builder.add('Squeeze', [states, first], 'states')], 'states.byRow', { perm: [1, 0, 2] });
  const keys = builder.add('Tanh', [builder.add('MatMul', [byRow, 'attention.kernel'], 'keys.sum')], 'keys');
  const fit = builder.add('Squeeze', [builder.add('MatMul', [keys, 'attention.query'], 'fit.column'), second], 'fit');
  const there = builder.add('Sub', ['mask', builder.weights('one', [], Float32Array.of(1))], 'there');
  const masked = builder.add('Add', [fit, builder.add('Mul', [there, builder.weights('maskedScore', [], Float32Array.of(maskedScore))], 'masked')], 'fit.masked');
  const shares = builder.add('Unsqueeze', [builder.add('Softmax', [masked], 'shares', { axis: 1 }), first], 'shares.row');
  return builder.add('Squeeze', [builder.add('MatMul', [shares, byRow], 'attended.row'), first], 'attended');
}

/**
 * The weights of a network that {@link onnxModel} wrote.
 *
 * @throws ORRERY_VALIDATION when the bytes are no model of this network.
 */
export function weightsOfModel(spec: NetworkSpec, model: Uint8Array): Float32Array {
  const tensors = onnxTensors(model);
  const tensor = (name: string): Float32Array => {
    const found = tensors.get(name);
    if (found === undefined) throw new OrreryError('ORRERY_VALIDATION', `the model has no weights ${name}`);
    return found;
  };
  const valuesOf = (name: string, columns: number): Float32Array => {
    if (name === 'recurrent.bias') return tensor('recurrent.biases').subarray(0, columns);
    if (name === 'recurrent.hiddenBias') return tensor('recurrent.biases').subarray(columns);
    return isRecurrent(name) ? transposed(tensor(name), tensor(name).length / columns) : tensor(name);
  };
  const parts = networkParameters(spec).map(({ name, shape }) => valuesOf(name, shape.at(-1) ?? 1));
  const weights = Float32Array.from(parts.flatMap((part) => Array.from(part)));
  namedWeights(spec, weights);
  return weights;
}
