import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { OrreryError } from '@orrery/errors';

/** The folder of public data sets: the option, else the environment's, else the one beside the checkout. */
export function dataFolder(option: string | undefined): string {
  return option ?? process.env.ORRERY_BENCH_DATA ?? path.resolve('..', 'shared', 'data');
}

/**
 * The rows of a gzipped csv file of a data set, one object a row.
 *
 * @throws ORRERY_NOT_FOUND when it is absent; the message says where the public gets it.
 */
export function csvRows(folder: string, file: string, publicSource: string): Record<string, string>[] {
  const whole = path.join(folder, file);
  if (!existsSync(whole)) throw new OrreryError('ORRERY_NOT_FOUND', `${whole} does not exist; the data is public: ${publicSource} (gzip the csv)`);
  const [header = [], ...rows] = parseCsv(gunzipSync(readFileSync(whole)).toString('utf8'));
  return rows.filter((cells) => cells.length === header.length).map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])));
}

/** Cells of a csv text as RFC 4180 has it: quotes double inside quotes, line ends inside quotes belong to the cell. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at <= text.length; ) {
    let cell: string;
    if (text[at] === '"') {
      let end = at + 1;
      while (end < text.length && !(text[end] === '"' && text[end + 1] !== '"')) end += text[end] === '"' ? 2 : 1;
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    } else {
      const match = /[,\r\n]/g;
      match.lastIndex = at;
      const end = match.exec(text)?.index ?? text.length;
      cell = text.slice(at, end);
      at = end;
    }
    row.push(cell);
    if (text[at] === ',') at++;
    else {
      if (row.length > 1 || row[0] !== '') rows.push(row);
      row = [];
      at += text[at] === '\r' ? 2 : 1;
    }
  }
  return rows;
}

/** A list as Python prints it: `[[1, None], ['success']]`. */
export function pythonList<Item>(text: string): Item[] {
  return JSON.parse(text.replaceAll('None', 'null').replaceAll("'", '"')) as Item[];
}
