import type { Observation, OutcomeWord } from '@orrery/contracts';
import type { Transaction } from '@orrery/persistence';
import { isExperimentTenant } from './experiment.repository.js';
import { noteEnded, type EndedRow } from './outcome.repository.js';

/** The end of a run or of a task. */
export interface ToldEnd {
  /** What the engine calls the run, which it may have asked by; empty where it does not say. */
  readonly externalRunId: string;
  readonly observation: Pick<Observation, 'kind' | 'subject' | 'runId' | 'task' | 'outcome' | 'startedAtMs' | 'finishedAtMs' | 'observedAtMs' | 'measures'>;
}

const failures: ReadonlySet<OutcomeWord> = new Set(['failure', 'error', 'timeout']);

/** Learns how runs ended and what their tasks took; each end once. Of a tenant whose engines never asked what to start, nothing is kept. */
export async function learnOutcomes(transaction: Transaction, tenantId: string, ends: readonly ToldEnd[], nowMs: number): Promise<void> {
  if (!(await isExperimentTenant(transaction, tenantId))) return;
  const rows = new Map<string, EndedRow>();
  for (const { observation, externalRunId } of ends) {
    const row = observation.kind === 'finished' ? rowOf(observation, externalRunId) : undefined;
    if (row !== undefined) rows.set(row.run_id, joined(rows.get(row.run_id), row));
  }
  await noteEnded(transaction, tenantId, [...rows.values()], nowMs);
}

function rowOf({ subject, runId, task, outcome, startedAtMs, finishedAtMs, observedAtMs, measures: { durationMs } }: ToldEnd['observation'], externalRunId: string): EndedRow | undefined {
  const ids = { run_id: runId, external_run_id: externalRunId };
  if (subject === 'run') return { ...ids, started_ms: startedAtMs, finished_ms: finishedAtMs ?? observedAtMs, is_failed: failures.has(outcome), resource_ms: 0, task_ends: [] };
  if (durationMs === null) return undefined;
  return { ...ids, started_ms: null, finished_ms: null, is_failed: false, resource_ms: durationMs, task_ends: [[task, durationMs]] };
}

function joined(known: EndedRow | undefined, row: EndedRow): EndedRow {
  if (known === undefined) return row;
  return {
    ...{ run_id: row.run_id, external_run_id: row.external_run_id, started_ms: known.started_ms ?? row.started_ms, finished_ms: known.finished_ms ?? row.finished_ms, is_failed: known.is_failed || row.is_failed },
    ...{ resource_ms: known.resource_ms + row.resource_ms, task_ends: [...known.task_ends, ...row.task_ends] },
  };
}
