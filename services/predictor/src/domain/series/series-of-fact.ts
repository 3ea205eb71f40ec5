import { earliestMs, latestAheadMs, type MetricSampled } from '@orrery/contracts';
import { hash } from 'node:crypto';
import type { Sample } from './sample-ring.js';

/** What a series of readings is kept for. */
export interface SeriesKey {
  readonly tenantId: string;
  readonly engine: string;
  readonly namespace: string;
  readonly workflow: string;
  /** Empty for the run as a whole. */
  readonly task: string;
  readonly metric: string;
  /** UCUM. */
  readonly unit: string;
  /** JSON of what tells series of one metric apart, names ascending; empty for none. */
  readonly attributes: string;
}

/** What one fact tells of one series. */
export interface SeriesSamples {
  readonly key: SeriesKey;
  readonly samples: readonly Sample[];
}

/** The id of a series: 32 hex digits, the same on every machine. */
export function seriesIdOf({ tenantId, engine, namespace, workflow, task, metric, unit, attributes }: SeriesKey): string {
  const parts = ['metric series', tenantId, engine, namespace, workflow, task, metric, unit, attributes];
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''), 'hex').slice(0, 32);
}

/**
 * The series that a fact tells readings of. Values that are no number, and times that cannot be, are left out.
 *
 * @param recordedAtMs the log's own timestamp of the record, never the wall clock: a replay must see the same readings.
 */
export function seriesOfFact({ tenantId, run, series }: MetricSampled, recordedAtMs: number): readonly SeriesSamples[] {
  if (run === undefined) return [];
  const { engine, namespace, workflow } = run;
  return series.flatMap(({ task, name, unit, attributesJson, points }): SeriesSamples[] => {
    const samples = points.filter(({ atMs, value }) => Number.isFinite(value) && atMs >= earliestMs && atMs <= recordedAtMs + latestAheadMs).map(({ atMs, value }) => ({ atMs, value }));
    const key: SeriesKey = { tenantId, engine, namespace, workflow, task, metric: name, unit, attributes: canonicalAttributes(attributesJson) };
    return samples.length === 0 || name === '' ? [] : [{ key, samples }];
  });
}

/** Attributes in one form, whatever order they were told in; what is no object stays as it is. */
export function canonicalAttributes(json: string): string {
  if (json === '') return '';
  try {
    const told: unknown = JSON.parse(json);
    if (typeof told !== 'object' || told === null || Array.isArray(told)) return json;
    const entries = Object.entries(told).sort(([left], [right]) => (left < right ? -1 : 1));
    return entries.length === 0 ? '' : JSON.stringify(Object.fromEntries(entries));
  } catch {
    return json;
  }
}
