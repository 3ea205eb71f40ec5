import { OrreryError } from '@orrery/errors';
import type { JobState } from '../state/job-state.js';

/** What an auctioneer keeps beside quotas and reservations, which are terms of the jobs themselves. */
export interface AuctionRules {
  /** A job that has waited longer than this without any executor goes first, ms. @default Infinity */
  readonly maxWaitMs?: number;
  /** A job is taken to need so many times what is expected of it; when its deadline leaves no more, it goes first. Infinity gives no heed to deadlines. @default 1.25 */
  readonly deadlineMargin?: number;
  /** The least share of its fair share that a job has to get, 0 to 1; its fair share is in proportion to its weight. @default 0 */
  readonly minimumShare?: number;
  /** So long a job may have less than its least share, ms. @default 60_000 */
  readonly belowShareMs?: number;
  /**
   * Since when a job holds no executor, on the clock of the observation. Needed where jobs are new objects in every question: the auctioneer itself knows only of jobs
   * that it sees again, and takes others to have waited since their arrival until their first task, and since now afterwards.
   */
  readonly waitingSinceMs?: (job: JobState) => number | undefined;
}

export type AllRules = Required<Omit<AuctionRules, 'waitingSinceMs'>> & Pick<AuctionRules, 'waitingSinceMs'>;

export const usualRules: AllRules = { maxWaitMs: Infinity, deadlineMargin: 1.25, minimumShare: 0, belowShareMs: 60_000 };

/** Fills in what is usual. @throws ORRERY_VALIDATION when a figure is none. */
export function rulesOf(rules: AuctionRules): AllRules {
  const all = { ...usualRules, ...rules };
  const fail = (what: string): never => {
    throw new OrreryError('ORRERY_VALIDATION', what);
  };
  if (!(all.maxWaitMs >= 0)) fail(`expected a maximum wait of 0 ms or more, got ${all.maxWaitMs}`);
  if (!(all.deadlineMargin >= 1)) fail(`expected a margin of at least 1 for deadlines, got ${all.deadlineMargin}`);
  if (!(all.minimumShare >= 0 && all.minimumShare <= 1)) fail(`expected a minimum share from 0 to 1, got ${all.minimumShare}`);
  if (!(all.belowShareMs >= 0)) fail(`expected 0 ms or more below the minimum share, got ${all.belowShareMs}`);
  return all;
}
