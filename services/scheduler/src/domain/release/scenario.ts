import { OrreryError } from '@orrery/errors';
import type { ArrivalPattern } from '../simulation/arrivals.js';

/** Under what conditions jobs are scheduled. */
export interface Scenario {
  readonly name: string;
  readonly arrivals: ArrivalPattern;
  readonly executorCount: number;
  /** What goes otherwise than was measured; nothing where absent. */
  readonly stress?: Stress;
}

/** What makes an episode harder than its workload. */
export interface Stress {
  /** The policy is told durations that are wrong by up to this share, 0 to 0.9: by one factor a job and another a stage. */
  readonly toldError?: number;
  /** Of tasks that fail somewhere on their way and are done again on the same executor, 0 to 0.9. */
  readonly failureShare?: number;
  /** Tasks take times drawn from a Pareto distribution of this shape, above 1, cut at 20 times the least; its mean is that of the measured. */
  readonly tailShape?: number;
}

/** @throws ORRERY_VALIDATION when a figure makes no sense. */
export function checkScenario({ name, arrivals, executorCount, stress = {} }: Scenario): void {
  const { initialJobs, laterJobs, meanGapMs } = arrivals;
  const check = (isSound: boolean, expected: string): void => {
    if (!isSound) throw new OrreryError('ORRERY_VALIDATION', `scenario ${name}: expected ${expected}`);
  };
  check([initialJobs, laterJobs].every((count) => Number.isInteger(count) && count >= 0) && initialJobs + laterJobs >= 1, 'at least one job');
  check(laterJobs === 0 || (meanGapMs > 0 && Number.isFinite(meanGapMs)), `a mean gap above 0 ms, got ${meanGapMs}`);
  check(Number.isInteger(executorCount) && executorCount >= 1, `at least one executor, got ${executorCount}`);
  check([stress.toldError, stress.failureShare].every((share = 0) => share >= 0 && share <= 0.9), 'shares from 0 to 0.9');
  check((stress.tailShape ?? 2) > 1, `a tail shape above 1, got ${stress.tailShape}`);
}
