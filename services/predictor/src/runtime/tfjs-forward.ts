import { gateCount, maskedScore, networkInputs, networkParameters, sizeOf, stepWidth, type NetworkBatch, type NetworkSpec, type RecurrentCell, type SequenceClassifierSpec, type SeriesForecasterSpec } from '@orrery/learning';
import { OrreryError } from '@orrery/errors';
import type { Tensor, Tensor2D, Tensor3D, TensorFlow } from './tensor-flow.js';

/** The parameters of a network on a backend. */
export type ParameterTensors = ReadonlyMap<string, Tensor>;
/** The rows of a batch on a backend, by the name of the input. */
export type InputTensors = ReadonlyMap<string, Tensor>;

export interface ForwardPass {
  readonly tf: TensorFlow;
  readonly parameters: ParameterTensors;
  readonly inputs: InputTensors;
  /** Multiplies the numbers before the output layer; absent when nothing is dropped. */
  readonly dropoutMask?: Tensor2D;
}

/** Puts weights on the backend that is current. */
export function parameterTensors(tf: TensorFlow, spec: NetworkSpec, weights: Float32Array): Map<string, Tensor> {
  let offset = 0;
  return new Map(
    networkParameters(spec).map(({ name, shape }) => {
      const count = sizeOf(shape);
      const values = weights.slice(offset, offset + count);
      offset += count;
      return [name, tf.tensor(values, [...shape])];
    }),
  );
}

/** Puts rows on the backend that is current. */
export function inputTensors(tf: TensorFlow, spec: NetworkSpec, batch: NetworkBatch): Map<string, Tensor> {
  // A copy: backends may keep the array, and the caller's may be a view into all rows.
  return new Map(networkInputs(spec).map(({ name, shape, type }) => [name, tf.tensor((batch.inputs[name] ?? new Float32Array()).slice(), [batch.rowCount, ...shape], type)]));
}

/** Raw quantiles, [rows, targets x quantiles], or logits of classes, [rows, classes]. */
export function forward(spec: NetworkSpec, pass: ForwardPass): Tensor2D {
  switch (spec.kind) {
    case 'mlp-quantiles': {
      let output = named<Tensor2D>(pass.inputs, 'features');
      spec.hidden.forEach((_, index) => (output = layer(pass, `layer${index}`, output).relu()));
      return layer(pass, `layer${spec.hidden.length}`, dropped(pass, output));
    }
    case 'series-forecaster':
      return seriesOutput(spec, pass);
    case 'sequence-classifier':
      return classScores(spec, pass);
  }
}

/** How many numbers enter the output layer and can be dropped. */
export function droppableWidth(spec: NetworkSpec): number {
  if (spec.kind === 'mlp-quantiles') return spec.hidden.at(-1) ?? spec.featureCount;
  return spec.kind === 'series-forecaster' ? spec.unitCount : spec.unitCount * (spec.pooling === 'attention' ? 2 : 1) + stepWidth(spec);
}

function named<Kind extends Tensor>(tensors: ReadonlyMap<string, Tensor>, name: string): Kind {
  const found = tensors.get(name);
  if (found === undefined) throw new OrreryError('ORRERY_VALIDATION', `the network has no tensor ${name}`);
  return found as Kind;
}

const layer = ({ parameters }: ForwardPass, name: string, input: Tensor2D): Tensor2D =>
  input.matMul(named<Tensor2D>(parameters, `${name}.kernel`)).add(named(parameters, `${name}.bias`));

const dropped = ({ dropoutMask }: ForwardPass, input: Tensor2D): Tensor2D => (dropoutMask === undefined ? input : input.mul(dropoutMask));

function seriesOutput(spec: SeriesForecasterSpec, pass: ForwardPass): Tensor2D {
  const { tf, inputs, parameters } = pass;
  const steps = named<Tensor3D>(inputs, 'steps');
  const last = lastOf(recurrentStates(spec, pass, steps));
  const flat = steps.reshape<Tensor2D>([steps.shape[0], spec.stepCount * spec.channelCount]);
  const known = spec.contextCount > 0 ? tf.concat([flat, named<Tensor2D>(inputs, 'context')], 1) : flat;
  return layer(pass, 'head', dropped(pass, last)).add(known.matMul(named<Tensor2D>(parameters, 'skip.kernel')));
}

function classScores(spec: SequenceClassifierSpec, pass: ForwardPass): Tensor2D {
  const { tf } = pass;
  const steps = embedded(spec, pass);
  const states = recurrentStates(spec, pass, steps);
  const lastStep = steps.slice([0, spec.stepCount - 1, 0], [-1, 1, -1]).reshape<Tensor2D>([steps.shape[0], stepWidth(spec)]);
  const pooled = spec.pooling === 'attention' ? [attended(spec, pass, states)] : [];
  return layer(pass, 'head', dropped(pass, tf.concat([lastOf(states), ...pooled, lastStep], 1)));
}

// A product with one-hot rows instead of a look-up: its gradient needs no kernel that a backend lacks (wasm has no UnsortedSegmentSum).
function embedded(spec: SequenceClassifierSpec, { tf, inputs, parameters }: ForwardPass): Tensor3D {
  const channels = tf.unstack(named(inputs, 'tokens'), 2);
  const words = spec.embeddings.map(({ vocabularySize, size }, channel) => {
    const tokens = (channels[channel] ?? tf.scalar(0)).flatten().toInt();
    const oneHot = tf.oneHot(tokens, vocabularySize).toFloat();
    return oneHot.matMul(named<Tensor2D>(parameters, `embedding${channel}`)).reshape<Tensor3D>([-1, spec.stepCount, size]);
  });
  return tf.concat(spec.numericCount > 0 ? [...words, named<Tensor3D>(inputs, 'numerics')] : words, 2);
}

