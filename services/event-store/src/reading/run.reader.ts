import type { Transaction } from '@orrery/persistence';
import { findChildRuns, sumActorsOf } from '../storage/run.repository.js';
import type { StoredRun } from '../storage/run-rows.js';
import { flagsView, runView, type RunDetailView } from '../views/run.view.js';

/** Reads a run with who acted in it, the runs it started and where its records came from. */
export async function readRunDetail(transaction: Transaction, run: StoredRun): Promise<RunDetailView> {
  const actors = await sumActorsOf(transaction, run);
  const children = await findChildRuns(transaction, run.run.runId);
  return {
    ...runView(run),
    actors: actors.map(({ duration_us, ...totals }) => ({ ...totals, duration_ms: duration_us === null ? null : duration_us / 1000 })),
    child_runs: children.map(runView).map(({ run_id, workflow, status, outcome }) => ({ run_id, workflow, status, outcome })),
    sources: [...run.sources],
    flags: flagsView(run),
  };
}
