import type { RunProgress } from './run-progress.js';
import { taskStatesOf, type TaskState } from './task-state.js';

/** What runs that ended well had: of each name, how many tasks. */
export interface RunContents {
  readonly counts: ReadonlyMap<string, number>;
  /** Share of the runs that had just that, the last ones weighing most; all sum to 1. */
  readonly weight: number;
}

/** What a run weighs beside the one after it: about the last twenty count. */
const keep = 0.95;
/** How much a run speaks against contents that have one task less of a name than it has already. */
const mismatch = 0.02;

/** Gathers what runs had; equal contents are one. @param runs the names of the tasks of each, the latest run first. */
export function contentsOf(runs: readonly (readonly string[])[]): readonly RunContents[] {
  const known = new Map<string, { readonly counts: ReadonlyMap<string, number>; weight: number }>();
  let weight = 1;
  for (const names of runs) {
    const key = JSON.stringify([...names].sort());
    const same = known.get(key);
    if (same === undefined) known.set(key, { counts: countsOf(names), weight });
    else same.weight += weight;
    weight *= keep;
  }
  return asShares([...known.values()]);
}

function countsOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The contents by how well they agree with what a run has already. */
export function agreeing(contents: readonly RunContents[], states: ReadonlyMap<string, TaskState>): readonly RunContents[] {
  return asShares(
    contents.map(({ counts, weight }) => {
      let missing = 0;
      for (const [name, { endedCount }] of states) missing += Math.max(endedCount - (counts.get(name) ?? 0), 0);
      return { counts, weight: weight * mismatch ** Math.min(missing, 20) };
    }),
  );
}

/** However many runs had no more, one may. */
const mostCertain = 0.98;

/**
 * How likely a run has no task left, from what recent runs had that agree with it; null where there are none to go by.
 *
 * @param runs the names of the tasks of each, the latest run first.
 */
export function endShareFrom(runs: readonly (readonly string[])[], progress: RunProgress): number | null {
  if (runs.length === 0) return null;
  const states = taskStatesOf(progress);
  const isOver = ({ counts }: RunContents) => [...counts].every(([name, count]) => (states.get(name)?.endedCount ?? 0) >= count);
  const share = agreeing(contentsOf(runs), states).reduce((sum, contents) => sum + (isOver(contents) ? contents.weight : 0), 0);
  return Math.min(share, mostCertain);
}

/** Contents with shares that sum to 1. */
export function asShares(contents: readonly RunContents[]): readonly RunContents[] {
  const sum = contents.reduce((total, { weight }) => total + weight, 0);
  return sum > 0 ? contents.map(({ counts, weight }) => ({ counts, weight: weight / sum })) : contents;
}
