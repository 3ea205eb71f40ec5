import { seededRandom } from '@orrery/stats';
import { hashOf } from '../history/history.js';
import { contentsAt } from './likely-contents.js';
import type { RunPlan, Step } from './run-plan.js';
import { middleChance, playScenario, type Chance } from './scenario.js';

/** Enough for a probability of 0.01 to be told from 0.02, and few enough to answer at once. */
const mostDraws = 500;
const leastDraws = 64;
/** Steps that are drawn, over all draws. */
const mostStepDraws = 40_000;

/**
 * When the run may end, in rising order: the last end of each of some hundred ways in which it may go on. The same task gets the same
 * chances each time (common random numbers), so that what differs between two answers is what was learned between them.
 */
export function simulateEnds(plan: RunPlan, nowMs: number): readonly number[] {
  const isOpen = plan.steps.map(isUndecided);
  const openCount = isOpen.filter(Boolean).length;
  if (openCount === 0) return [nowMs];
  const draws = Math.min(Math.max(Math.floor(mostStepDraws / openCount), leastDraws), mostDraws);
  const chances = plan.steps.map((step, index) => (isOpen[index] === true ? chancesOf(step.task, draws) : []));
  const contents = seededRandom(hashOf('contents of the run'));
  const ends: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const courses = playScenario(plan, nowMs, contentsAt(plan, contents.next()), (index) => chances[index]?.[draw] ?? middleChance);
    ends.push(courses.reduce((last, { endMs }) => Math.max(last, endMs), nowMs));
  }
  return ends.sort((left, right) => left - right);
}

function isUndecided({ isTask, left, isFailed, retryShare }: Step): boolean {
  return isTask && (left.some((count) => count > 0) || (isFailed && retryShare > 0));
}

// One stream a task: what else is left of the run does not change its chances.
function chancesOf(task: string, draws: number): readonly Chance[] {
  const random = seededRandom(hashOf(task));
  return Array.from({ length: draws }, () => ({ z: random.normal(), occurs: random.next(), retries: random.next() }));
}

/** The value that a share of sorted values do not exceed. */
export function quantileOf(sorted: readonly number[], share: number): number {
  return sorted[Math.min(Math.max(Math.ceil(share * sorted.length) - 1, 0), sorted.length - 1)] ?? 0;
}
