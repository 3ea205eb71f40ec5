import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { OrreryError } from '@orrery/errors';
import type { Sequence } from '@orrery/learning';
import { csvRows } from '../baseline/evaluation-data.js';

/** Where everybody gets the logs; they are not ours to hand on. */
const publicSource = 'github.com/ERamaM/PredictiveMonitoringDatasets (split_datasets, converted to csv in the order of the log)';

/** Columns that say where an event belongs, not what happened; `split` is of another protocol. */
const structural = new Set(['split', 'case', 'concept:name', 'time:timestamp']);

/** How the tools that wrote such files say that a value is unknown. */
const unknown = new Set(['', 'nan', 'NaN', 'None', 'null']);

/** The logs of the data set, by name. @throws ORRERY_NOT_FOUND when it is absent; the message says where the public gets it. */
export function logNames(data: string): readonly string[] {
  return readdirSync(folderOf(data))
    .filter((file) => file.endsWith('.csv.gz') && !file.startsWith('folds'))
    .map((file) => file.slice(0, -'.csv.gz'.length))
    .sort();
}

/** One sequence a case, its events by timestamp, equal ones in the order of the log. */
export function readLog(data: string, log: string): readonly Sequence[] {
  const cases = new Map<string, Sequence['events'][number][]>();
  for (const row of csvRows(folderOf(data), `${log}.csv.gz`, publicSource)) {
    const id = row.case ?? '';
    const events = cases.get(id) ?? [];
    if (events.length === 0) cases.set(id, events);
    const attributes = Object.fromEntries(Object.entries(row).filter(([name, value]) => !structural.has(name) && !unknown.has(value)));
    events.push({ symbol: row['concept:name'] ?? '', atMs: Date.parse(row['time:timestamp'] ?? ''), attributes });
  }
  return [...cases].map(([id, events]) => ({ id, events: events.sort((one, other) => one.atMs - other.atMs) }));
}

/** The test fold of each case of a log. */
export function readFolds(data: string, log: string): ReadonlyMap<string, number> {
  const file = readdirSync(folderOf(data)).find((name) => name.startsWith('folds') && name.endsWith('.csv.gz')) ?? 'folds.csv.gz';
  const rows = csvRows(folderOf(data), file, publicSource).filter((row) => row.log === log);
  if (rows.length === 0) throw new OrreryError('ORRERY_NOT_FOUND', `${file} tells no folds of ${log}`);
  return new Map(rows.map((row) => [row.case ?? '', Number(row.test_fold_0to4)]));
}

export interface Parts {
  readonly training: readonly Sequence[];
  readonly validation: readonly Sequence[];
  readonly test: readonly Sequence[];
}

/** Validation is the last fifth of the cases that are not tested on, by their ids as text. */
export function partsOf(sequences: readonly Sequence[], folds: ReadonlyMap<string, number>, fold: number): Parts {
  const others = sequences.filter(({ id }) => folds.get(id) !== fold).sort((one, other) => (one.id < other.id ? -1 : 1));
  const border = Math.floor(others.length * 0.8);
  return { training: others.slice(0, border), validation: others.slice(border), test: sequences.filter(({ id }) => folds.get(id) === fold) };
}

/** The first cases teach, the next choose, the last fifth by their beginning test: 64, 16 and 20 of a hundred. */
export function partsByTime(sequences: readonly Sequence[]): Parts {
  const ordered = [...sequences].sort((one, other) => (one.events[0]?.atMs ?? 0) - (other.events[0]?.atMs ?? 0));
  const [validationFrom, testFrom] = [Math.floor(ordered.length * 0.64), Math.floor(ordered.length * 0.8)];
  return { training: ordered.slice(0, validationFrom), validation: ordered.slice(validationFrom, testFrom), test: ordered.slice(testFrom) };
}

function folderOf(data: string): string {
  const folder = path.join(data, 'ppm-ramamaneiro');
  if (!existsSync(folder)) throw new OrreryError('ORRERY_NOT_FOUND', `${folder} does not exist; the data is public: ${publicSource}`);
  return folder;
}
