import { earliestMs, latestAheadMs, type MetricSampled, type Observation } from '@orrery/contracts';
import { canonicalAttributes, submissionsOf, type SeriesKey } from './series-key.js';
import type { SeriesValue } from './judge-series.js';

/** Values of one series that a fact tells, in their order; or that a run was started. */
export type SeriesEvent =
  | { readonly kind: 'values'; readonly key: SeriesKey; readonly values: readonly SeriesValue[] }
  | { readonly kind: 'start'; readonly key: SeriesKey; readonly startedAtMs: number; readonly factId: string };

/** The id of a fact about readings, in the form that all facts have: 32 hex digits. */
export function sampledFactId({ factId }: MetricSampled): string {
  return factId.replaceAll('-', '');
}

/**
 * The series that a fact tells values of. Values that are no number, and times that cannot be, are left out.
 *
 * @param recordedAtMs the log's own timestamp of the record.
 */
export function sampledSeries(fact: MetricSampled, recordedAtMs: number): readonly SeriesEvent[] {
  const { tenantId, run } = fact;
  if (run === undefined) return [];
  const { engine, namespace, workflow, runId } = run;
  const factId = sampledFactId(fact);
  return fact.series.flatMap(({ task, taskId, name, unit, attributesJson, points }): SeriesEvent[] => {
    const values = points
      .filter(({ atMs, value }) => Number.isFinite(value) && atMs >= earliestMs && atMs <= recordedAtMs + latestAheadMs)
      .map(({ atMs, value }) => ({ value, atMs, endMs: atMs, factId, runId, taskId }));
    const key: SeriesKey = { tenantId, kind: 'sampled', engine, namespace, workflow, task, metric: name, unit, attributes: canonicalAttributes(attributesJson) };
    return values.length === 0 || name === '' ? [] : [{ kind: 'values', key, values }];
  });
}

/** That a run was started, for its workflow's series. A clock that is ahead would close intervals that still go on: it counts as now. */
export function submissionOf(observation: Observation, recordedAtMs: number): SeriesEvent {
  return { kind: 'start', key: submissionsOf(observation), startedAtMs: Math.min(observation.observedAtMs, recordedAtMs), factId: observation.observationId };
}
