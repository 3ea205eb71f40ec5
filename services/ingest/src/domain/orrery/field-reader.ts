import { isRecord, labels, storable, type JsonRecord } from '../json-reading.js';
import { isInt32 } from '../statements.js';
import { endNotBefore, parseTimeMs } from '../time.js';

/** Faults beyond this many say nothing new and would outgrow the event that they speak of. */
const maximumFaults = 20;

/**
 * Reads fields of one event's data and notes what is not as documented, by path: `data.tasks[3].id: expected a non-empty text`.
 * A null counts as absent. A faulty field counts as absent too, so that everything beside it is kept.
 */
export class FieldReader {
  private readonly noted = new Set<string>();
  private section = '';
  private index = -1;

  /** The faults found so far, each once. */
  get faults(): readonly string[] {
    return [...this.noted];
  }

  /** Turns to another object of the data; its path begins the message of every fault from now on. */
  turnTo(section: string, index = -1): void {
    this.section = section;
    this.index = index;
  }

  fault(key: string, message: string): undefined {
    if (this.noted.size >= maximumFaults) return undefined;
    const position = this.index < 0 ? '' : `[${this.index}]`;
    this.noted.add(`data.${this.section}${position}${key === '' ? '' : `.${key}`}: ${message}`);
    return undefined;
  }

  text(from: JsonRecord, key: string): string | undefined {
    const value = from[key];
    if (value === undefined || value === null || value === '') return undefined;
    return typeof value === 'string' ? storable(value) : this.fault(key, 'expected a text');
  }

  requiredText(from: JsonRecord, key: string): string | undefined {
    const value = from[key];
    return typeof value === 'string' && value !== '' ? storable(value) : this.fault(key, 'expected a non-empty text');
  }

  word<Value>(from: JsonRecord, key: string, words: ReadonlyMap<string, Value>): Value | undefined {
    const value = from[key];
    if (value === undefined || value === null) return undefined;
    const known = typeof value === 'string' ? words.get(value) : undefined;
    return known === undefined ? this.fault(key, `expected one of ${[...words.keys()].join(', ')}`) : known;
  }

  requiredWord<Value>(from: JsonRecord, key: string, words: ReadonlyMap<string, Value>): Value | undefined {
    return this.word({ [key]: from[key] ?? '' }, key, words);
  }

  requiredNumber(from: JsonRecord, key: string): number | undefined {
    return this.number({ [key]: from[key] ?? '' }, key);
  }

  number(from: JsonRecord, key: string): number | undefined {
    const value = from[key];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'number' && Number.isFinite(value) ? value : this.fault(key, 'expected a number');
  }

  int32(from: JsonRecord, key: string): number | undefined {
    const value = from[key];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'number' && isInt32(value) ? value : this.fault(key, 'expected a whole number of 32 bits');
  }

  count(from: JsonRecord, key: string): bigint | undefined {
    const value = from[key];
    if (value === undefined || value === null) return undefined;
    const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
    return isCount ? BigInt(value) : this.fault(key, 'expected a whole number of at least 0');
  }

  attempt(from: JsonRecord): number | undefined {
    const value = this.int32(from, 'attempt');
    return value === undefined || value >= 1 ? value : this.fault('attempt', 'expected a whole number of at least 1');
  }

  timeMs(from: JsonRecord, key: string): number | undefined {
    const value = from[key];
    if (value === undefined || value === null) return undefined;
    return parseTimeMs(value) ?? this.fault(key, 'expected a time as ISO 8601 has it, between 1980 and 2200');
  }

  endMs(from: JsonRecord, key: string, startMs: number | undefined): number | undefined {
    return endNotBefore(startMs, this.timeMs(from, key), this.noted);
  }

  record(from: JsonRecord, key: string): JsonRecord | undefined {
    const value = from[key];
    if (value === undefined || value === null) return undefined;
    return isRecord(value) ? value : this.fault(key, 'expected an object');
  }

  labels(from: JsonRecord, key: string): Record<string, string> | undefined {
    const found = this.record(from, key);
    return found === undefined ? undefined : labels(found);
  }

  json(from: JsonRecord, key: string): string | undefined {
    const found = this.record(from, key);
    return found === undefined ? undefined : JSON.stringify(found);
  }

  /** The objects of an array; leaves out, with a fault, what is no object. */
  *records(data: JsonRecord, section: string): Generator<JsonRecord> {
    const value = data[section];
    if (value === undefined || value === null) return;
    this.turnTo(section);
    if (!Array.isArray(value)) return void this.fault('', 'expected an array');
    for (let index = 0; index < value.length; index += 1) {
      this.turnTo(section, index);
      const element: unknown = value[index];
      if (isRecord(element)) yield element;
      else this.fault('', 'expected an object');
    }
  }

  texts(from: JsonRecord, key: string): readonly string[] {
    const value = from[key];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return this.fault(key, 'expected an array of texts') ?? [];
    return value.filter((element): element is string => {
      const isText = typeof element === 'string' && element !== '';
      if (!isText) this.fault(key, 'expected non-empty texts');
      return isText;
    });
  }
}
