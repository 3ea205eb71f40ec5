import { OrreryError } from '@orrery/errors';
import { ByteReader, ByteWriter } from '@orrery/stats';

/** One reading of a gauge. */
export interface Sample {
  /** Unix ms. */
  readonly atMs: number;
  readonly value: number;
}

/** The newest readings of one series, in the order of their times: at most one a minute. */
export interface SampleRing {
  readonly samples: readonly Sample[];
}

/** Readings that a series keeps. */
export const mostSamples = 512;

/**
 * Of the readings within one such interval, counted since 1970, the last stays. Forecasts go minutes ahead: a gauge that is read each
 * second would have forgotten all but the last eight of them.
 */
export const sampleIntervalMs = 60_000;

export const emptyRing: SampleRing = { samples: [] };

/**
 * The ring with some readings more. The same readings give the same ring, in whatever order and however often they come. Values are kept
 * in single precision, and zero without its sign; those that it does not hold are left out.
 */
export function rememberSamples(ring: SampleRing, added: readonly Sample[]): SampleRing {
  const told = added.map(({ atMs, value }): Sample => ({ atMs: Math.round(atMs), value: Math.fround(value) + 0 })).filter(({ value }) => Number.isFinite(value));
  const ordered = [...ring.samples, ...told].sort((left, right) => left.atMs - right.atMs || left.value - right.value);
  const lastOfEach = ordered.filter((sample, index) => intervalOf(sample) !== intervalOf(ordered[index + 1]));
  return { samples: lastOfEach.slice(-mostSamples) };
}

/** The readings that there were at a moment; a clock that is ahead tells of later ones. */
export function samplesUntil({ samples }: SampleRing, atMs: number): readonly Sample[] {
  return samples.filter((sample) => sample.atMs <= atMs);
}

function intervalOf(sample: Sample | undefined): number {
  return sample === undefined ? NaN : Math.floor(sample.atMs / sampleIntervalMs);
}

const version = 1;

/** A ring as bytes: equal rings give equal bytes, and reading them back gives an equal ring. */
export function encodeRing({ samples }: SampleRing): Uint8Array {
  const writer = new ByteWriter().unsigned(version).unsigned(samples.length);
  let previousMs = 0;
  for (const { atMs, value } of samples) {
    writer.unsigned(atMs - previousMs).single(value);
    previousMs = atMs;
  }
  return writer.bytes();
}

/** @throws ORRERY_VALIDATION when the bytes are not a ring of this version. */
export function decodeRing(bytes: Uint8Array): SampleRing {
  const reader = new ByteReader(bytes);
  const found = reader.unsigned();
  if (found !== version) throw new OrreryError('ORRERY_VALIDATION', `sample ring has version ${found}, expected ${version}`);
  const count = reader.unsigned();
  if (count > mostSamples) throw new OrreryError('ORRERY_VALIDATION', `sample ring has ${count} samples, expected at most ${mostSamples}`);
  let atMs = 0;
  const samples = Array.from({ length: count }, (): Sample => ({ atMs: (atMs += reader.unsigned()), value: reader.single() }));
  return { samples };
}
