import { attributeNumber, byFrequency, discoverAttributes, type AttributeColumn } from './attribute-columns.js';
import type { Sequence, SequenceEvent } from './sequence.js';

/** What an encoder learned from its training part, as plain values. */
export interface PrefixEncoding {
  /** Last symbols that stand in a row each. */
  readonly window: number;
  /** Symbols by frequency; their index is their class. */
  readonly symbols: readonly string[];
  /** Per symbol, what stands for it in the window. */
  readonly windowCodes: readonly number[];
  readonly attributes: readonly AttributeColumn[];
}

/** Symbols with columns of their own (how often, how long ago); rarer ones show in the window only. */
const maxSymbolColumns = 40;
const beforeBeginning = -1;
const dayMs = 86_400_000;

/** @param window last symbols that stand in a row each. @minimum 1 */
export function fitPrefixEncoding(training: readonly Sequence[], window: number): PrefixEncoding {
  const counts = new Map<string, number>();
  for (const { events } of training) for (const { symbol } of events) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  const symbols = byFrequency(counts);
  return { window, symbols, windowCodes: windowCodesOf(training, symbols), attributes: discoverAttributes(training) };
}

/** Numbers symbols so that those that lead to the same ones lie beside each other: a cut between numbers then parts what comes next. */
function windowCodesOf(training: readonly Sequence[], symbols: readonly string[]): readonly number[] {
  const classOf = new Map(symbols.map((symbol, index) => [symbol, index]));
  const successors = symbols.map(() => new Map<string, number>());
  for (const { events } of training) {
    for (const [at, { symbol }] of events.entries()) {
      const counts = successors[classOf.get(symbol) ?? 0];
      const next = events[at + 1]?.symbol ?? '';
      counts?.set(next, (counts.get(next) ?? 0) + 1);
    }
  }
  const likely = successors.map((counts) => byFrequency(counts).map((next) => classOf.get(next) ?? symbols.length));
  const order = symbols.map((_, index) => index).sort((one, other) => differenceOf(likely[one], likely[other]) || one - other);
  const codes = new Array<number>(symbols.length).fill(0);
  order.forEach((index, code) => (codes[index] = code));
  return codes;
}

/** Orders by the most likely successors, then by the second. */
function differenceOf(one: readonly number[] = [], other: readonly number[] = []): number {
  return (one[0] ?? 0) - (other[0] ?? 0) || (one[1] ?? 0) - (other[1] ?? 0);
}

/**
 * Turns what happened so far into one row of numbers for a model; NaN is unknown. Nothing later than the last event of a prefix is looked at.
 *
 * @example
 * const encoder = new PrefixEncoder(fitPrefixEncoding(training, 4));
 * encoder.encode(events) // Float32Array of encoder.featureNames.length
 */
export class PrefixEncoder {
  readonly encoding: PrefixEncoding;
  readonly featureNames: readonly string[];
  readonly #classOf: ReadonlyMap<string, number>;
  readonly #rankOf: readonly (ReadonlyMap<string, number> | undefined)[];
  readonly #symbolColumns: number;

  constructor(encoding: PrefixEncoding) {
    this.encoding = encoding;
    this.#classOf = new Map(encoding.symbols.map((symbol, index) => [symbol, index]));
    this.#rankOf = encoding.attributes.map(({ values }) => values && new Map(values.map((value, rank) => [value, rank])));
    this.#symbolColumns = Math.min(encoding.symbols.length, maxSymbolColumns);
    this.featureNames = this.#names();
  }

  /** The class of what came next: a symbol's index, symbols.length for the end, undefined for a symbol never seen. */
  classOf(symbol: string | undefined): number | undefined {
    return symbol === undefined ? this.encoding.symbols.length : this.#classOf.get(symbol);
  }

  /** The row of one prefix, which has at least one event. */
  encode(events: readonly SequenceEvent[]): Float32Array {
    const width = this.featureNames.length;
    return this.encodeAll(events).slice(-width);
  }

