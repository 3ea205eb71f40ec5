import { growthLine, growthPower } from '@orrery/learning';
import { median } from '@orrery/stats';
import type { Run } from './duration-point.js';

/** How long a task takes for an input, from runs of it; recent changes are not its business. */
export interface SizeModel {
  readonly name: 'level' | 'line' | 'power';
  expectedMs(sizeBytes: number | null): number;
  /** ln(real / expected) of each run, from models that had not seen it; oldest first: of all runs, or, for a curve, the last of many. Empty for one run. */
  readonly heldOutErrors: readonly number[];
  /** The runs that it was fitted to. */
  readonly runs: readonly Run[];
}

type Expectation = (sizeBytes: number | null) => number;
type Fit = (runs: readonly Run[]) => Expectation | null;

const leastSizes = 3;
const leastForPower = 10;
// A richer model has to be clearly better on runs that it had not seen.
const lineMargin = 0.9;
const powerMargin = 0.8;
const greatestError = 2;
// Up to here each run is held out by itself, beyond by quarters; a curve only tells the last of many: an answer has to be cheap.
const singlyHeldOut = 8;
const folds = 4;
const lastHeldOut = 16;
// Less than this is rounding, and no reason to prefer anything.
const leastGain = 1e-9;

const level = (runs: readonly Run[]): Expectation => {
  const ms = Math.exp(median(runs.map((run) => Math.log(run.ms))));
  return () => ms;
};
const line: Fit = (runs) => fromCurve(growthLine(pointsOf(runs)));
const power: Fit = (runs) => (runs.every(({ sizeBytes }) => (sizeBytes ?? 0) > 0) ? fromCurve(growthPower(pointsOf(runs))) : null);

/** Chooses by held-out error between one level for all inputs, a line and a power law; runs are on the reference machine, in order of time. @param isSized whether the input's size is known of what is asked about. */
export function fitSizeModel(runs: readonly Run[], isSized: boolean): SizeModel {
  const sized = runs.filter((run) => run.sizeBytes !== null);
  const usable = isSized && sized.length >= Math.max(leastSizes, runs.length / 2) && new Set(sized.map((run) => run.sizeBytes)).size >= leastSizes;
  if (!usable) return levelModel(runs);
  let best = levelModel(sized);
  const consider = (name: SizeModel['name'], fit: Fit, margin: number): void => {
    const expectation = fit(sized);
    if (expectation === null) return;
    const rival = { name, expectedMs: expectation, heldOutErrors: heldOut(sized, fit, lastHeldOut), runs: sized };
    if (meanError(rival.heldOutErrors) < margin * meanError(best.heldOutErrors.slice(-rival.heldOutErrors.length)) - leastGain) best = rival;
  };
  consider('line', line, lineMargin);
  if (best.name === 'line' && sized.length >= leastForPower) consider('power', power, powerMargin);
  // A level can use the runs of unknown size as well.
  return best.name === 'level' && sized.length < runs.length ? levelModel(runs) : best;
}

function levelModel(runs: readonly Run[]): SizeModel {
  return { name: 'level', expectedMs: level(runs), heldOutErrors: heldOut(runs, level, runs.length), runs };
}

function heldOut(runs: readonly Run[], fit: Fit, last: number): number[] {
  if (runs.length < 2) return [];
  const groups = runs.length <= singlyHeldOut ? runs.length : folds;
  const from = Math.max(0, runs.length - last);
  const errors = new Array<number>(runs.length - from).fill(0);
  for (let group = 0; group < groups; group++) {
    const others = runs.filter((_, index) => index < from || index % groups !== group);
    const expected = fit(others) ?? level(others);
    for (let index = from; index < runs.length; index++) {
      const run = runs[index];
      if (run !== undefined && index % groups === group) errors[index - from] = Math.log(run.ms / expected(run.sizeBytes));
    }
  }
  return errors;
}

function meanError(errors: readonly number[]): number {
  return errors.reduce((sum, error) => sum + Math.min(Math.abs(error), greatestError), 0) / errors.length;
}

function pointsOf(runs: readonly Run[]): { x: number; y: number; weight: number }[] {
  return runs.map(({ sizeBytes, ms }) => ({ x: sizeBytes ?? 0, y: ms, weight: 1 }));
}

function fromCurve(curve: ((x: number) => number) | null): Expectation | null {
  return curve === null ? null : (sizeBytes) => curve(sizeBytes ?? 0);
}
