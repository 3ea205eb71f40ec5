import { Outcome, type Run, type RunFinished, type TaskFinished } from '@orrery/contracts';
import type { Transaction } from '@orrery/persistence';
import { noteEnded, type EndedRow } from './outcome.repository.js';

type OutcomeFact = RunFinished | TaskFinished | { readonly $typeName: string };

const failures: ReadonlySet<Outcome> = new Set([Outcome.FAILURE, Outcome.ERROR, Outcome.TIMEOUT]);

/** Learns how runs ended and what their tasks took from facts that are new; others than ends of runs and tasks teach it nothing. */
export async function learnOutcomes(transaction: Transaction, tenantId: string, facts: readonly OutcomeFact[], nowMs: number): Promise<void> {
  const rows = new Map<string, EndedRow>();
  for (const fact of facts) {
    const row = rowOf(fact);
    if (row !== undefined) rows.set(row.run_id, joined(rows.get(row.run_id), row));
  }
  await noteEnded(transaction, tenantId, [...rows.values()], nowMs);
}

function rowOf(fact: OutcomeFact): EndedRow | undefined {
  if (isRunFinished(fact)) return fact.run === undefined ? undefined : ofRun(fact.run);
  if (!isTaskFinished(fact)) return undefined;
  const { run, task } = fact;
  const durationMs = (task?.finishedAtMs ?? Number.NaN) - (task?.startedAtMs ?? Number.NaN);
  if (run === undefined || task === undefined || !(durationMs >= 0)) return undefined;
  return { run_id: run.runId, started_ms: null, finished_ms: null, is_failed: false, resource_ms: durationMs, task_ends: [[task.name, durationMs]] };
}

function ofRun({ runId, startedAtMs, finishedAtMs, outcome }: Run): EndedRow {
  return { run_id: runId, started_ms: startedAtMs ?? null, finished_ms: finishedAtMs ?? null, is_failed: failures.has(outcome), resource_ms: 0, task_ends: [] };
}

function joined(known: EndedRow | undefined, row: EndedRow): EndedRow {
  if (known === undefined) return row;
  return {
    ...{ run_id: row.run_id, started_ms: known.started_ms ?? row.started_ms, finished_ms: known.finished_ms ?? row.finished_ms, is_failed: known.is_failed || row.is_failed },
    ...{ resource_ms: known.resource_ms + row.resource_ms, task_ends: [...known.task_ends, ...row.task_ends] },
  };
}

function isRunFinished(fact: OutcomeFact): fact is RunFinished {
  return fact.$typeName === 'orrery.v1.RunFinished';
}

function isTaskFinished(fact: OutcomeFact): fact is TaskFinished {
  return fact.$typeName === 'orrery.v1.TaskFinished';
}
