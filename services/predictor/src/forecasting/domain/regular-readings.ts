import type { RegularSeries } from '@orrery/learning';
import { median } from '@orrery/stats';
import { sampleIntervalMs, type Sample } from '../../domain/series/index.js';

/** Steps that a reading stands for when the next ones are missing: a gauge that missed a look still shows what it showed. */
const carriedSteps = 3;
/** Gaps cost a step each: of a series with long ones, the end is looked at. */
const mostSteps = 2048;

/**
 * Readings at equal distances, the last step holding the last reading; NaN where nothing was read for long. Null for fewer than two.
 *
 * @param samples in the order of their times.
 */
export function regularReadings(samples: readonly Sample[]): RegularSeries | null {
  const last = samples.at(-1);
  if (last === undefined || samples.length < 2) return null;
  const distances = samples.slice(1).map(({ atMs }, index) => atMs - (samples[index]?.atMs ?? atMs));
  const stepMs = Math.max(Math.round(median(distances) / sampleIntervalMs), 1) * sampleIntervalMs;
  const stepsBack = ({ atMs }: Sample) => Math.round((last.atMs - atMs) / stepMs);
  const recent = samples.filter((sample) => stepsBack(sample) < mostSteps);
  const length = 1 + (recent[0] === undefined ? 0 : stepsBack(recent[0]));
  const values = new Float64Array(length).fill(Number.NaN);
  for (const sample of recent) values[length - 1 - stepsBack(sample)] = sample.value;
  return { startMs: last.atMs - (length - 1) * stepMs, stepMs, values: carried(values) };
}

function carried(values: Float64Array): Float64Array {
  let missing = 0;
  return values.map((value, index) => {
    if (!Number.isNaN(value)) {
      missing = 0;
      return value;
    }
    missing += 1;
    return missing <= carriedSteps ? (values[index - missing] ?? Number.NaN) : Number.NaN;
  });
}
