import type { Transaction } from '@orrery/persistence';
import { dueAt, learnCadence, levelsOf, nextDueAt, submissionOf, workflowId, workloadKeyOf, type KeyLevel } from './domain/index.js';
import { subjectsOf, watchedSeries, type SeriesWriters } from './learn-series.js';
import { AnomalyBoard, type AnomalyChange } from './learning/anomaly-board.js';
import type { RecordedObservation } from './learning/batch-learner.js';
import { lookAt } from './learning/look-at.js';
import { SeriesLearner } from './learning/series-learner.js';
import { lockUnresolvedAnomalies } from './storage/anomaly.repository.js';
import { loadBaselineStates } from './storage/baseline.repository.js';
import { loadCadences, saveCadences, type StoredCadence } from './storage/cadence.repository.js';
import { loadCauseSettings } from './storage/cause-setting.repository.js';
import { openRuns } from './storage/running-run.repository.js';
import { saveSeries } from './storage/series.repository.js';
import { dropWatches, setWatches, type Watch } from './storage/watch.repository.js';

/** A run that no baseline speaks for is looked at again after this long: by then one may. */
export const unknownDurationMs = 3_600_000;

/** Where the ends of these runs, and the next starts, will be told. */
export interface Origin {
  readonly tenantId: string;
  readonly partition: number;
}

/** Learns the starts of runs of one tenant: their rhythm, how many there are, and until when each should have ended. Returns what became of anomalies. */
export async function learnStarted(transaction: Transaction, origin: Origin, entries: readonly RecordedObservation[], { anomalies, metrics }: SeriesWriters): Promise<readonly AnomalyChange[]> {
  const { tenantId } = origin;
  const workflows = [...new Set(entries.map(({ observation }) => workflowId(observation)))];
  await learnCadences(transaction, origin, workflows, entries);
  await watchRuns(transaction, origin, entries);
  const events = entries.map(({ observation, recordedAtMs }) => ({ event: submissionOf(observation, recordedAtMs), recordedAtMs }));
  const states = await watchedSeries(transaction, tenantId, events, metrics);
  const subjects = subjectsOf(events);
  const settings = await loadCauseSettings(transaction, tenantId, subjects);
  const board = new AnomalyBoard(await lockUnresolvedAnomalies(transaction, tenantId, [...workflows, ...subjects]), settings);
  for (const { observation } of entries) board.normal(workflowId(observation), ['missed_start'], observation.observedAtMs);
  const learner = new SeriesLearner({ states, settings, anomalies: board });
  for (const event of events) learner.learn(event);
  await saveSeries(transaction, tenantId, learner.series());
  const changes = board.changes();
  await anomalies.write(transaction, tenantId, changes);
  return changes;
}

async function learnCadences(transaction: Transaction, { tenantId, partition }: Origin, workflows: readonly string[], entries: readonly RecordedObservation[]): Promise<void> {
  const cadences = await loadCadences(transaction, tenantId, workflows);
  const watches = new Map<string, Watch | null>();
  for (const { observation, recordedAtMs } of entries) {
    const id = workflowId(observation);
    const { engine, namespace, workflow, runId } = observation;
    const state = learnCadence(cadences.get(id)?.state ?? null, observation);
    cadences.set(id, { workflowId: id, engine, namespace, workflow, lastRunId: runId, state });
    const next = nextDueAt(state);
    const at = next === null ? null : lookAt(next.dueAtMs, recordedAtMs);
    watches.set(id, at === null ? null : { tenantId, kind: 'start', subjectId: id, partition, dueAtMs: at });
  }
  const given = [...watches.values()].filter((watch) => watch !== null);
  await dropWatches(transaction, tenantId, 'start', [...watches].filter(([, watch]) => watch === null).map(([id]) => id));
  await setWatches(transaction, given);
  await saveCadences(transaction, tenantId, [...cadences.values()] satisfies StoredCadence[]);
}

async function watchRuns(transaction: Transaction, { tenantId, partition }: Origin, entries: readonly RecordedObservation[]): Promise<void> {
  const runs = entries.map(({ observation, recordedAtMs }) => {
    const levels = levelsOf(workloadKeyOf(observation));
    return { runId: observation.runId, subjectKeyId: subjectIdOf(levels), observation, recordedAtMs, levels };
  });
  const running = await openRuns(transaction, tenantId, runs);
  const states = await loadBaselineStates(transaction, tenantId, [...new Set(runs.map(({ subjectKeyId }) => subjectKeyId))]);
  const watches = runs.flatMap(({ runId, levels, observation, recordedAtMs }): Watch[] => {
    const startedAtMs = observation.startedAtMs ?? observation.observedAtMs;
    const due = dueAt(levels.map((level) => ({ ...level, state: states.get(level.keyId) ?? null })), startedAtMs);
    const at = lookAt(due?.dueAtMs ?? startedAtMs + unknownDurationMs, recordedAtMs);
    return at === null || !running.has(runId) ? [] : [{ tenantId, kind: 'run', subjectId: runId, partition, dueAtMs: at }];
  });
  await setWatches(transaction, watches);
}

function subjectIdOf(levels: readonly KeyLevel[]): string {
  return levels.find(({ isSubject }) => isSubject)?.keyId ?? '';
}
