import { OrreryError } from '@orrery/errors';
import type { BeginEntry } from './run-entry.js';
import type { RunState } from './run-state.js';
import type { OwnedRun, RunStore } from './run-store.js';

/** What is asked for: a run that begins (or was begun under the same id), or one that is taken up. */
export type RunOrder = { readonly kind: 'begin'; readonly entry: BeginEntry } | { readonly kind: 'resume'; readonly run: string };

export type TakenRun = { readonly owned: OwnedRun } | { readonly ended: RunState };

export function runOf(order: RunOrder): string {
  return order.kind === 'begin' ? order.entry.run : order.run;
}

/**
 * Takes a run to carry it on. A run that ended is not run twice under its id; one that ended badly is only when it is resumed.
 *
 * @throws ORRERY_CONFLICT when another process carries it on, or another pipeline has its id
 */
export function takeRun(store: RunStore, order: RunOrder): TakenRun {
  if (order.kind === 'begin') {
    const owned = store.begin(order.entry);
    if (owned !== undefined) return { owned };
    checkSame(store.read(order.entry.run), order.entry);
  }
  const run = runOf(order);
  const known = store.read(run);
  const isOver = known?.finished === 'success' || (known?.finished !== undefined && order.kind === 'begin');
  if (known !== undefined && isOver) return { ended: known };
  const owned = store.own(run);
  if (owned === undefined) throw new OrreryError('ORRERY_CONFLICT', `run ${run} is being carried on by another process`);
  return { owned };
}

function checkSame(known: RunState | undefined, entry: BeginEntry): void {
  if (known === undefined || JSON.stringify(known.begin.pipeline) === JSON.stringify(entry.pipeline)) return;
  throw new OrreryError('ORRERY_CONFLICT', `run ${entry.run} was begun with another pipeline (${known.begin.pipeline.name}); give this one another id, or take that one up with --resume ${entry.run}`);
}
