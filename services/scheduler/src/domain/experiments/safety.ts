import { normalCumulative } from '@orrery/stats';
import type { BlockPair } from './block-outcomes.js';

/** What the treatment must not do. */
export interface SafetyBounds {
  /** The completion time may be longer by this share, such as 0.1. */
  readonly completionShare: number;
  /** The share of failed runs may be higher by this, such as 0.05. */
  readonly failedShare: number;
}

/** Chance of a false alarm over the whole life of an experiment, both criteria together. */
export const falseAlarms = 0.05;

/** Of the values so far. */
export interface Sums {
  readonly sum: number;
  readonly squares: number;
}

/**
 * What differences are looked for. Of 1, 1.5, 2, 3, 4, 6 and 8, 2 stopped slower treatments (1.3 to 2 times, deviations of a block's mean of 0.1 to 0.4 in
 * logarithms) about as soon as the best of them for each. Shares of failed runs differ by less.
 */
const completionScale = 2;
const failedScale = 5;

/**
 * Evidence that values lie above 0, to be looked at as often as one likes: where each is symmetric about something at or below 0, the chance that it ever
 * reaches E is 1 / E at most. Pairs whose order was drawn are symmetric by that draw, whatever else differs between blocks.
 *
 * It is the mixture of exp(l x - l^2 x^2 / 2), summed up, over a half-normal l: 2 (1 + s^2 V)^(-1/2) exp(s^2 S^2 / (2 (1 + s^2 V))) Phi(s S / sqrt(1 + s^2 V))
 * with S the sum and V the sum of squares.
 *
 * @param scale deviation of l; any choice is valid, and evidence grows fastest for values of about 1 / scale.
 * Source: de la Peña 1999, doi 10.1214/aop/1022677277 (symmetric variables); Howard, Ramdas, McAuliffe and Sekhon 2021, doi 10.1214/20-AOS1991
 * (one-sided normal mixture); the bound is Ville's inequality.
 */
export function evidenceAbove({ sum, squares }: Sums, scale: number): number {
  const width = 1 + scale * scale * squares;
  const tilt = (scale * sum) / Math.sqrt(width);
  // The exponential overflows long after everything was decided.
  return (2 / Math.sqrt(width)) * Math.exp(Math.min(700, (tilt * tilt) / 2)) * normalCumulative(tilt);
}

/**
 * Why the treatment must stop, in words; undefined while it need not. May be asked after every pair: over all askings together it stops a treatment that
 * is within its bounds once in twenty experiments at most.
 *
 * @param pairs in the order of time.
 */
export function harmOf(pairs: readonly BlockPair[], bounds: SafetyBounds): string | undefined {
  const enough = 2 / falseAlarms;
  const slower = pairs.map(({ treatment, control }) => Math.log(Math.max(treatment.completionMs, 1) / Math.max(control.completionMs, 1)) - Math.log1p(bounds.completionShare));
  const completion = everAbove(slower, completionScale);
  if (completion >= enough) {
    return `runs took ${percent(Math.exp(meanOf(slower)) * (1 + bounds.completionShare) - 1)} longer in treated blocks than in their neighbours, of ${pairs.length} pairs; the bound was ${percent(bounds.completionShare)} (evidence ${Math.round(completion)}, needed ${enough})`;
  }
  const failing = pairs.map(({ treatment, control }) => treatment.failedShare - control.failedShare - bounds.failedShare);
  const failed = everAbove(failing, failedScale);
  if (failed >= enough) {
    return `the share of runs that failed was ${percent(meanOf(failing) + bounds.failedShare)} higher in treated blocks than in their neighbours, of ${pairs.length} pairs; the bound was ${percent(bounds.failedShare)} (evidence ${Math.round(failed)}, needed ${enough})`;
  }
  return undefined;
}

/** The most evidence that there was at any time: what has been shown stays shown. */
export function everAbove(values: readonly number[], scale: number): number {
  let most = 0;
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
    most = Math.max(most, evidenceAbove({ sum, squares }, scale));
  }
  return most;
}

/** Decisions that were asked of a policy, and those in which it failed: too late, no valid answer, an error. */
export interface PolicyTally {
  readonly decisionCount: number;
  readonly faultCount: number;
}

const fewestDecisions = 50;
const mostFaults = 0.2;

/** Why a policy must stop for its own failures, in words; undefined while it need not. */
export function faultsOf({ decisionCount, faultCount }: PolicyTally): string | undefined {
  if (decisionCount < fewestDecisions || faultCount <= mostFaults * decisionCount) return undefined;
  return `the policy itself failed in ${faultCount} of ${decisionCount} decisions (${percent(faultCount / decisionCount)}; the bound was ${percent(mostFaults)})`;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