  /** The rows of all prefixes of a sequence, shortest first: row-major, [events.length, featureNames.length]. */
  encodeAll(events: readonly SequenceEvent[]): Float32Array {
    const width = this.featureNames.length;
    const rows = new Float32Array(events.length * width);
    const counts = new Float32Array(this.#symbolColumns);
    const lastAt = new Float32Array(this.#symbolColumns).fill(Number.NaN);
    const codes: number[] = [];
    const distinct = new Set<string>();
    const attributes = this.encoding.attributes.map(() => new AttributeHistory());
    for (const [at, event] of events.entries()) {
      const index = this.#classOf.get(event.symbol) ?? Number.NaN;
      codes.push(this.encoding.windowCodes[index] ?? Number.NaN);
      distinct.add(event.symbol);
      if (index < counts.length) {
        counts[index] = (counts[index] ?? 0) + 1;
        lastAt[index] = at;
      }
      this.encoding.attributes.forEach((column, index) => attributes[index]?.add(attributeNumber(column, this.#rankOf[index], event.attributes[column.name])));
      const row = new RowWriter(rows, at * width);
      for (let back = 0; back < this.encoding.window; back++) row.put(codes[at - back] ?? beforeBeginning);
      for (const count of counts) row.put(count);
      for (const seenAt of lastAt) row.put(at - seenAt);
      row.put(at).put(distinct.size);
      putTimes(row, events, at);
      for (const history of attributes) history.put(row);
    }
    return rows;
  }

  #names(): readonly string[] {
    const { window, symbols, attributes } = this.encoding;
    const known = symbols.slice(0, this.#symbolColumns);
    return [
      ...Array.from({ length: window }, (_, back) => (back === 0 ? 'last task' : `task ${back} before the last`)),
      ...known.map((symbol) => `count of ${symbol}`),
      ...known.map((symbol) => `steps since ${symbol}`),
      'position',
      'distinct tasks',
      ...timeNames,
      ...attributes.flatMap(({ name }) => [name, `${name} before`, `changes of ${name}`, `steps with this ${name}`, `distinct ${name}`]),
    ];
  }
}

class RowWriter {
  readonly #rows: Float32Array;
  #at: number;

  constructor(rows: Float32Array, at: number) {
    this.#rows = rows;
    this.#at = at;
  }

  put(value: number): this {
    this.#rows[this.#at++] = value;
    return this;
  }
}

/** What one attribute was over a prefix: an absent value leaves the last known one standing. */
class AttributeHistory {
  #current = Number.NaN;
  #before = Number.NaN;
  #changes = 0;
  #run = 0;
  readonly #distinct = new Set<number>();

  add(value: number): void {
    if (Number.isNaN(value)) return;
    if (value === this.#current || this.#distinct.size === 0) this.#run++;
    else {
      this.#changes++;
      this.#run = 1;
    }
    this.#before = this.#current;
    this.#current = value;
    this.#distinct.add(value);
  }

  put(row: RowWriter): void {
    row.put(this.#current).put(this.#before).put(this.#changes).put(this.#run).put(this.#distinct.size);
  }
}

const timeNames = ['time since the beginning', 'time since the task before', 'time between the two tasks before', 'hour (UTC)', 'weekday (UTC)', 'day', 'day of the beginning'];

function putTimes(row: RowWriter, events: readonly SequenceEvent[], at: number): void {
  const timeOf = (index: number) => events[index]?.atMs ?? Number.NaN;
  const now = timeOf(at);
  const date = new Date(now);
  row.put(logSeconds(now - timeOf(0))).put(logSeconds(now - timeOf(at - 1))).put(logSeconds(timeOf(at - 1) - timeOf(at - 2)));
  row.put(date.getUTCHours() + date.getUTCMinutes() / 60).put(date.getUTCDay());
  // Workflows change: the day lets a model tell how it was lately from how it was before.
  row.put(now / dayMs).put(timeOf(0) / dayMs);
}

function logSeconds(durationMs: number): number {
  return Math.log1p(Math.max(durationMs, 0) / 1000);
}
