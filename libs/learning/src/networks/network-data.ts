import { OrreryError } from '@orrery/errors';
import type { Random } from '@orrery/stats';
import { networkInputs, outputWidth, targetWidth, type NetworkInput, type NetworkSpec } from './network-spec.js';

export type NetworkArray = Float32Array | Int32Array;

/** Rows for a network: of each input all rows one after the other. */
export interface NetworkBatch {
  readonly rowCount: number;
  readonly inputs: Readonly<Record<string, NetworkArray>>;
}

/** Rows with what came of them. */
export interface NetworkData extends NetworkBatch {
  /** Float32 with NaN for a target that is not known; Int32 with the class, for a classifier. */
  readonly targets: NetworkArray;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/**
 * Holds rows against a spec.
 *
 * @throws ORRERY_VALIDATION when an input or the targets are absent, too short or too long, or not finite, or a token or class is none.
 */
export function checkBatch(spec: NetworkSpec, batch: NetworkBatch): void {
  for (const input of networkInputs(spec)) {
    const values = arrayOf(batch.inputs[input.name], `input ${input.name}`, batch.rowCount * sizeOf(input.shape));
    if (values.some((value) => !Number.isFinite(value))) throw new OrreryError('ORRERY_VALIDATION', `input ${input.name} of a ${spec.kind} network holds a number that is not finite`);
    if (spec.kind === 'sequence-classifier' && input.name === 'tokens') {
      const { embeddings } = spec;
      checkRange(values, 'token', (index) => embeddings[index % embeddings.length]?.vocabularySize ?? 0);
    }
  }
}

/** As {@link checkBatch}, with the targets. */
export function checkData(spec: NetworkSpec, data: NetworkData): void {
  checkBatch(spec, data);
  const targets = arrayOf(data.targets, 'the targets', data.rowCount * targetWidth(spec));
  if (spec.kind === 'sequence-classifier') checkRange(targets, 'class', () => spec.classCount);
}

function arrayOf(values: NetworkArray | undefined, name: string, length: number): NetworkArray {
  if (values?.length !== length) throw new OrreryError('ORRERY_VALIDATION', `${name}: expected ${length} numbers, got ${values?.length ?? 'none'}`);
  return values;
}

function checkRange(values: NetworkArray, name: string, limitOf: (index: number) => number): void {
  const at = values.findIndex((value, index) => !Number.isInteger(value) || value < 0 || value >= limitOf(index));
  if (at >= 0) throw new OrreryError('ORRERY_VALIDATION', `${name} ${values[at]} is outside [0, ${limitOf(at)})`);
}

function picked<Values extends NetworkArray>(values: Values, width: number, rows: ArrayLike<number>): Values {
  const target = (values instanceof Int32Array ? new Int32Array(rows.length * width) : new Float32Array(rows.length * width)) as Values;
  for (let row = 0; row < rows.length; row += 1) {
    const from = (rows[row] ?? 0) * width;
    target.set(values.subarray(from, from + width), row * width);
  }
  return target;
}

/** A copy of some rows, in the order of their numbers. */
export function pickRows(data: NetworkData, rows: ArrayLike<number>): NetworkData {
  const copy = (values: NetworkArray): NetworkArray => picked(values, data.rowCount === 0 ? 0 : values.length / data.rowCount, rows);
  return { rowCount: rows.length, inputs: Object.fromEntries(Object.entries(data.inputs).map(([name, values]) => [name, copy(values)])), targets: copy(data.targets) };
}

/** The rows in [from, to), in their order: views, no copies. */
export function sliceRows<Rows extends NetworkBatch>(data: Rows, from: number, to: number): Rows {
  const view = (values: NetworkArray): NetworkArray => {
    const width = data.rowCount === 0 ? 0 : values.length / data.rowCount;
    return values.subarray(from * width, to * width);
  };
  const inputs = Object.fromEntries(Object.entries(data.inputs).map(([name, values]) => [name, view(values)]));
  const targets = 'targets' in data ? { targets: view(data.targets as NetworkArray) } : {};
  return { ...data, rowCount: to - from, inputs, ...targets };
}

/** Random rows that fit a spec: numbers are normal, tokens and classes uniform, some sequences short. For self-tests, parity checks and measurements. */
export function randomData(spec: NetworkSpec, rowCount: number, random: Random): NetworkData {
  const firstSteps = Int32Array.from({ length: rowCount }, () => ('stepCount' in spec ? random.below(spec.stepCount) : 0));
  const inputs = Object.fromEntries(networkInputs(spec).map((input) => [input.name, randomInput(spec, input, { firstSteps, random })]));
  const count = rowCount * targetWidth(spec);
  const targets =
    spec.kind === 'sequence-classifier'
      ? Int32Array.from({ length: count }, () => random.below(spec.classCount))
      : Float32Array.from({ length: count }, () => random.normal());
  return { rowCount, inputs, targets };
}

function randomInput(spec: NetworkSpec, { name, shape }: NetworkInput, { firstSteps, random }: { firstSteps: Int32Array; random: Random }): NetworkArray {
  const width = sizeOf(shape);
  const length = firstSteps.length * width;
  if (spec.kind !== 'sequence-classifier') return Float32Array.from({ length }, () => random.normal());
  const isThere = (index: number): boolean => Math.floor((index % width) / (width / spec.stepCount)) >= (firstSteps[Math.floor(index / width)] ?? 0);
  if (name === 'mask') return Float32Array.from({ length }, (_, index) => (isThere(index) ? 1 : 0));
  if (name === 'numerics') return Float32Array.from({ length }, (_, index) => (isThere(index) ? random.normal() : 0));
  const { embeddings } = spec;
  return Int32Array.from({ length }, (_, index) => (isThere(index) ? random.below(embeddings[index % embeddings.length]?.vocabularySize ?? 1) : 0));
}

/**
 * Puts the quantiles of each target in rising order; a classifier's output stays as it is.
 * Source: Chernozhukov, Fernandez-Val and Galichon, Quantile and Probability Curves without Crossing, 2010, doi 10.3982/ECTA7880.
 */
export function withRisingQuantiles(spec: NetworkSpec, output: Float32Array): Float32Array {
  if (spec.kind === 'sequence-classifier') return output;
  const count = spec.quantiles.length;
  for (let start = 0; start + count <= output.length; start += count) output.subarray(start, start + count).sort();
  return output;
}

/** How many rows an output holds. @throws ORRERY_NUMERICAL when it holds a number that is not finite. */
export function checkOutput(spec: NetworkSpec, output: Float32Array): number {
  if (output.some((value) => !Number.isFinite(value))) throw new OrreryError('ORRERY_NUMERICAL', `a ${spec.kind} network gave a number that is not finite`);
  return output.length / outputWidth(spec);
}
