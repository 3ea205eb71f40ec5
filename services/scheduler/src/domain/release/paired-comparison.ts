import { OrreryError } from '@orrery/errors';
import { seededRandom } from '@orrery/stats';

/** One policy held against another on the same sequences of jobs. */
export interface PairedRatio {
  /** The sum of the one's values over the sum of the other's: below 1 where the one is smaller. */
  readonly ratio: number;
  /** Bounds of the 95 % interval of the ratio. */
  readonly low: number;
  readonly high: number;
  /** Sequences in which the one's value is below the other's. */
  readonly wins: number;
  readonly count: number;
}

export interface ResamplingOptions {
  /** @default 2_000 */
  readonly resamples?: number;
  /** Equal seeds give equal intervals. @default 1 */
  readonly seed?: number;
}

const tail = 0.025;

/**
 * The ratio of two means over the same sequences, with the 95 % percentile interval of a bootstrap that draws sequences, not jobs: the jobs of a
 * sequence wait for each other. A value that is not finite (a job that was left undone) makes the ratio infinite.
 *
 * Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
 * @param own at least one value, above 0, a sequence each.
 * @param other values of the same sequences, in the same order.
 * @throws ORRERY_VALIDATION when the counts differ or there is nothing to compare.
 * @example pairedRatio([90, 95], [100, 100]) // ratio 0.925, low 0.9, high 0.95, wins 2 of 2
 */
export function pairedRatio(own: readonly number[], other: readonly number[], { resamples = 2000, seed = 1 }: ResamplingOptions = {}): PairedRatio {
  const count = own.length;
  if (count === 0 || other.length !== count) throw new OrreryError('ORRERY_VALIDATION', `expected as many values of both, at least one: got ${count} and ${other.length}`);
  const wins = own.filter((value, index) => value < (other[index] as number)).length;
  const ratio = sumOf(own) / sumOf(other);
  if (!Number.isFinite(ratio)) return { ratio: Infinity, low: Infinity, high: Infinity, wins, count };
  const random = seededRandom(seed);
  const ratios = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample += 1) {
    let [ownSum, otherSum] = [0, 0];
    for (let draw = 0; draw < count; draw += 1) {
      const index = random.below(count);
      ownSum += own[index] as number;
      otherSum += other[index] as number;
    }
    ratios[resample] = ownSum / otherSum;
  }
  ratios.sort();
  return { ratio, low: quantileOf(ratios, tail, ratio), high: quantileOf(ratios, 1 - tail, ratio), wins, count };
}

/** The ratio of the means, without an interval: for what is only looked at. */
export function ratioOfMeans(own: readonly number[], other: readonly number[]): number {
  return sumOf(own) / sumOf(other);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function quantileOf(sorted: Float64Array, share: number, absent: number): number {
  const at = share * (sorted.length - 1);
  const lower = sorted[Math.floor(at)] ?? absent;
  return lower + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? absent) - lower);
}
