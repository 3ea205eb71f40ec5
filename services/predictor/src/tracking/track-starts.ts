import { workflowId, type Observation } from '@orrery/contracts';
import type { Transaction } from '@orrery/persistence';
import { emptyProgress, startRun } from '../domain/index.js';
import { lockRuns, saveRuns, type StoredRun } from '../storage/run-progress.repository.js';

/** That a run began, and when the log took the fact. */
export interface RecordedStart {
  readonly observation: Observation;
  readonly recordedAtMs: number;
}

/** Takes note of runs that began, so that their end can be predicted before the first task of them has ended. */
export async function trackStarts(transaction: Transaction, tenantId: string, starts: readonly RecordedStart[]): Promise<void> {
  const told = starts.map(({ observation, recordedAtMs }) => ({ runId: observation.runId, workflowId: workflowId(observation), recordedAtMs }));
  const runs = await lockRuns(transaction, tenantId, told, emptyProgress);
  const begun = starts.flatMap(({ observation, recordedAtMs }): StoredRun[] => {
    const run = runs.get(observation.runId);
    return run === undefined ? [] : [{ ...run, progress: startRun(run.progress, observation), recordedAtMs: Math.max(recordedAtMs, run.recordedAtMs) }];
  });
  await saveRuns(transaction, tenantId, begun);
}
