import type { RunPlan } from './run-plan.js';
import { middleChance, playScenario, survivalAfter } from './scenario.js';

/**
 * The plan with its contents weighed by silence: contents with a task that could have ended for long, and of which nothing was heard, are
 * the less likely.
 */
export function weighedBySilence(plan: RunPlan, nowMs: number): RunPlan {
  if (plan.weights.length < 2) return plan;
  const weights = plan.weights.map((weight, contents) => {
    const courses = playScenario(plan, nowMs, contents, () => middleChance);
    return plan.steps.reduce((product, { isTask, duration }, place) => {
      const course = courses[place];
      return isTask && course?.fate === 'open' ? product * survivalAfter(duration, nowMs - course.beginMs) : product;
    }, weight);
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum > 0 ? { ...plan, weights: weights.map((weight) => weight / sum) } : plan;
}

/** The contents that are likeliest; of equals the latest. */
export function likeliestContents({ weights }: RunPlan): number {
  return weights.reduce((best, weight, index) => (weight > (weights[best] ?? 0) ? index : best), 0);
}

/** The contents that a uniform number in [0, 1) stands for. */
export function contentsAt({ weights }: RunPlan, share: number): number {
  let sum = 0;
  for (const [index, weight] of weights.entries()) {
    sum += weight;
    if (share < sum) return index;
  }
  return Math.max(weights.length - 1, 0);
}
