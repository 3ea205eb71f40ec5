import type { History, HistoryPoint } from './history.js';
import { knownAt } from './history.js';
import type { HistoryLevel } from './execution.js';
import { memoised } from './memoised.js';

/** What is known of one key. */
export interface KnownHistory {
  readonly level: HistoryLevel;
  readonly history: History;
}

/** The histories that a prediction can rest on, the finest first. */
export type HistoryChain = readonly KnownHistory[];

/** Executions that a finer history must have before a coarser one is not asked. */
const enough = 3;

/** The chain as it was known at a moment. */
export function chainKnownAt(chain: HistoryChain, atMs: number): HistoryChain {
  return chain.map(({ level, history }) => ({ level, history: knownAt(history, atMs) }));
}

/**
 * The history to predict from: the finest that has enough executions of the sort asked for; where none has, the finest that has the most.
 * Null when there is none at all.
 */
export function historyFor(chain: HistoryChain, isOfUse: (point: HistoryPoint) => boolean): (KnownHistory & { readonly points: readonly HistoryPoint[] }) | null {
  let best: (KnownHistory & { readonly points: readonly HistoryPoint[] }) | null = null;
  for (const known of chain) {
    const points = pointsOf(known.history, isOfUse);
    if (points.length >= enough) return { ...known, points };
    if (points.length > (best?.points.length ?? 0)) best = { ...known, points };
  }
  return best;
}

const ofUse = memoised((isOfUse: (point: HistoryPoint) => boolean) => memoised((history: History) => history.points.filter(isOfUse)));

/** The same array each time, as long as the history is the same object. */
function pointsOf(history: History, isOfUse: (point: HistoryPoint) => boolean): readonly HistoryPoint[] {
  return ofUse(isOfUse)(history);
}

export function hasDuration({ durationMs, outcome }: HistoryPoint): boolean {
  return durationMs !== null && durationMs > 0 && outcome === 'success';
}

export function hasMemory({ peakMemoryBytes }: HistoryPoint): boolean {
  return peakMemoryBytes !== null && peakMemoryBytes > 0;
}

export function hasResult({ outcome }: HistoryPoint): boolean {
  return outcome === 'success' || outcome === 'failure' || outcome === 'error' || outcome === 'timeout';
}
