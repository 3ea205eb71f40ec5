import { OrreryError } from '@orrery/errors';
import { drawOf } from './draw.js';

/** How time is cut into blocks, and what is left to chance. */
export interface BlockPlan {
  /** Decides all that is random. */
  readonly experimentId: string;
  readonly startedMs: number;
  readonly blockMs: number;
  /** What arrives so soon after the beginning of a block does not count: the block before still shows in it. */
  readonly burnInMs: number;
  /** Even; the experiment ends after so many. */
  readonly blockCount: number;
  /** Share of blocks that the heuristic keeps, during the experiment and after it. */
  readonly holdOut: number;
  /** So many blocks with 5 % of them treated come first, then as many with 25 %; 0 begins with half of them. */
  readonly rampBlocks: number;
}

/**
 * What a block is for: a pair of neighbours has one `control` and one `treatment` in an order that is drawn; `held-out` and `not-yet` (the roll-out has
 * not come to it) are decided by the control's policy and compared with nothing.
 */
export type BlockRole = 'control' | 'treatment' | 'held-out' | 'not-yet';

/** Shares of treated blocks in the two stages of the ramp; half of all blocks after it. */
export const rampShares = [0.05, 0.25] as const;

/** Number of the block in which a moment lies; negative before the experiment. */
export function blockAt({ startedMs, blockMs }: Pick<BlockPlan, 'startedMs' | 'blockMs'>, momentMs: number): number {
  return Math.floor((momentMs - startedMs) / blockMs);
}

/** The moment at which the last block ends. */
export function endOf({ startedMs, blockMs, blockCount }: BlockPlan): number {
  return startedMs + blockMs * blockCount;
}

/** Whether the heuristic keeps the block for ever. */
export function isHeldOut({ experimentId, holdOut }: Pick<BlockPlan, 'experimentId' | 'holdOut'>, block: number): boolean {
  return drawOf(experimentId, 'held out', block >> 1) < holdOut;
}

/**
 * The role of a block while the experiment lasts. Blocks 2k and 2k + 1 are a pair.
 *
 * @throws ORRERY_VALIDATION for a block that the experiment does not have.
 */
export function roleOf(plan: BlockPlan, block: number): BlockRole {
  if (!Number.isInteger(block) || block < 0 || block >= plan.blockCount) throw new OrreryError('ORRERY_VALIDATION', `expected a block from 0 to ${plan.blockCount - 1}, got ${block}`);
  const pair = block >> 1;
  if (isHeldOut(plan, block)) return 'held-out';
  // A pair has one treated block of two, hence twice the share.
  if (drawOf(plan.experimentId, 'ramp', pair) >= 2 * treatedShare(plan, pair * 2)) return 'not-yet';
  const isFirstTreated = drawOf(plan.experimentId, 'order', pair) < 0.5;
  return (block % 2 === 0) === isFirstTreated ? 'treatment' : 'control';
}

/** Share of blocks that are treated at that stage of the roll-out: 0.05, 0.25 or 0.5. */
export function treatedShare({ rampBlocks }: Pick<BlockPlan, 'rampBlocks'>, block: number): number {
  const stage = rampBlocks === 0 ? rampShares.length : Math.floor(block / rampBlocks);
  return rampShares[stage] ?? 0.5;
}
