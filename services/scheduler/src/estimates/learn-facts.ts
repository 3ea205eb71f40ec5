import { workflowId, type Observation } from '@orrery/contracts';
import type { Transaction } from '@orrery/persistence';
import { addTask, emptyEstimate, learnTask } from '../domain/index.js';
import { estimateKey, loadEstimates, saveEstimates, type StoredEstimate } from './estimate.repository.js';
import { lockRuns, pruneRuns, saveRuns } from './finished-run.repository.js';

/** The end of a run or task, and when the log took the fact. */
export interface RecordedEnd {
  readonly observation: Observation;
  readonly recordedAtMs: number;
  /** What the engine calls the run; empty where it does not say. */
  readonly externalRunId: string;
  readonly isOutOfMemory: boolean;
  /** Ids of the tasks that it waited for; empty for a run. */
  readonly dependsOn: readonly string[];
}

/** Learns tasks of one tenant that ended: what to expect of the next, and what their runs were made of. */
export async function learnTasks(transaction: Transaction, tenantId: string, ends: readonly RecordedEnd[]): Promise<void> {
  const keys = new Map(ends.map(({ observation }) => [estimateKey(keyOf(observation)), keyOf(observation)]));
  const known = await loadEstimates(transaction, tenantId, [...keys.values()]);
  const changed = new Map<string, StoredEstimate>();
  for (const { observation, recordedAtMs, isOutOfMemory } of ends) {
    const key = keyOf(observation);
    const name = estimateKey(key);
    const { measures, memoryLimitBytes, outcome, workflow } = observation;
    const told = { isSuccess: outcome === 'success', isOutOfMemory, durationMs: measures.durationMs, peakMemoryBytes: measures.peakMemoryBytes, memoryLimitBytes };
    const estimate = learnTask(changed.get(name)?.estimate ?? known.get(name) ?? emptyEstimate, told);
    changed.set(name, { ...key, workflow, estimate, learnedAtMs: Math.max(recordedAtMs, changed.get(name)?.learnedAtMs ?? 0) });
  }
  await saveEstimates(transaction, tenantId, [...changed.values()]);
  await keepTasks(transaction, tenantId, ends);
}

/** Learns runs of one tenant that ended. */
export async function learnRuns(transaction: Transaction, tenantId: string, ends: readonly RecordedEnd[]): Promise<void> {
  const runs = await lockRuns(transaction, tenantId, ends.map(toldRun));
  for (const { observation, recordedAtMs } of ends) {
    const { runId, startedAtMs, finishedAtMs, observedAtMs, outcome } = observation;
    const run = runs.get(runId);
    if (run !== undefined) runs.set(runId, { ...run, startedAtMs, finishedAtMs: finishedAtMs ?? observedAtMs, outcome, recordedAtMs: Math.max(run.recordedAtMs, recordedAtMs) });
  }
  await saveRuns(transaction, tenantId, [...runs.values()]);
  await pruneRuns(transaction, tenantId, [...new Set([...runs.values()].map((run) => run.workflowId))].sort());
}

async function keepTasks(transaction: Transaction, tenantId: string, ends: readonly RecordedEnd[]): Promise<void> {
  const succeeded = ends.filter(({ observation: { outcome, measures, startedAtMs } }) => outcome === 'success' && measures.durationMs !== null && startedAtMs !== null);
  if (succeeded.length === 0) return;
  const runs = await lockRuns(transaction, tenantId, succeeded.map(toldRun));
  for (const { observation, recordedAtMs, dependsOn } of succeeded) {
    const { runId, taskId, task, attempt, startedAtMs, measures } = observation;
    const run = runs.get(runId);
    if (run === undefined) continue;
    const ended = { id: taskId, name: task, attempt, startedAtMs: startedAtMs ?? 0, durationMs: measures.durationMs ?? 0, memoryBytes: measures.peakMemoryBytes, dependsOn };
    runs.set(runId, { ...run, tasks: addTask(run.tasks, ended), recordedAtMs: Math.max(run.recordedAtMs, recordedAtMs) });
  }
  await saveRuns(transaction, tenantId, [...runs.values()]);
}

function keyOf(observation: Observation): Pick<StoredEstimate, 'workflowId' | 'task'> {
  return { workflowId: workflowId(observation), task: observation.task };
}

function toldRun({ observation, recordedAtMs }: RecordedEnd) {
  return { runId: observation.runId, workflowId: workflowId(observation), workflow: observation.workflow, recordedAtMs };
}
