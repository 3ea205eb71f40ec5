import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { OrreryError } from '@orrery/errors';
import type { LabelledWindow } from './judged-series.js';

export interface NabSeries {
  /** `category/file.csv`, as the labels name it. */
  readonly name: string;
  readonly category: string;
  readonly timestampsMs: readonly number[];
  readonly values: readonly number[];
  readonly windows: readonly LabelledWindow[];
}

/** The folder of the corpus below the folder of all public data. */
export function corpusFolder(dataFolder: string): string {
  return path.join(dataFolder, 'anomaly-nab');
}

export function hasCorpus(folder: string): boolean {
  return existsSync(path.join(folder, 'labels', 'combined_windows.json'));
}

function linesOf(file: string): string[] {
  return gunzipSync(readFileSync(file)).toString('utf8').trim().split(/\r?\n/).slice(1);
}

/** `2014-04-10 07:15:00.000000` in milliseconds; the corpus says no zone, so all times are read as UTC. */
export function timestampMs(text: string): number {
  return Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`);
}

/** The numbers of one named column of a gzipped csv file with a header. */
export function columnOf(file: string, column: string): number[] {
  const header = gunzipSync(readFileSync(file)).toString('utf8').split(/\r?\n/, 1)[0]!.split(',');
  const index = header.indexOf(column);
  if (index < 0) throw new OrreryError('ORRERY_VALIDATION', `${file}: expected a column ${column}, got ${header.join(', ')}`);
  return linesOf(file).map((line) => Number(line.split(',')[index]));
}

function windowsOf(labels: readonly (readonly [string, string])[], timestampsMs: readonly number[]): LabelledWindow[] {
  return labels.map(([first, last]) => ({ first: timestampsMs.indexOf(timestampMs(first)), last: timestampsMs.indexOf(timestampMs(last)) }));
}

/**
 * Every series of the folder with its labelled windows, by name.
 *
 * @throws ORRERY_NOT_FOUND when the folder holds no corpus; the message says where the public gets it.
 * @throws ORRERY_VALIDATION when a window's edge is no row of its series.
 */
export function readCorpus(folder: string): NabSeries[] {
  if (!hasCorpus(folder)) {
    const hint = 'the data is public: the Numenta Anomaly Benchmark, https://github.com/numenta/NAB, folders data (gzip each csv) and labels';
    throw new OrreryError('ORRERY_NOT_FOUND', `${folder} holds no labels/combined_windows.json; ${hint}`);
  }
  const labels = JSON.parse(readFileSync(path.join(folder, 'labels', 'combined_windows.json'), 'utf8')) as Record<string, [string, string][]>;
  const files = readdirSync(path.join(folder, 'data'), { recursive: true }).map(String).filter((file) => file.endsWith('.csv.gz'));
  return files.sort().map((file) => {
    const name = file.replaceAll(path.sep, '/').replace(/\.gz$/, '');
    const cells = linesOf(path.join(folder, 'data', file)).map((line) => line.split(','));
    const timestampsMs = cells.map(([timestamp]) => timestampMs(timestamp!));
    const windows = windowsOf(labels[name] ?? [], timestampsMs);
    if (windows.some(({ first, last }) => first < 0 || last < first)) {
      throw new OrreryError('ORRERY_VALIDATION', `${name}: a labelled window begins or ends at no row of the series`);
    }
    return { name, category: path.posix.dirname(name), timestampsMs, values: cells.map(([, value]) => Number(value)), windows };
  });
}
