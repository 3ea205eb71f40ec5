import type { Transaction } from '@orrery/persistence';
import type { AnomalyWriter } from './anomaly-writer.js';
import type { BaselineMetrics } from './baseline.metrics.js';
import { seriesIdOf, subjectOfSeries, type SeriesEvent, type SeriesKey, type SeriesState } from './domain/index.js';
import { AnomalyBoard, type AnomalyChange } from './learning/anomaly-board.js';
import { SeriesLearner, type RecordedSeriesEvent } from './learning/series-learner.js';
import { lockUnresolvedAnomalies } from './storage/anomaly.repository.js';
import { loadCauseSettings } from './storage/cause-setting.repository.js';
import { countSeries, loadSeries, saveSeries } from './storage/series.repository.js';

/** Series of one kind that a tenant can have watched. Writers of several partitions may each overshoot it by what one batch has. */
export const mostSeries = 10_000;

export interface SeriesWriters {
  readonly anomalies: AnomalyWriter;
  readonly metrics: Pick<BaselineMetrics, 'countUnwatched'>;
}

/** Learns what gauges of one tenant showed: loads each table once for all series of the batch, learns in memory, and writes back. */
export async function learnSampled(transaction: Transaction, tenantId: string, events: readonly RecordedSeriesEvent[], { anomalies, metrics }: SeriesWriters): Promise<readonly AnomalyChange[]> {
  const states = await watchedSeries(transaction, tenantId, events, metrics);
  const subjects = subjectsOf(events);
  const known = await lockUnresolvedAnomalies(transaction, tenantId, subjects);
  const settings = await loadCauseSettings(transaction, tenantId, subjects);
  const board = new AnomalyBoard(known, settings);
  const learner = new SeriesLearner({ states, settings, anomalies: board });
  for (const event of events) learner.learn(event);
  await saveSeries(transaction, tenantId, learner.series());
  const changes = board.changes();
  await anomalies.write(transaction, tenantId, changes);
  return changes;
}

/** The keys that anomalies of these series are kept for. */
export function subjectsOf(events: readonly RecordedSeriesEvent[]): readonly string[] {
  return [...new Set(events.map(({ event }) => subjectOfSeries(event.key).subjectKeyId))];
}

/** What is known of the series of some events; null for new ones that there is room for, nothing for those that there is none for. */
export async function watchedSeries(
  transaction: Transaction,
  tenantId: string,
  events: readonly RecordedSeriesEvent[],
  metrics: SeriesWriters['metrics'],
): Promise<ReadonlyMap<string, SeriesState | null>> {
  const keys = new Map(events.map(({ event }) => [seriesIdOf(event.key), event.key]));
  const states = new Map<string, SeriesState | null>(await loadSeries(transaction, tenantId, [...keys.keys()]));
  for (const kind of ['sampled', 'submissions'] as const) {
    const added = [...keys].filter(([seriesId, key]) => key.kind === kind && !states.has(seriesId)).map(([seriesId]) => seriesId);
    if (added.length === 0) continue;
    const room = mostSeries - (await countSeries(transaction, tenantId, kind, mostSeries));
    for (const seriesId of added.slice(0, room)) states.set(seriesId, null);
  }
  countUnwatched(events, states, metrics);
  return states;
}

function countUnwatched(events: readonly RecordedSeriesEvent[], states: ReadonlyMap<string, SeriesState | null>, metrics: SeriesWriters['metrics']): void {
  const lost = new Map<SeriesKey['kind'], number>();
  for (const { event } of events) {
    if (!states.has(seriesIdOf(event.key))) lost.set(event.key.kind, (lost.get(event.key.kind) ?? 0) + valuesIn(event));
  }
  for (const [kind, values] of lost) metrics.countUnwatched(kind, values);
}

function valuesIn(event: SeriesEvent): number {
  return event.kind === 'start' ? 1 : event.values.length;
}
