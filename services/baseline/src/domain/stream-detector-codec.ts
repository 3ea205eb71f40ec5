import { OrreryError } from '@orrery/errors';
import { ByteReader, ByteWriter } from '@orrery/stats';
import type { NoveltyBox, NoveltyMemory, Pair } from './stream-detector-novelty.js';
import type { SeasonProfile } from './stream-detector-season.js';
import type { StreamState } from './stream-detector.js';

const version = 1;

/** The state of a series as bytes: equal states give equal bytes, and reading them back gives an equal state. At most 13 kB. */
export function encodeStreamState(state: StreamState): Uint8Array {
  const writer = new ByteWriter().unsigned(version).unsigned(state.count).double(state.lastTimestampMs);
  writeNumbers(writer, state.recent);
  for (const memory of [state.values, state.blocks, state.residuals]) writeMemory(writer, memory);
  for (const profile of [state.day, state.week]) writeProfile(writer, profile);
  writeNumbers(writer, state.lastResidual === null ? [] : [state.lastResidual]);
  return writer.double(state.level).double(state.absoluteError).double(state.told).unsigned(state.sinceTold).bytes();
}

/** @throws ORRERY_VALIDATION when the bytes are not a state of this version. */
export function decodeStreamState(bytes: Uint8Array): StreamState {
  const reader = new ByteReader(bytes);
  const found = reader.unsigned();
  if (found !== version) throw new OrreryError('ORRERY_VALIDATION', `stream state has version ${found}, expected ${version}`);
  const state: StreamState = {
    count: reader.unsigned(),
    lastTimestampMs: reader.double(),
    recent: readNumbers(reader),
    values: readMemory(reader),
    blocks: readMemory(reader),
    residuals: readMemory(reader),
    day: readProfile(reader),
    week: readProfile(reader),
    lastResidual: readNumbers(reader)[0] ?? null,
    level: reader.double(),
    absoluteError: reader.double(),
    told: reader.double(),
    sinceTold: reader.unsigned(),
  };
  if (!reader.isAtEnd()) throw new OrreryError('ORRERY_VALIDATION', `stream state of ${bytes.length} bytes has more than it should`);
  return state;
}

function writeNumbers(writer: ByteWriter, numbers: readonly number[]): void {
  writer.unsigned(numbers.length);
  for (const number of numbers) writer.double(number);
}

function readNumbers(reader: ByteReader): number[] {
  return Array.from({ length: reader.unsigned() }, () => reader.double());
}

function writePair(writer: ByteWriter, [first, second]: Pair): void {
  writer.double(first).double(second);
}

function readPair(reader: ByteReader): Pair {
  return [reader.double(), reader.double()];
}

function writeMemory(writer: ByteWriter, { boxes, step, range }: NoveltyMemory): void {
  writer.unsigned(step).unsigned(boxes.length);
  writePair(writer, range);
  for (const { low, high, lastSeen } of boxes) {
    writePair(writer, low);
    writePair(writer, high);
    writer.unsigned(step - lastSeen);
  }
}

function readMemory(reader: ByteReader): NoveltyMemory {
  const [step, length] = [reader.unsigned(), reader.unsigned()];
  const range = readPair(reader);
  const boxes = Array.from({ length }, (): NoveltyBox => ({ low: readPair(reader), high: readPair(reader), lastSeen: step - reader.unsigned() }));
  return { boxes, step, range };
}

function writeProfile(writer: ByteWriter, profile: SeasonProfile): void {
  writeNumbers(writer, profile.means);
  for (const counts of [profile.visits, profile.samples]) for (const count of counts) writer.unsigned(count);
  writer.signed(profile.lastSlot).unsigned(profile.foretold);
  writer.double(profile.squaredError).double(profile.mean).double(profile.variance);
}

function readProfile(reader: ByteReader): SeasonProfile {
  const means = readNumbers(reader);
  const counts = (): number[] => means.map(() => reader.unsigned());
  return {
    means,
    visits: counts(),
    samples: counts(),
    lastSlot: reader.signed(),
    foretold: reader.unsigned(),
    squaredError: reader.double(),
    mean: reader.double(),
    variance: reader.double(),
  };
}