function attended(spec: SequenceClassifierSpec, { tf, parameters, inputs }: ForwardPass, states: readonly Tensor2D[]): Tensor2D {
  const all = tf.stack([...states], 1) as Tensor3D;
  const keys = all.reshape<Tensor2D>([-1, spec.unitCount]).matMul<Tensor2D>(named(parameters, 'attention.kernel')).tanh();
  const fit = keys.matMul<Tensor2D>(named(parameters, 'attention.query')).reshape<Tensor2D>([-1, spec.stepCount]);
  const weights = fit.add<Tensor2D>(named(inputs, 'mask').sub(1).mul(maskedScore)).softmax();
  return weights.expandDims<Tensor3D>(1).matMul(all).reshape<Tensor2D>([-1, spec.unitCount]);
}

function lastOf(states: readonly Tensor2D[]): Tensor2D {
  const last = states.at(-1);
  if (last === undefined) throw new OrreryError('ORRERY_VALIDATION', 'a recurrent network needs at least one step');
  return last;
}

interface StepKernels {
  /** The input's part of each step's gates: those through the sigmoid beside each other, and the candidate's. */
  readonly gates: readonly Tensor2D[];
  readonly candidates: readonly Tensor2D[];
  readonly hiddenGates: Tensor2D;
  readonly hiddenCandidate: Tensor2D;
  readonly hiddenCandidateBias: Tensor | null;
}

function recurrentStates(spec: SeriesForecasterSpec | SequenceClassifierSpec, pass: ForwardPass, steps: Tensor3D): Tensor2D[] {
  const kernels = stepKernels(spec, pass, steps);
  const start = pass.tf.zeros([steps.shape[0], spec.unitCount]) as Tensor2D;
  return spec.cell === 'gru' ? gruStates(pass.tf, kernels, start) : lstmStates(pass.tf, kernels, start);
}

// The input's part needs no state, so that it is one product for all steps.
function stepKernels(spec: SeriesForecasterSpec | SequenceClassifierSpec, { tf, parameters }: ForwardPass, steps: Tensor3D): StepKernels {
  const units = spec.unitCount;
  const sizes = [(gateCount[spec.cell] - 1) * units, units];
  const parts = (name: string): Tensor[] => {
    const whole = named(parameters, name);
    return tf.split(whole, sizes, whole.rank - 1);
  };
  const biases = biasParts(spec.cell, parts);
  const flat = steps.reshape<Tensor2D>([-1, stepWidth(spec)]);
  const [gates = [], candidates = []] = parts('recurrent.input').map((kernel, part) => {
    const product = flat.matMul(kernel as Tensor2D).add<Tensor2D>(biases.input[part] ?? 0);
    return tf.unstack(product.reshape([-1, spec.stepCount, sizes[part] ?? units]), 1) as Tensor2D[];
  });
  const [hiddenGates, hiddenCandidate] = parts('recurrent.hidden') as [Tensor2D, Tensor2D];
  return { gates, candidates, hiddenGates, hiddenCandidate, hiddenCandidateBias: biases.hiddenCandidate };
}

function biasParts(cell: RecurrentCell, parts: (name: string) => Tensor[]): { readonly input: readonly Tensor[]; readonly hiddenCandidate: Tensor | null } {
  const [gates, candidate] = parts('recurrent.bias') as [Tensor, Tensor];
  if (cell === 'lstm') return { input: [gates, candidate], hiddenCandidate: null };
  const [hiddenGates, hiddenCandidate] = parts('recurrent.hiddenBias') as [Tensor, Tensor];
  return { input: [gates.add(hiddenGates), candidate], hiddenCandidate };
}

function gruStates(tf: TensorFlow, kernels: StepKernels, start: Tensor2D): Tensor2D[] {
  let state = start;
  return kernels.gates.map((gate, step) => {
    const [update, reset] = tf.split(gate.add<Tensor2D>(state.matMul(kernels.hiddenGates)).sigmoid(), 2, 1) as [Tensor2D, Tensor2D];
    const hidden = state.matMul(kernels.hiddenCandidate).add<Tensor2D>(kernels.hiddenCandidateBias ?? 0);
    const candidate = reset.mul<Tensor2D>(hidden).add<Tensor2D>(kernels.candidates[step] ?? 0).tanh();
    state = candidate.add<Tensor2D>(update.mul(state.sub(candidate)));
    return state;
  });
}

function lstmStates(tf: TensorFlow, kernels: StepKernels, start: Tensor2D): Tensor2D[] {
  let state = start;
  let cell = start;
  return kernels.gates.map((gate, step) => {
    const [input, output, forget] = tf.split(gate.add<Tensor2D>(state.matMul(kernels.hiddenGates)).sigmoid(), 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const candidate = state.matMul(kernels.hiddenCandidate).add<Tensor2D>(kernels.candidates[step] ?? 0).tanh();
    cell = forget.mul<Tensor2D>(cell).add<Tensor2D>(input.mul(candidate));
    state = output.mul<Tensor2D>(cell.tanh());
    return state;
  });
}
