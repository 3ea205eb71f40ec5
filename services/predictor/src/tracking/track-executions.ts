import { workflowId } from '@orrery/contracts';
import type { OutgoingRecord } from '@orrery/event-log';
import type { Transaction } from '@orrery/persistence';
import { emptyProgress, historyKeysOfExecution, noChampions, scoreNextTask, scorePrediction, sumAccuracy, truthOf, type Champions, type Execution, type MadePrediction, type ScoredPrediction } from '../domain/index.js';
import { scoredRecord } from '../outgoing-records.js';
import type { PredictorMetrics } from '../predictor.metrics.js';
import { addAccuracy } from '../storage/accuracy.repository.js';
import { addExamples } from '../storage/example.repository.js';
import { loadHistories, saveHistories } from '../storage/history.repository.js';
import { addPredictions, closePredictions, lockOpenPredictions, type OpenPrediction } from '../storage/prediction.repository.js';
import { lockRuns, saveRuns } from '../storage/run-progress.repository.js';
import { loadWorkflowStates, saveWorkflowStates } from '../storage/workflow-state.repository.js';
import { BatchTracker, type InBucket, type RecordedExecution } from './batch-tracker.js';

export interface TrackingParts {
  readonly outbox: { write(transaction: Transaction, records: readonly OutgoingRecord[]): Promise<void> };
  readonly metrics: PredictorMetrics;
  readonly champions: Champions | undefined;
}

type Scored = ScoredPrediction & InBucket;

/**
 * Learns the ends of runs or tasks of one tenant: loads all that the batch touches with one statement a table, follows them in memory, and
 * writes back. A batch is of one topic, so that each state has one writer.
 */
export async function trackExecutions(transaction: Transaction, tenantId: string, entries: readonly RecordedExecution[], { outbox, metrics, champions = noChampions }: TrackingParts): Promise<void> {
  const told = entries.map(({ execution: { observation }, recordedAtMs }) => ({ runId: observation.runId, workflowId: workflowId(observation), recordedAtMs }));
  const runs = await lockRuns(transaction, tenantId, told, emptyProgress);
  const open = await lockOpenPredictions(transaction, tenantId, [...runs.keys()]);
  const subject = entries[0]?.execution.observation.subject ?? 'task';
  const keyIds = [...new Set(entries.flatMap(({ execution }) => historyKeysOfExecution(execution).map(({ keyId }) => keyId)))];
  const tracker = new BatchTracker({
    histories: await loadHistories(transaction, tenantId, keyIds),
    workflows: await loadWorkflowStates(transaction, tenantId, subject, [...new Set(told.map((run) => run.workflowId))]),
    runs,
    champions,
  });
  for (const entry of entries) tracker.track(entry);
  const asked = scoreAsked(open, entries);
  await saveRuns(transaction, tenantId, tracker.runs());
  await saveHistories(transaction, tenantId, tracker.histories());
  await saveWorkflowStates(transaction, tenantId, tracker.workflows());
  await addExamples(transaction, tenantId, tracker.examples);
  await addPredictions(transaction, tenantId, tracker.scored.map(({ prediction, outcome, bucket }) => ({ prediction, outcome, bucket })));
  await closePredictions(transaction, asked);
  const scored: readonly Scored[] = [...tracker.scored, ...asked];
  await addAccuracy(transaction, tenantId, sumAccuracy(scored));
  await outbox.write(transaction, scored.map((one) => scoredRecord(tenantId, one)));
  for (const { prediction, outcome } of scored) metrics.countScored(prediction.target, outcome.grade);
  metrics.countDrifts(tracker.driftCount);
}

/** What was asked about these executions before they ended. */
function scoreAsked(open: readonly OpenPrediction[], entries: readonly RecordedExecution[]): readonly Scored[] {
  const ended = new Map<string, Execution>();
  // The first attempt that ends is what was asked about.
  for (const { execution } of entries) {
    const { runId, task } = execution.observation;
    if (!ended.has(subjectOf(runId, task))) ended.set(subjectOf(runId, task), execution);
  }
  return open.flatMap(({ prediction, bucket }) => {
    if (prediction.target === 'next_task') {
      const next = scoreAskedNext(prediction, entries);
      return next === null ? [] : [{ ...next, bucket }];
    }
    const execution = ended.get(subjectOf(prediction.runId ?? '', prediction.task));
    if (execution === undefined || prediction.madeAtMs > execution.observation.observedAtMs) return [];
    const scored = scorePrediction(prediction, truthOf(execution));
    return scored === null ? [] : [{ ...scored, bucket }];
  });
}

/** The first task of the run that ended after it was asked; the end of the run when that came first. */
function scoreAskedNext(prediction: MadePrediction, entries: readonly RecordedExecution[]): ScoredPrediction | null {
  const next = entries.find(({ execution: { observation } }) => observation.runId === prediction.runId && observation.observedAtMs >= prediction.madeAtMs);
  return next === undefined ? null : scoreNextTask(prediction, next.execution.observation.task, next.execution.observation.observedAtMs);
}

function subjectOf(runId: string, task: string): string {
  return `${runId} ${task}`;
}
