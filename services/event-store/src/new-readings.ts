import { gaugeReadingsOf, type GaugeReading } from './domain/gauge-series.js';
import type { SampleState } from './domain/leaf-state.js';
import type { RowChange } from './storage/merge-rows.js';
import type { PlacedRecord } from './storage/record-rows.js';

/** A reading of a gauge, with the name of its task: empty for the run as a whole. */
export interface NamedReading {
  readonly reading: GaugeReading;
  readonly task: string;
}

/** By run, then by task id, what the tasks of a batch are called; null for those that have no name yet. */
export type TaskNames = ReadonlyMap<string, { readonly names: ReadonlyMap<string, string | null> }>;

/** The readings that a batch brought and that were not known before, by run. Those of a task without a name are no series of anything. */
export function newReadingsOf(records: readonly PlacedRecord[], changes: readonly RowChange<SampleState>[], tasks: TaskNames): ReadonlyMap<string, readonly NamedReading[]> {
  const byRun = new Map<string, NamedReading[]>();
  const fresh = changes.filter(({ before }) => before === null);
  const readings = gaugeReadingsOf(fresh.map(({ after }) => after), () => records.map(({ value }) => value));
  if (readings.length === 0) return byRun;
  const runIds = new Map(fresh.map(({ id, runId }) => [id, runId]));
  for (const reading of readings) {
    const runId = runIds.get(reading.sampleId) ?? '';
    const task = reading.taskId === null ? '' : (tasks.get(runId)?.names.get(reading.taskId) ?? null);
    if (task === null) continue;
    const ofRun = byRun.get(runId);
    if (ofRun === undefined) byRun.set(runId, [{ reading, task }]);
    else ofRun.push({ reading, task });
  }
  return byRun;
}
