import { SampleKind, type ExecutionRecord } from '@orrery/contracts';
import { instant } from './instant.js';
import type { SampleState } from './leaf-state.js';

/** A reading that a series can be made of. */
export interface GaugeReading extends SampleState {
  readonly name: string;
  readonly kind: SampleKind.GAUGE;
}

/** Names that stand for what a task came to as a whole: with or without a time, they are no readings over time. */
const totals: ReadonlySet<string> = new Set(['peak_memory_bytes', 'cpu_seconds', 'wall_seconds', 'input_tokens', 'output_tokens', 'cost_usd', 'memory_limit_bytes', 'requested_memory_bytes']);

/** Readings of a gauge, apart from totals and from what was measured within one execution event. */
function isReading(sample: SampleState): sample is GaugeReading {
  return sample.kind === SampleKind.GAUGE && sample.name !== null && sample.eventId === null && !totals.has(sample.name);
}

/** Those of some samples that are readings of a gauge, and whose time was told rather than taken from their record. */
export function gaugeReadingsOf(samples: readonly SampleState[], records: () => Iterable<ExecutionRecord>): readonly GaugeReading[] {
  const readings = samples.filter(isReading);
  if (readings.length === 0) return readings;
  const timed = new Set<string>();
  for (const record of records()) {
    for (const { sampleId, occurredAtMs } of record.samples) if (instant(occurredAtMs) !== null) timed.add(sampleId);
  }
  return readings.filter(({ sampleId }) => timed.has(sampleId));
}

/** Readings of one gauge of one task (null: of the run as a whole), in order of time. */
export interface GaugeSeries {
  readonly taskId: string | null;
  readonly name: string;
  readonly unit: string | null;
  readonly attributes: string | null;
  readonly readings: readonly GaugeReading[];
}

function byTime(left: GaugeReading, right: GaugeReading): number {
  return left.atUs - right.atUs || (left.sampleId < right.sampleId ? -1 : 1);
}

/** Readings by series, in portions of at most `most` readings; a reading of a series never comes before an earlier one of it. */
export function gaugeSeriesOf(readings: readonly GaugeReading[], most: number): readonly (readonly GaugeSeries[])[] {
  const portions: GaugeSeries[][] = [];
  const sorted = [...readings].sort(byTime);
  for (let from = 0; from < sorted.length; from += most) portions.push(seriesIn(sorted.slice(from, from + most)));
  return portions;
}

function seriesIn(readings: readonly GaugeReading[]): GaugeSeries[] {
  const series = new Map<string, GaugeSeries & { readonly readings: GaugeReading[] }>();
  for (const reading of readings) {
    const { taskId, name, unit, attributes } = reading;
    const key = JSON.stringify([taskId, name, unit, attributes]);
    const known = series.get(key);
    if (known === undefined) series.set(key, { taskId, name, unit, attributes, readings: [reading] });
    else known.readings.push(reading);
  }
  return [...series.values()];
}
