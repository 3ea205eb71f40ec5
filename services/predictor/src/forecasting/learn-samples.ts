import type { MetricSampled } from '@orrery/contracts';
import type { Transaction } from '@orrery/persistence';
import { emptyRing, rememberSamples, seriesIdOf, seriesOfFact, type Sample, type SampleRing, type SeriesKey } from '../domain/series/index.js';
import { countSeries, loadSeries, saveSeries, type StoredSeries } from './series.repository.js';

/** Series that a tenant can have kept. Writers of several partitions may each overshoot it by what one batch has. */
export const mostSeries = 10_000;

/** What gauges showed, and when the log took the record. */
export interface RecordedSamples {
  readonly fact: MetricSampled;
  readonly recordedAtMs: number;
}

/** What became of the readings of a batch. */
export interface LearnedSamples {
  /** Readings of series that there was no room for. */
  readonly unkeptValues: number;
}

/** Learns what gauges of one tenant showed: loads and writes each table once for all series of the batch. */
export async function learnSamples(transaction: Transaction, tenantId: string, facts: readonly RecordedSamples[]): Promise<LearnedSamples> {
  const told = facts.flatMap(({ fact, recordedAtMs }) => seriesOfFact(fact, recordedAtMs).map(({ key, samples }) => ({ seriesId: seriesIdOf(key), key, samples, recordedAtMs })));
  const rings = await keptSeries(transaction, tenantId, new Map(told.map(({ seriesId, key }) => [seriesId, key])));
  const added = new Map<string, { readonly key: SeriesKey; readonly samples: Sample[]; learnedAtMs: number }>();
  let unkeptValues = 0;
  for (const { seriesId, key, samples, recordedAtMs } of told) {
    if (!rings.has(seriesId)) {
      unkeptValues += samples.length;
      continue;
    }
    const earlier = added.get(seriesId) ?? { key, samples: [], learnedAtMs: 0 };
    earlier.samples.push(...samples);
    earlier.learnedAtMs = Math.max(earlier.learnedAtMs, recordedAtMs);
    added.set(seriesId, earlier);
  }
  const changed = [...added].map(([seriesId, { key, samples, learnedAtMs }]): StoredSeries => ({ seriesId, key, ring: rememberSamples(rings.get(seriesId) ?? emptyRing, samples), learnedAtMs }));
  await saveSeries(transaction, tenantId, changed);
  return { unkeptValues };
}

/** What is known of series; an empty ring for new ones that there is room for, nothing for those that there is none for. */
async function keptSeries(transaction: Transaction, tenantId: string, keys: ReadonlyMap<string, SeriesKey>): Promise<ReadonlyMap<string, SampleRing>> {
  const rings = await loadSeries(transaction, tenantId, [...keys.keys()]);
  const added = [...keys.keys()].filter((seriesId) => !rings.has(seriesId));
  if (added.length === 0) return rings;
  const room = Math.max(mostSeries - (await countSeries(transaction, tenantId, mostSeries)), 0);
  for (const seriesId of added.slice(0, room)) rings.set(seriesId, emptyRing);
  return rings;
}
