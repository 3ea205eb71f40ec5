import { OrreryError } from '@orrery/errors';
import { ByteReader, ByteWriter } from '@orrery/stats';
import { decodeStreamState, encodeStreamState } from '../stream-detector-codec.js';
import { emptyStreamState, type StreamState } from '../stream-detector.js';

/** Starts are counted in intervals of this length, whole ones since 1970. */
export const submissionIntervalMs = 5 * 60_000;

/** An interval that starts are still counted in. */
export interface OpenInterval {
  readonly fromMs: number;
  readonly starts: number;
}

/** What is known of one series, a plain value that can be stored. */
export interface SeriesState {
  readonly stream: StreamState;
  /** Null for what is not counted in intervals, and before the first start. */
  readonly open: OpenInterval | null;
}

export function emptySeries(): SeriesState {
  return { stream: emptyStreamState(), open: null };
}

const version = 1;

/** A state as bytes: equal states give equal bytes, and reading them back gives an equal state. */
export function encodeSeries({ stream, open }: SeriesState): Uint8Array {
  const writer = new ByteWriter().unsigned(version).unsigned(open === null ? 0 : 1);
  if (open !== null) writer.double(open.fromMs).unsigned(open.starts);
  const head = writer.bytes();
  // Most workflows are started now and then: what has learned nothing takes no room.
  return stream.count === 0 ? head : Buffer.concat([head, encodeStreamState(stream)]);
}

/** @throws ORRERY_VALIDATION when the bytes are not a state of this version. */
export function decodeSeries(bytes: Uint8Array): SeriesState {
  const reader = new ByteReader(bytes);
  const found = reader.unsigned();
  if (found !== version) throw new OrreryError('ORRERY_VALIDATION', `series state has version ${found}, expected ${version}`);
  const isOpen = reader.unsigned() === 1;
  const open = isOpen ? { fromMs: reader.double(), starts: reader.unsigned() } : null;
  const head = encodeSeries({ stream: emptyStreamState(), open }).length;
  return { stream: reader.isAtEnd() ? emptyStreamState() : decodeStreamState(bytes.subarray(head)), open };
}

/** A closed interval as a sample. */
export interface CountedStarts {
  readonly fromMs: number;
  readonly starts: number;
}

/** Empty intervals that are learned of a gap: after two hours of them the detector sees nothing else, and more of the same only cost time. */
const mostEmptyIntervals = 24;

/**
 * Counts a start. Only the first start of a later interval closes one, so that the order of the starts decides and no clock. A start that
 * is told an interval too late counts in the open one; one that is older, such as from an import, is none of it.
 */
export function countStart(open: OpenInterval | null, startedAtMs: number): { readonly open: OpenInterval; readonly closed: readonly CountedStarts[] } {
  const fromMs = Math.floor(startedAtMs / submissionIntervalMs) * submissionIntervalMs;
  if (open === null) return { open: { fromMs, starts: 1 }, closed: [] };
  const intervalsLater = (fromMs - open.fromMs) / submissionIntervalMs;
  if (intervalsLater < -1) return { open, closed: [] };
  if (intervalsLater <= 0) return { open: { ...open, starts: open.starts + 1 }, closed: [] };
  const empty = Math.min(intervalsLater - 1, mostEmptyIntervals);
  const after = Array.from({ length: empty }, (_, index): CountedStarts => ({ fromMs: open.fromMs + (index + 1) * submissionIntervalMs, starts: 0 }));
  return { open: { fromMs, starts: 1 }, closed: [open, ...after] };
}
