import type { OutgoingRecord } from '@orrery/event-log';
import type { Transaction } from '@orrery/persistence';
import type { AnomalyWriter, Outbox } from './anomaly-writer.js';
import { levelsOf, workflowId, workloadKeyOf } from './domain/index.js';
import { AnomalyBoard, type AnomalyChange } from './learning/anomaly-board.js';
import { BatchLearner, type RecordedObservation } from './learning/batch-learner.js';
import { stateRecord } from './outgoing-records.js';
import { lockUnresolvedAnomalies } from './storage/anomaly.repository.js';
import { holdBaselines, loadBaselineStates, saveBaselines } from './storage/baseline.repository.js';
import { loadCauseSettings } from './storage/cause-setting.repository.js';
import { addHistory } from './storage/history.repository.js';
import { addObservations } from './storage/observation.repository.js';
import { loadGuards, saveGuards } from './storage/outage-guard.repository.js';
import { closeRuns, reportedRuns } from './storage/running-run.repository.js';
import { dropWatches } from './storage/watch.repository.js';

export interface Writers {
  readonly anomalies: AnomalyWriter;
  readonly outbox: Outbox;
}

/**
 * Learns the ends of runs or tasks of one tenant: loads all that the batch touches with one statement a table, learns in memory, and writes
 * back. Returns what became of anomalies.
 */
export async function learnFinished(transaction: Transaction, tenantId: string, entries: readonly RecordedObservation[], { anomalies, outbox }: Writers): Promise<readonly AnomalyChange[]> {
  await holdBaselines(transaction, tenantId);
  await endRuns(transaction, tenantId, entries);
  const levels = entries.flatMap(({ observation }) => levelsOf(workloadKeyOf(observation)));
  const subjects = distinct(levels.filter(({ isSubject }) => isSubject).map(({ keyId }) => keyId));
  const workflows = distinct(entries.filter(({ observation }) => observation.subject === 'task').map(({ observation }) => workflowId(observation)));
  const known = await lockUnresolvedAnomalies(transaction, tenantId, [...subjects, ...workflows]);
  const settings = await loadCauseSettings(transaction, tenantId, [...subjects, ...workflows]);
  const board = new AnomalyBoard(known, settings);
  const overrun = known.filter(({ cause }) => cause === 'overrun').map(({ subjectKeyId }) => subjectKeyId);
  const learner = new BatchLearner({
    states: await loadBaselineStates(transaction, tenantId, distinct(levels.map(({ keyId }) => keyId))),
    guards: await loadGuards(transaction, tenantId, workflows),
    reportedRuns: await reportedRuns(transaction, tenantId, overrun),
    anomalies: board,
    settings,
  });
  for (const entry of entries) learner.learn(entry);
  await addObservations(transaction, tenantId, entries);
  const states = await save(transaction, tenantId, learner);
  const changes = board.changes();
  await anomalies.write(transaction, tenantId, changes);
  await outbox.write(transaction, states);
  return changes;
}

/** Before the anomalies are looked at: the clock, which may be opening one for such a run, is waited for here. */
async function endRuns(transaction: Transaction, tenantId: string, entries: readonly RecordedObservation[]): Promise<void> {
  const runs = entries.filter(({ observation }) => observation.subject === 'run').map(({ observation, recordedAtMs }) => ({ runId: observation.runId, recordedAtMs }));
  await dropWatches(transaction, tenantId, 'run', runs.map(({ runId }) => runId));
  await closeRuns(transaction, tenantId, runs);
}

async function save(transaction: Transaction, tenantId: string, learner: BatchLearner): Promise<readonly OutgoingRecord[]> {
  const saved = await saveBaselines(transaction, tenantId, learner.baselines());
  await saveGuards(transaction, tenantId, learner.guards());
  await addHistory(transaction, tenantId, learner.history());
  return saved.map((baseline) => stateRecord(tenantId, baseline));
}

function distinct(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
