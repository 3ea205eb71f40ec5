import type { LogHeaders, OutgoingRecord } from '../event-log.js';
import { canonicalText, carriedBytes } from '../record/carried-bytes.js';

/**
 * Records as a statement takes them: one bytea with key, value and headers of each record behind one another, and int arrays
 * with the lengths. Against arrays of bytea, which travel as hex text, this takes half the CPU on either side.
 */
export interface RecordBlob {
  readonly bytes: Buffer;
  /** Where each record begins in `bytes`, from 1 as SQL counts. */
  readonly starts: string;
  /** Length of each key, value and header text; -1 stands for null. */
  readonly keyLengths: string;
  readonly valueLengths: string;
  readonly headerLengths: string;
}

/**
 * The columns of record `r` (start_at, key_length, value_length, header_length) of blob parameter `$blob`, for a select list.
 *
 * @example recordColumns('$3') // key, value and headers of r
 */
export function recordColumns(blob: string): string {
  const valueStart = 'r.start_at + greatest(r.key_length, 0)';
  const headerStart = `${valueStart} + greatest(r.value_length, 0)`;
  return `case when r.key_length >= 0 then substring(${blob}::bytea from r.start_at for r.key_length) end,
    case when r.value_length >= 0 then substring(${blob}::bytea from ${valueStart} for r.value_length) end,
    case when r.header_length >= 0 then convert_from(substring(${blob}::bytea from ${headerStart} for r.header_length), 'UTF8') end`;
}

export function encodeRecords(records: readonly OutgoingRecord[]): RecordBlob {
  const chunks: Uint8Array[] = [];
  const starts: number[] = [];
  const lengths: [number[], number[], number[]] = [[], [], []];
  let start = 1;
  for (const { key, value, headers } of records) {
    starts.push(start);
    const parts = [key === null ? null : carriedBytes(key), value, encodeHeaders(headers)];
    for (const [index, part] of parts.entries()) {
      lengths[index]?.push(part?.byteLength ?? -1);
      if (part === null) continue;
      chunks.push(part);
      start += part.byteLength;
    }
  }
  const [keyLengths, valueLengths, headerLengths] = lengths;
  return {
    bytes: Buffer.concat(chunks, start - 1),
    starts: intArray(starts),
    keyLengths: intArray(keyLengths),
    valueLengths: intArray(valueLengths),
    headerLengths: intArray(headerLengths),
  };
}

/** An int[] literal; the driver's own way through text arrays is slower. */
export function intArray(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}

/** JSON escapes NUL and lone surrogates, which text columns refuse. */
function encodeHeaders(headers: LogHeaders | undefined): Buffer | null {
  if (headers === undefined) return null;
  const canonical: Record<string, string> = {};
  let isEmpty = true;
  for (const [name, text] of Object.entries(headers)) {
    canonical[name] = canonicalText(text);
    isEmpty = false;
  }
  return isEmpty ? null : Buffer.from(JSON.stringify(canonical));
}
