import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from './running-platform.js';

/** An execution event, as far as it is read here. */
export interface RecordedEvent {
  readonly time: string;
  readonly data: { readonly run: { readonly id: string }; readonly tasks?: readonly { readonly name: string; readonly status?: string }[] };
}

export interface RecordedRun {
  readonly id: string;
  /** In the order in which they were sent. */
  readonly events: readonly RecordedEvent[];
}

/** Ground truth, decoded by another program (fixtures/README.md). */
export interface HistoryTruth {
  readonly runs: { readonly count: number; readonly success: number; readonly failure: number };
  readonly tasks: { readonly count: number; readonly success: number; readonly failure: number };
  readonly failed: Readonly<Record<string, readonly string[]>>;
  readonly inputSizeBytes: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const folder = path.join(root, 'fixtures', 'pipeline-history');
const read = <Document>(file: string): Document => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Document;

export const historyTruth = (): HistoryTruth => read<HistoryTruth>('expected.json');

/** The runs of the recorded pipeline, the oldest first. */
export function recordedHistory(): readonly RecordedRun[] {
  const { files } = read<{ readonly files: readonly { readonly file: string }[] }>('history.json');
  const runs = new Map<string, RecordedEvent[]>();
  for (const { file } of files) {
    for (const event of JSON.parse(gunzipSync(readFileSync(path.join(folder, file))).toString('utf8')) as RecordedEvent[]) {
      const { id } = event.data.run;
      runs.set(id, [...(runs.get(id) ?? []), event]);
    }
  }
  return [...runs].map(([id, events]) => ({ id, events }));
}

const moment = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z/g;

/** The same with every time moved by whole seconds; how long things took stays as it was. */
export function movedBy<Recorded>(recorded: Recorded, seconds: number): Recorded {
  const moved = JSON.stringify(recorded).replace(moment, (_, whole: string, fraction = '') => `${new Date(Date.parse(`${whole}Z`) + seconds * 1000).toISOString().slice(0, 19)}${fraction}Z`);
  return JSON.parse(moved) as Recorded;
}
