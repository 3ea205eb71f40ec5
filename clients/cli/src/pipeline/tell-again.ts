import { logFile } from './attempt-files.js';
import { noTraces, PipelineRecording } from './pipeline-recording.js';
import type { RunState } from './run-state.js';
import type { OwnedRun, RunStore } from './run-store.js';
import type { Address } from '../api-client.js';
import type { Spool } from '../spool/spool.js';
import { readTail } from './task-process.js';

/** Says what the journal holds of the newest attempt of a run, and the platform may not have heard. */
export function tellAgain(recording: PipelineRecording, { state, journal, folder }: OwnedRun): void {
  let runAttempt = 0;
  for (const [index, entry] of journal.read().entries()) {
    if (entry.kind === 'life') runAttempt = entry.runAttempt;
    if (index < state.toldEntries || runAttempt !== state.runAttempt) continue;
    const unit = entry.kind === 'start' || entry.kind === 'end' ? state.unit(entry.task) : undefined;
    if (unit === undefined) continue;
    if (entry.kind === 'start') recording.started(unit, entry);
    if (entry.kind === 'end') recording.ended(unit, entry, { ...noTraces, tail: readTail(logFile(folder, runAttempt, unit, entry.attempt)) });
  }
}

/** Says the end of an attempt of a run whose process was killed before it could. */
export async function tellEnd(owned: OwnedRun, { address, spool }: { readonly address: Address; readonly spool: Spool }): Promise<void> {
  const { state, journal } = owned;
  if (!state.isUntold) return;
  const recording = new PipelineRecording(state, address, state.worker);
  tellAgain(recording, owned);
  leaveOut(recording, state, Date.now());
  recording.finished(state.finished ?? state.outcome, Date.now());
  await recording.close(spool);
  const told = { kind: 'told', entries: state.entryCount } as const;
  journal.append(told);
  state.apply(told);
}

/** The same for a run that nobody carries on any more. */
export async function deliverEnd(store: RunStore, { isUntold, begin }: RunState, destination: { readonly address: Address; readonly spool: Spool }): Promise<void> {
  const owned = isUntold ? store.own(begin.run) : undefined;
  if (owned === undefined) return;
  await tellEnd(owned, destination).finally(() => owned.release());
}

/** Says of what never ran that it will not. */
export function leaveOut(recording: PipelineRecording, { units }: RunState, atMs: number): void {
  for (const unit of units) {
    if (unit.status === 'skipped') recording.leftOut(unit, 'skip', atMs);
    else if (unit.status === 'cancelled' && unit.outcome !== 'cancellation') recording.leftOut(unit, 'cancellation', atMs);
  }
}
