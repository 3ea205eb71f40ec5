import type { OutcomeWord } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { ByteReader, ByteWriter } from '@orrery/stats';
import { durationCandidates, type History, type HistoryPoint } from './history.js';

const version = 1;

/** Only ever added to at the end. */
const outcomes: readonly OutcomeWord[] = ['unknown', 'success', 'failure', 'error', 'timeout', 'cancellation', 'skip'];

/** A history as bytes, about 60 for each execution: equal histories give equal bytes, and reading them back gives an equal history. */
export function encodeHistory({ count, points }: History): Uint8Array {
  const writer = new ByteWriter().unsigned(version).unsigned(count).unsigned(durationCandidates.length).unsigned(points.length);
  for (const point of points) writePoint(writer, point);
  return writer.bytes();
}

/** @throws ORRERY_VALIDATION when the bytes are not a history of this version. */
export function decodeHistory(bytes: Uint8Array): History {
  const reader = new ByteReader(bytes);
  const found = reader.unsigned();
  if (found !== version) throw new OrreryError('ORRERY_VALIDATION', `history has version ${found}, expected ${version}`);
  const [count, candidates, length] = [reader.unsigned(), reader.unsigned(), reader.unsigned()];
  const points = Array.from({ length }, () => readPoint(reader, candidates));
  if (!reader.isAtEnd()) throw new OrreryError('ORRERY_VALIDATION', `history of ${bytes.length} bytes has more than it should`);
  return { count, points };
}

function writePoint(writer: ByteWriter, point: HistoryPoint): void {
  const { startedAtMs, finishedAtMs, durationMs, inputSizeBytes, peakMemoryBytes, allocatedBytes, outcome, isOutOfMemory, attempt, revision, refName, trigger, errors } = point;
  writer.double(startedAtMs ?? Number.NaN).double(finishedAtMs);
  for (const value of [durationMs, inputSizeBytes, peakMemoryBytes, allocatedBytes]) writer.single(value ?? Number.NaN);
  writer.unsigned(outcomes.indexOf(outcome) * 2 + (isOutOfMemory ? 1 : 0)).unsigned(attempt).unsigned(revision).unsigned(refName).unsigned(trigger);
  durationCandidates.forEach((_, index) => writer.single(errors[index] ?? Number.NaN));
}

function readPoint(reader: ByteReader, candidates: number): HistoryPoint {
  const [startedAtMs, finishedAtMs] = [known(reader.double()), reader.double()];
  const [durationMs, inputSizeBytes, peakMemoryBytes, allocatedBytes] = [known(reader.single()), known(reader.single()), known(reader.single()), known(reader.single())];
  const flags = reader.unsigned();
  const ids = { attempt: reader.unsigned(), revision: reader.unsigned(), refName: reader.unsigned(), trigger: reader.unsigned() };
  const errors = Array.from({ length: candidates }, () => reader.single());
  return {
    ...{ startedAtMs, finishedAtMs, durationMs, inputSizeBytes, peakMemoryBytes, allocatedBytes, ...ids, errors },
    ...{ outcome: outcomes[Math.floor(flags / 2)] ?? 'unknown', isOutOfMemory: flags % 2 === 1 },
  };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
