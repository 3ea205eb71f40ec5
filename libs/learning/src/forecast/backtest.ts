import type { Member } from './members.js';

/** What the ensemble was made of and how wrong it was on the history itself. */
export interface Backtest {
  /** Share of each member, in the members' order; they add to one. */
  readonly weights: readonly number[];
  /** Error (truth less forecast) of the ensemble per origin and step; the weights of an origin come from the other origins. */
  readonly residuals: readonly (readonly number[])[];
}

const mostOrigins = 5;
/** How sharply the weights prefer members with a small error: 0 is the plain mean, infinity the best one alone. Chosen on the last 48 hours of M4 hourly's training parts. */
const preference = 4;

/** How many values were known at each origin of the backtest, latest first, and how many steps each judges. */
export function originsOf(length: number, horizon: number): { readonly knownLengths: readonly number[]; readonly steps: number } {
  const steps = Math.min(horizon, Math.floor(length / 4));
  const room = length - Math.floor(length / 2) - steps;
  if (steps < 1 || room < 0) return { knownLengths: [], steps: 0 };
  const spacing = Math.min(steps, Math.floor(room / (mostOrigins - 1)));
  const count = spacing < 1 ? 1 : mostOrigins;
  return { knownLengths: Array.from({ length: count }, (_, index) => length - steps - index * spacing), steps };
}

export interface BacktestSettings {
  readonly horizon: number;
  readonly aim: Aim;
  /** Keeps a member's path from running away. */
  readonly bounded: (path: readonly number[]) => number[];
}

/** What the middle of a forecast is meant to be: as often too high as too low, or right on average, so that it can be added up. They differ where most values are zero. */
export type Aim = 'median' | 'mean';

/** Forecasts parts of the history from what came before them: weights by how well each member did, residuals of the whole. */
export function backtest(values: readonly number[], members: readonly Member[], { horizon, aim, bounded }: BacktestSettings): Backtest {
  const { knownLengths, steps } = originsOf(values.length, horizon);
  const trials = knownLengths.map((known) => ({
    truth: values.slice(known, known + steps),
    paths: members.map(({ forecast }) => bounded(forecast(values.slice(0, known), steps))),
  }));
  const losses = trials.map(({ truth, paths }) => paths.map((path) => lossOf(path, truth)));
  const residuals = trials.map(({ truth, paths }, origin) => {
    const others = losses.length > 1 ? losses.filter((_, index) => index !== origin) : losses;
    const mixed = combined(paths, weightsOf(others, members.length, aim));
    return truth.map((value, step) => value - (mixed[step] ?? 0));
  });
  return { weights: weightsOf(losses, members.length, aim), residuals };
}

/** The weighted mean of paths, step by step. */
export function combined(paths: readonly (readonly number[])[], weights: readonly number[]): number[] {
  return (paths[0] ?? []).map((_, step) => paths.reduce((sum, path, index) => sum + (weights[index] ?? 0) * (path[step] ?? 0), 0));
}

interface Loss {
  readonly absolute: number;
  /** Against the size of truth and forecast: small values count as much as large ones. */
  readonly relative: number;
  readonly squared: number;
}

function lossOf(path: readonly number[], truth: readonly number[]): Loss {
  let [absolute, relative, squared] = [0, 0, 0];
  truth.forEach((value, step) => {
    const error = Math.abs(value - (path[step] ?? 0));
    absolute += error;
    squared += error * error;
    relative += error / (Math.abs(value) + Math.abs(path[step] ?? 0) || 1);
  });
  return { absolute, relative, squared };
}

function weightsOf(losses: readonly (readonly Loss[])[], count: number, aim: Aim): number[] {
  if (losses.length === 0) return Array.from({ length: count }, () => 1 / count);
  const sum = (member: number, key: keyof Loss) => losses.reduce((total, each) => total + (each[member]?.[key] ?? 0), 0);
  const errors = Array.from({ length: count }, (_, member) => (aim === 'mean' ? sum(member, 'squared') : Math.sqrt(sum(member, 'absolute') * sum(member, 'relative'))));
  const least = Math.min(...errors);
  // A perfect member: only the perfect ones count.
  const shares = errors.map((error) => (least === 0 ? Number(error === 0) : (least / error) ** preference));
  const total = shares.reduce((all, share) => all + share, 0);
  return shares.map((share) => share / total);
}
