import { OrreryError } from '@orrery/errors';
import { forecast } from '@orrery/learning';
import { median } from '@orrery/stats';

export interface SamplesInput {
  /** Readings of one series, such as processor share, memory or queue length; in any order. */
  readonly samples: readonly { readonly atMs: number; readonly value: number }[];
  /** @minimum 1 */
  readonly horizonMinutes: number;
}

export interface SamplesForecast {
  readonly stepMs: number;
  /** From the step after the last reading. */
  readonly steps: readonly { readonly atMs: number; readonly p10: number; readonly p50: number; readonly p90: number }[];
  readonly basis: {
    /** Readings that were looked at. */
    readonly samples: number;
    /** How many parts of the history were forecast from what came before them; 0: the intervals are guesses. */
    readonly backtests: number;
    /** For people. */
    readonly words: string;
  };
}

const minuteMs = 60_000;
/** Readings closer together are averaged: the next minutes are asked for, not the next milliseconds. */
const leastStepMs = 1000;
/** So many steps show the course; more only cost. */
const mostSteps = 240;
/** Gaps without a reading cost a step each: of a series with long ones, the end is looked at. */
const mostHistorySteps = 4096;

/**
 * The next minutes of a resource, with 80 % intervals, in steps of the usual distance between readings.
 *
 * @throws ORRERY_VALIDATION when there is no finite reading, or the horizon is not above zero.
 * @example
 * forecastSamples({ samples: lastReadings, horizonMinutes: 15 }).steps.at(-1)?.p90
 */
export function forecastSamples({ samples, horizonMinutes }: SamplesInput): SamplesForecast {
  const known = samples.filter(({ atMs, value }) => Number.isFinite(value) && Number.isFinite(atMs)).sort((left, right) => left.atMs - right.atMs);
  const last = known.at(-1);
  if (last === undefined) throw new OrreryError('ORRERY_VALIDATION', `forecast has no finite reading among ${samples.length}, expected at least one`);
  if (!(horizonMinutes > 0)) throw new OrreryError('ORRERY_VALIDATION', `forecast is asked for ${horizonMinutes} minutes, expected more than 0`);
  const horizonMs = horizonMinutes * minuteMs;
  const stepMs = stepOf(known, horizonMs);
  const values = onGrid(known, last.atMs, stepMs);
  const isNonNegative = known.every(({ value }) => value >= 0);
  const { atMs, p10, p50, p90, backtests } = forecast({ values, startMs: last.atMs - (values.length - 1) * stepMs, stepMs, horizon: Math.ceil(horizonMs / stepMs), isNonNegative });
  const steps = atMs.map((moment, step) => ({ atMs: moment, p10: p10[step] ?? 0, p50: p50[step] ?? 0, p90: p90[step] ?? 0 }));
  const tested = backtests === 0 ? 'too few to test the forecast on' : `the intervals come from ${backtests} forecasts of the past`;
  return { stepMs, steps, basis: { samples: known.length, backtests, words: `${known.length} ${known.length === 1 ? 'reading' : 'readings'}; ${tested}` } };
}

function stepOf(known: readonly { readonly atMs: number }[], horizonMs: number): number {
  const distances = known.slice(1).flatMap(({ atMs }, index) => (atMs > (known[index]?.atMs ?? atMs) ? [atMs - (known[index]?.atMs ?? atMs)] : []));
  const usual = distances.length === 0 ? minuteMs : median(distances);
  return Math.round(Math.min(Math.max(usual, leastStepMs, horizonMs / mostSteps), horizonMs));
}

/** Means per step, the last step ending with the last reading; NaN without a reading. */
function onGrid(known: readonly { readonly atMs: number; readonly value: number }[], endMs: number, stepMs: number): number[] {
  const stepsBack = ({ atMs }: { readonly atMs: number }) => Math.round((endMs - atMs) / stepMs);
  const recent = known.filter((sample) => stepsBack(sample) < mostHistorySteps);
  const length = 1 + (recent[0] === undefined ? 0 : stepsBack(recent[0]));
  const [sums, counts] = [new Float64Array(length), new Float64Array(length)];
  for (const sample of recent) {
    const index = length - 1 - stepsBack(sample);
    sums[index] = (sums[index] ?? 0) + sample.value;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return Array.from(sums, (sum, index) => sum / (counts[index] ?? 0));
}
