import type { Run } from '../api/wire-shapes.js';
import type { RunChange } from './live-message.js';

/** When a run stands in the list: its start, else when it was queued, else when it was first heard of. */
const placeOf = (run: Run): number => Date.parse(run.started_at ?? run.queued_at ?? run.received_at ?? '') || 0;

/**
 * Puts a fresh first page over the runs that are shown: what is known is renewed in place, what is new is added, and what
 * the fresh page no longer holds, though it should, is dropped.
 */
export function mergeRuns(shown: readonly Run[], fresh: readonly Run[]): readonly Run[] {
  const oldest = fresh.at(-1);
  if (oldest === undefined) return fresh;
  const freshIds = new Set(fresh.map((run) => run.run_id));
  const rest = shown.filter((run) => !freshIds.has(run.run_id) && placeOf(run) <= placeOf(oldest));
  return [...fresh, ...rest];
}

/** Shows a change of status at once, ahead of the reading that brings the rest. */
export function applyChange(shown: readonly Run[], change: RunChange): readonly Run[] {
  const index = shown.findIndex((run) => run.run_id === change.run_id);
  const run = shown[index];
  if (run === undefined || (run.status === change.run.status && run.outcome === change.run.outcome)) return shown;
  return shown.with(index, { ...run, status: change.run.status ?? run.status, outcome: change.run.outcome ?? run.outcome });
}
