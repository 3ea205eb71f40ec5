import { probabilityOf } from '../gbdt/index.js';

export interface PlattScaling {
  readonly slope: number;
  readonly intercept: number;
}

const mostSteps = 100;
const tolerance = 1e-9;
/** Keeps the steps finite where all scores are equal. */
const leastCurvature = 1e-9;

/**
 * The logistic curve of a score, by Newton's method on targets that are drawn in a little from 0 and 1, so that separable rows do not send it to infinity.
 *
 * Source: Platt 1999, with the corrections of Lin, Lin and Weng 2007, doi 10.1007/s10994-007-5018-6.
 */
export function fitPlatt(scores: ArrayLike<number>, truth: ArrayLike<number>): PlattScaling {
  const positives = Array.from(truth).filter((value) => value === 1).length;
  const target = { one: (positives + 1) / (positives + 2), zero: 1 / (truth.length - positives + 2) };
  let current: PlattScaling = { slope: 0, intercept: Math.log((positives + 1) / (truth.length - positives + 1)) };
  for (let step = 0; step < mostSteps; step++) {
    const change = newtonStep(scores, truth, target, current);
    const next = improved(current, change, (candidate) => lossOf(scores, truth, target, candidate));
    const isDone = Math.abs(next.slope - current.slope) + Math.abs(next.intercept - current.intercept) < tolerance;
    current = next;
    if (isDone) break;
  }
  return current;
}

interface Targets {
  readonly one: number;
  readonly zero: number;
}

function newtonStep(scores: ArrayLike<number>, truth: ArrayLike<number>, target: Targets, { slope, intercept }: PlattScaling): PlattScaling {
  let [slopeGradient, interceptGradient, slopeCurvature, mixed, interceptCurvature] = [0, 0, leastCurvature, 0, leastCurvature];
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row] ?? 0;
    const probability = probabilityOf(slope * score + intercept);
    const error = probability - (truth[row] === 1 ? target.one : target.zero);
    const curvature = probability * (1 - probability);
    slopeGradient += error * score;
    interceptGradient += error;
    slopeCurvature += curvature * score * score;
    mixed += curvature * score;
    interceptCurvature += curvature;
  }
  const determinant = slopeCurvature * interceptCurvature - mixed * mixed;
  return {
    slope: -(interceptCurvature * slopeGradient - mixed * interceptGradient) / determinant,
    intercept: -(slopeCurvature * interceptGradient - mixed * slopeGradient) / determinant,
  };
}

/** Goes the whole step, or half of it as often as it takes to get better. */
function improved(from: PlattScaling, change: PlattScaling, loss: (candidate: PlattScaling) => number): PlattScaling {
  const least = loss(from);
  for (let share = 1; share > 1e-6; share /= 2) {
    const candidate = { slope: from.slope + share * change.slope, intercept: from.intercept + share * change.intercept };
    if (loss(candidate) <= least) return candidate;
  }
  return from;
}

function lossOf(scores: ArrayLike<number>, truth: ArrayLike<number>, target: Targets, { slope, intercept }: PlattScaling): number {
  let loss = 0;
  for (let row = 0; row < scores.length; row++) {
    const logOdds = slope * (scores[row] ?? 0) + intercept;
    // -t ln p - (1 - t) ln(1 - p), written so that nothing overflows.
    loss += Math.log1p(Math.exp(-Math.abs(logOdds))) + Math.max(logOdds, 0) - (truth[row] === 1 ? target.one : target.zero) * logOdds;
  }
  return loss;
}
