import { DDSketch } from '@datadog/sketches-js';
import type { ByteReader, ByteWriter } from './bytes.js';

/** Largest relative error of a quantile. */
export const sketchAccuracy = 0.02;

/** Bins that a sketch keeps; the lowest are joined beyond that, as the upper tail is what alarms look at. */
export const maxSketchBins = 96;

/** Values up to this are counted as zero. */
const smallestValue = 1e-9;

// DDSketch's own mapping of values to bins, without its dense store: a baseline is a plain value of a few bytes, and there are millions.
const { mapping } = new DDSketch({ relativeAccuracy: sketchAccuracy });

/** A histogram with bins of equal relative width (DDSketch, Masson et al. 2019, doi 10.14778/3352063.3352135). Never changed in place. */
export interface Sketch {
  /** Bins, ascending; bin k holds (gamma^(k-1), gamma^k]. */
  readonly keys: readonly number[];
  /** How many values each bin holds. */
  readonly counts: readonly number[];
  readonly zeros: number;
  readonly count: number;
  /** Exact, single precision. */
  readonly maximum: number;
}

export const emptySketch: Sketch = { keys: [], counts: [], zeros: 0, count: 0, maximum: 0 };

/** Adds one value. @minimum 0; anything else that is not a finite number counts as zero. */
export function addToSketch(sketch: Sketch, value: number): Sketch {
  const count = sketch.count + 1;
  if (!(value > smallestValue) || !Number.isFinite(value)) return { ...sketch, count, zeros: sketch.zeros + 1 };
  const keys = sketch.keys.slice();
  const counts = sketch.counts.slice();
  addToBin(keys, counts, { key: mapping.key(value), count: 1 });
  return { ...collapsed(keys, counts), zeros: sketch.zeros, count, maximum: Math.max(sketch.maximum, Math.fround(value)) };
}

/** The sketch of both sets of values. */
export function mergeSketches(left: Sketch, right: Sketch): Sketch {
  if (left.count === 0) return right;
  if (right.count === 0) return left;
  const keys = left.keys.slice();
  const counts = left.counts.slice();
  right.keys.forEach((key, index) => addToBin(keys, counts, { key, count: right.counts[index] ?? 0 }));
  return { ...collapsed(keys, counts), zeros: left.zeros + right.zeros, count: left.count + right.count, maximum: Math.max(left.maximum, right.maximum) };
}

/** The q-quantile within {@link sketchAccuracy}; 0 for an empty sketch. @param q @minimum 0 @maximum 1 */
export function sketchQuantile(sketch: Sketch, q: number): number {
  // The rank that DDSketch itself asks for.
  const rank = q * (sketch.count - 1);
  let seen = sketch.zeros;
  if (sketch.count === 0 || rank < seen) return 0;
  for (let index = 0; index < sketch.keys.length; index++) {
    seen += sketch.counts[index] ?? 0;
    if (seen > rank) return Math.min(valueOf(sketch.keys[index] ?? 0), sketch.maximum);
  }
  return sketch.maximum;
}

export interface LogScale {
  /** Median of ln(1 + value). */
  readonly median: number;
  /** Median absolute deviation from it; unscaled. */
  readonly mad: number;
}

/** Median and median absolute deviation of ln(1 + value): the scale on which durations and sizes are nearly symmetric. */
export function sketchLogScale(sketch: Sketch): LogScale {
  const points = binPoints(sketch);
  for (let index = 0; index < points.at.length; index++) points.at[index] = Math.log1p(points.at[index] ?? 0);
  return medianAndMad(points, sketch.count);
}

/** Median absolute deviation of the values themselves; 0 for an empty sketch. */
export function sketchMad(sketch: Sketch): number {
  return medianAndMad(binPoints(sketch), sketch.count).mad;
}

/** Writes a sketch; equal sketches give equal bytes. */
export function writeSketch(writer: ByteWriter, sketch: Sketch): void {
  writer.unsigned(sketch.count).unsigned(sketch.zeros).single(sketch.maximum).unsigned(sketch.keys.length);
  let previous = 0;
  sketch.keys.forEach((key, index) => {
    writer.signed(key - previous).unsigned(sketch.counts[index] ?? 0);
    previous = key;
  });
}

export function readSketch(reader: ByteReader): Sketch {
  const count = reader.unsigned();
  const zeros = reader.unsigned();
  const maximum = reader.single();
  const keys: number[] = [];
  const counts: number[] = [];
  for (let left = reader.unsigned(), previous = 0; left > 0; left--) {
    previous += reader.signed();
    keys.push(previous);
    counts.push(reader.unsigned());
  }
  return { keys, counts, zeros, count, maximum };
}

interface Points {
  /** Ascending. */
  readonly at: number[];
  readonly counts: number[];
}

// Bins of values between a nanosecond and a petabyte; each costs an exponential, and every judgement reads dozens.
const valuesOfKeys = new Map<number, number>();

function valueOf(key: number): number {
  const known = valuesOfKeys.get(key);
  if (known !== undefined) return known;
  const value = mapping.value(key);
  valuesOfKeys.set(key, value);
  return value;
}

function binPoints({ keys, counts, zeros, maximum }: Sketch): Points {
  const at = keys.map((key) => Math.min(valueOf(key), maximum));
  return zeros > 0 ? { at: [0, ...at], counts: [zeros, ...counts] } : { at, counts: counts.slice() };
}

/** The lower median, and the lower median of the distances to it. */
function medianAndMad({ at, counts }: Points, total: number): LogScale {
  let middle = 0;
  for (let seen = counts[0] ?? 0; seen * 2 < total && middle < at.length - 1; ) seen += counts[++middle] ?? 0;
  const median = at[middle] ?? 0;
  // From the median outwards, the nearer side first: distances in ascending order without sorting.
  const distanceTo = (index: number) => Math.abs((at[index] ?? Number.POSITIVE_INFINITY) - median);
  let [left, right, mad] = [middle - 1, middle + 1, 0];
  for (let seen = counts[middle] ?? 0; seen * 2 < total && right - left <= at.length; ) {
    const nearest = distanceTo(left) <= distanceTo(right) ? left-- : right++;
    mad = distanceTo(nearest);
    seen += counts[nearest] ?? 0;
  }
  return { median, mad };
}

function addToBin(keys: number[], counts: number[], { key, count }: { readonly key: number; readonly count: number }): void {
  let low = 0;
  for (let high = keys.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  if (keys[low] === key) counts[low] = (counts[low] ?? 0) + count;
  else {
    keys.splice(low, 0, key);
    counts.splice(low, 0, count);
  }
}

function collapsed(keys: number[], counts: number[]): Pick<Sketch, 'keys' | 'counts'> {
  while (keys.length > maxSketchBins) {
    counts[1] = (counts[1] ?? 0) + (counts[0] ?? 0);
    keys.shift();
    counts.shift();
  }
  return { keys, counts };
}
