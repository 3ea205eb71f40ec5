import { OrreryError } from '@orrery/errors';
import type { BlockPlan } from './block-plan.js';

/** How long runs took lately. */
export interface RecentCompletion {
  readonly runCount: number;
  readonly meanMs: number;
  readonly p95Ms: number;
}

/** What whoever starts an experiment asks for; the rest is worked out. */
export interface WantedPlan {
  readonly blockMs?: number | undefined;
  readonly burnInMs?: number | undefined;
  readonly blockCount?: number | undefined;
  /** Unix ms; in place of a number of blocks. */
  readonly untilMs?: number | undefined;
  readonly holdOut: number;
  readonly rampBlocks: number;
}

/** Below six pairs no order of blocks is rare enough: 2 in 2^6 is the first chance below 5 %. */
export const fewestBlocks = 16;
export const mostBlocks = 5000;
export const usualBlocks = 48;
/** Below so many runs nothing is made of how long they took. */
export const fewestRuns = 20;
const minuteMs = 60_000;
const shortestBlockMs = 5 * minuteMs;

/**
 * Works out the blocks: ten times the mean completion time long, and three times the burn-in (so that two thirds of what arrives count), rounded up to
 * whole minutes; the burn-in is one 95th percentile.
 *
 * @returns the plan and what should be known of it, in words.
 * @throws ORRERY_VALIDATION when there is too little to work it out from, or what was asked for does not go together.
 */
export function planBlocks(identity: Pick<BlockPlan, 'experimentId' | 'startedMs'>, wanted: WantedPlan, recent: RecentCompletion): { readonly plan: BlockPlan; readonly notes: readonly string[] } {
  const knows = recent.runCount >= fewestRuns;
  if (!knows && wanted.blockMs === undefined) {
    throw new OrreryError('ORRERY_VALIDATION', `expected block_seconds: only ${recent.runCount} runs of this scheduler ended lately, and a length is worked out from ${fewestRuns} or more`);
  }
  const blockMs = wanted.blockMs ?? usualBlockMs(wanted.burnInMs, recent);
  const burnInMs = wanted.burnInMs ?? (knows ? Math.min(recent.p95Ms, blockMs / 2) : blockMs / 10);
  if (burnInMs > blockMs / 2) throw new OrreryError('ORRERY_VALIDATION', `expected a burn-in of half a block at most, got ${words(burnInMs)} of ${words(blockMs)}`);
  const { startedMs } = identity;
  const blockCount = blocksUntil(wanted, startedMs, blockMs);
  if (blockCount < fewestBlocks || blockCount > mostBlocks || blockCount % 2 !== 0) {
    throw new OrreryError('ORRERY_VALIDATION', `expected an even number of ${fewestBlocks} to ${mostBlocks} blocks, got ${blockCount} of ${words(blockMs)}`);
  }
  const rampBlocks = wanted.rampBlocks;
  if (2 * rampBlocks > blockCount - fewestBlocks) throw new OrreryError('ORRERY_VALIDATION', `expected at least ${fewestBlocks} blocks after a ramp of twice ${rampBlocks}, got ${blockCount} in all`);
  const plan = { ...identity, blockMs, burnInMs, blockCount, holdOut: wanted.holdOut, rampBlocks };
  return { plan, notes: notesOf(plan, recent) };
}

function usualBlockMs(burnInMs: number | undefined, { meanMs, p95Ms }: RecentCompletion): number {
  const shortest = Math.max(10 * meanMs, 3 * (burnInMs ?? p95Ms), shortestBlockMs);
  return Math.ceil(shortest / minuteMs) * minuteMs;
}

function blocksUntil({ blockCount, untilMs }: WantedPlan, startedMs: number, blockMs: number): number {
  if (untilMs === undefined) return blockCount ?? usualBlocks;
  return Math.floor((untilMs - startedMs) / blockMs / 2) * 2;
}

function notesOf({ blockMs, burnInMs }: BlockPlan, { runCount, meanMs, p95Ms }: RecentCompletion): readonly string[] {
  if (runCount < fewestRuns) return ['how long runs take was not known when this began: a block should last ten times as long as a run, and the burn-in as long as all but the longest'];
  return [
    ...(blockMs < 10 * meanMs ? [`a block is shorter than ten mean completion times (${words(meanMs)} each): much of what a policy does shows in the next block, which makes differences look smaller`] : []),
    ...(burnInMs < p95Ms ? [`the burn-in is shorter than the 95th percentile of completion times (${words(p95Ms)}): the block before still shows in what counts`] : []),
  ];
}

function words(durationMs: number): string {
  return durationMs >= 2 * minuteMs ? `${Math.round(durationMs / minuteMs)} min` : `${Math.round(durationMs / 1000)} s`;
}
