import { commonDraw } from './common-draws.js';
import type { SlotAttempt } from './slot-job.js';

export interface Fate {
  readonly end: 'success' | 'failure' | 'memory';
  /** On a machine of usual speed. */
  readonly durationMs: number;
}

/** Tells apart what is drawn for one attempt. */
const draws = { duration: 0, failure: 1, moment: 2, memory: 3, count: 4 } as const;
/** More attempts than this would share their luck with another task's. */
export const mostAttempts = 16;

/**
 * What becomes of an attempt: how long it takes, whether it fails, and when. It depends on the seed, the task and the attempt, and on how many tasks of the
 * job run, but not on what else a policy did; a task needs the same memory in all its attempts.
 *
 * @param failureChance of an attempt that has memory enough.
 */
export function fateOf(seed: number, attempt: SlotAttempt, failureChance: number): Fate {
  const { stage, task, number, memoryBytes } = attempt;
  const draw = (what: number, attemptNumber = number) => commonDraw(seed, stage.job.terms.number, stage.shape.index, (task * mostAttempts + attemptNumber) * draws.count + what);
  const list = durationsOf(attempt);
  const durationMs = list[Math.floor(draw(draws.duration) * list.length)] ?? stage.shape.meanTaskMs;
  const { peakMemoryBytes } = stage;
  const peakBytes = peakMemoryBytes[Math.floor(draw(draws.memory, 0) * peakMemoryBytes.length)] ?? 0;
  // Where nobody said what it needs, nothing bounds it.
  if (memoryBytes > 0 && peakBytes > memoryBytes) return { end: 'memory', durationMs: durationMs * draw(draws.moment) };
  if (failureChance > 0 && draw(draws.failure) < failureChance) return { end: 'failure', durationMs: durationMs * draw(draws.moment) };
  return { end: 'success', durationMs };
}

/** A slot begins every task anew, in the company of the other tasks of its job that run. */
function durationsOf({ stage }: SlotAttempt): Float64Array {
  const { levels } = stage.job.shape;
  const above = levels.findIndex((level) => level > stage.job.supply);
  const level = above < 0 ? Math.max(0, levels.length - 1) : Math.max(0, above - 1);
  const { fresh, firstWave, restWave } = stage.durations;
  return [fresh[level], firstWave[level], restWave[level]].find((list) => list !== undefined && list.length > 0) ?? new Float64Array(0);
}
