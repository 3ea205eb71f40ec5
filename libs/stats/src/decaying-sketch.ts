import type { ByteReader, ByteWriter } from './bytes.js';
import { addToSketch, emptySketch, mergeSketches, readSketch, writeSketch, type Sketch } from './quantile-sketch.js';

/**
 * A sketch that forgets: two windows, the older is dropped when the newer is full. It speaks for the last 1 to 2 windows' worth of
 * values, in bounded memory.
 */
export interface DecayingSketch {
  readonly startedAtMs: number;
  readonly current: Sketch;
  readonly previous: Sketch;
}

export const emptyDecayingSketch: DecayingSketch = { startedAtMs: 0, current: emptySketch, previous: emptySketch };

export interface WindowLimits {
  /** A window ends when it holds this many values. */
  readonly values: number;
  /** ... or when it is this old and holds at least `fewestValues`: what runs once a day keeps a month, not a year. */
  readonly ageMs: number;
  readonly fewestValues: number;
}

/** Adds a value at a time. Times before the window's start are taken as its start: the order of adding decides. */
export function addToDecaying(sketch: DecayingSketch, value: number, atMs: number, limits: WindowLimits): DecayingSketch {
  const { current, previous, startedAtMs } = sketch;
  const isFull = current.count >= limits.values || (current.count >= limits.fewestValues && atMs - startedAtMs >= limits.ageMs);
  if (isFull) return { startedAtMs: Math.max(atMs, startedAtMs), current: addToSketch(emptySketch, value), previous: current };
  return { startedAtMs: current.count === 0 ? atMs : startedAtMs, current: addToSketch(current, value), previous };
}

/** All that the two windows hold, as one sketch. */
export function sketchOf({ current, previous }: DecayingSketch): Sketch {
  return mergeSketches(previous, current);
}

export function writeDecaying(writer: ByteWriter, { startedAtMs, current, previous }: DecayingSketch): void {
  writer.double(startedAtMs);
  writeSketch(writer, current);
  writeSketch(writer, previous);
}

export function readDecaying(reader: ByteReader): DecayingSketch {
  return { startedAtMs: reader.double(), current: readSketch(reader), previous: readSketch(reader) };
}
