import { OrreryError } from '@orrery/errors';
import type { Random } from '@orrery/stats';
import { sizeOf } from './network-data.js';
import { checkSpec, outputWidth, stepWidth, type NetworkSpec, type RecurrentCell, type SequenceClassifierSpec, type SeriesForecasterSpec } from './network-spec.js';

type Start = 'glorot' | 'recurrent' | 'embedding' | 'zero' | 'forget-gate';

export interface NetworkParameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** How it is drawn before training. */
  readonly start: Start;
}

/** Gates of a cell: update, reset, candidate of a GRU; input, output, forget, candidate of an LSTM (the order that ONNX has). */
export const gateCount: Readonly<Record<RecurrentCell, number>> = { gru: 3, lstm: 4 };

/**
 * The parameters of a network in the order in which its weights lie one after the other.
 *
 * `recurrent.input` is [step width, gates x units], `recurrent.hidden` [units, gates x units], the biases [gates x units]; kernels of layers are [in, out].
 *
 * @throws ORRERY_VALIDATION when the spec is not sound.
 */
export function networkParameters(spec: NetworkSpec): readonly NetworkParameter[] {
  checkSpec(spec);
  switch (spec.kind) {
    case 'mlp-quantiles':
      return [...spec.hidden, outputWidth(spec)].flatMap((units, index) => layer(`layer${index}`, spec.hidden[index - 1] ?? spec.featureCount, units));
    case 'series-forecaster':
      return [
        ...recurrentLayer(spec),
        ...layer('head', spec.unitCount, outputWidth(spec)),
        // Starts at nothing: before training the forecast is close to the last value.
        { name: 'skip.kernel', shape: [spec.stepCount * spec.channelCount + spec.contextCount, outputWidth(spec)], start: 'zero' },
      ];
    case 'sequence-classifier':
      return [
        ...spec.embeddings.map(({ vocabularySize, size }, index): NetworkParameter => ({ name: `embedding${index}`, shape: [vocabularySize, size], start: 'embedding' })),
        ...recurrentLayer(spec),
        ...(spec.pooling === 'attention' ? [parameter('attention.kernel', [spec.unitCount, spec.unitCount], 'glorot'), parameter('attention.query', [spec.unitCount, 1], 'glorot')] : []),
        ...layer('head', headWidth(spec), spec.classCount),
      ];
  }
}

/** How many numbers decide on the class: the last state, what attention gathered, and the last step itself. */
export function headWidth(spec: SequenceClassifierSpec): number {
  return spec.unitCount * (spec.pooling === 'attention' ? 2 : 1) + stepWidth(spec);
}

const parameter = (name: string, shape: readonly number[], start: Start): NetworkParameter => ({ name, shape, start });

function layer(name: string, inputCount: number, unitCount: number): NetworkParameter[] {
  return [parameter(`${name}.kernel`, [inputCount, unitCount], 'glorot'), parameter(`${name}.bias`, [unitCount], 'zero')];
}

function recurrentLayer(spec: SeriesForecasterSpec | SequenceClassifierSpec): NetworkParameter[] {
  const width = gateCount[spec.cell] * spec.unitCount;
  const kernels = [parameter('recurrent.input', [stepWidth(spec), width], 'glorot'), parameter('recurrent.hidden', [spec.unitCount, width], 'recurrent')];
  return spec.cell === 'lstm'
    ? [...kernels, parameter('recurrent.bias', [width], 'forget-gate')]
    : [...kernels, parameter('recurrent.bias', [width], 'zero'), parameter('recurrent.hiddenBias', [width], 'zero')];
}

/** How many weights a network has. */
export function weightCount(spec: NetworkSpec): number {
  return networkParameters(spec).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/**
 * The weights before training; equal seeds give equal weights on every machine.
 * Source: Glorot and Bengio 2010 for layers; Jozefowicz, Zaremba and Sutskever 2015 for the forget gate's bias of 1.
 */
export function initialWeights(spec: NetworkSpec, random: Random): Float32Array {
  const weights = new Float32Array(weightCount(spec));
  let offset = 0;
  for (const one of networkParameters(spec)) {
    const count = sizeOf(one.shape);
    draw(one, weights.subarray(offset, offset + count), random);
    offset += count;
  }
  return weights;
}

function draw({ shape, start }: NetworkParameter, target: Float32Array, random: Random): void {
  const [rows = 1, columns = 1] = shape;
  switch (start) {
    case 'zero':
      return;
    case 'forget-gate':
      target.fill(1, target.length / 2, (target.length * 3) / 4);
      return;
    case 'embedding':
      fill(target, () => random.normal() / Math.sqrt(columns));
      return;
    case 'recurrent':
      fill(target, () => (2 * random.next() - 1) / Math.sqrt(rows));
      return;
    case 'glorot':
      fill(target, () => (2 * random.next() - 1) * Math.sqrt(6 / (rows + columns)));
  }
}

function fill(target: Float32Array, next: () => number): void {
  for (let index = 0; index < target.length; index += 1) target[index] = next();
}

/** The parameters by name as views into the weights. @throws ORRERY_VALIDATION when their number does not fit the spec. */
export function namedWeights(spec: NetworkSpec, weights: Float32Array): ReadonlyMap<string, Float32Array> {
  const expected = weightCount(spec);
  if (weights.length !== expected) throw new OrreryError('ORRERY_VALIDATION', `a ${spec.kind} network of this shape has ${expected} weights, got ${weights.length}`);
  const named = new Map<string, Float32Array>();
  let offset = 0;
  for (const { name, shape } of networkParameters(spec)) {
    const count = sizeOf(shape);
    named.set(name, weights.subarray(offset, offset + count));
    offset += count;
  }
  return named;
}

/** Weights as bytes, 4 each, little-endian as everywhere where Node runs. */
export function encodeWeights(weights: Float32Array): Uint8Array {
  return new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength).slice();
}

/** @throws ORRERY_VALIDATION when the bytes are not those of the weights of this network. */
export function decodeWeights(spec: NetworkSpec, bytes: Uint8Array): Float32Array {
  const expected = 4 * weightCount(spec);
  if (bytes.length !== expected) throw new OrreryError('ORRERY_VALIDATION', `the weights of a ${spec.kind} network of this shape are ${expected} bytes, got ${bytes.length}`);
  return new Float32Array(bytes.slice().buffer);
}
