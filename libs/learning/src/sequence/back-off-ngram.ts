import { OrreryError } from '@orrery/errors';
import { ByteReader, ByteWriter } from '@orrery/stats';

/** What may come next: a symbol, or null for the end of the sequence. */
export type NextSymbol = string | null;

export interface SymbolProbability {
  readonly symbol: NextSymbol;
  readonly probability: number;
}

export interface NgramPrediction {
  /** Most likely first; equal ones in the order in which they were first seen. Empty before anything was observed. */
  readonly distribution: readonly SymbolProbability[];
  /** Symbols of the longest context that was seen often enough, the beginning of a sequence counting as one; 0 is no context at all. */
  readonly level: number;
  /** How often that context was seen. */
  readonly count: number;
}

export interface NgramOptions {
  /** Longest context, in symbols. @minimum 0 @maximum 16 @default 4 */
  readonly order?: number;
  /** Times that a context must have been seen to be asked. @minimum 1 @default 1 */
  readonly minCount?: number;
  /** Contexts kept; of new ones beyond that only those of a single symbol are taken in. @default 100000 */
  readonly maxContexts?: number;
}

interface Context {
  total: number;
  /** Times that each symbol followed, in the order of first sight. */
  readonly counts: Map<number, number>;
}

const beginning = 0;
const end = 1;
const firstSymbol = 2;
const format = 'orrery.ngram';
const version = 1;

/**
 * Predicts the next symbol of a sequence from the last ones, online: longest known context first, each smoothed with the next shorter one.
 * Source: Witten and Bell 1991, doi 10.1109/18.87000, in the interpolated form of Chen and Goodman 1999, doi 10.1006/csla.1999.0128.
 *
 * @example
 * const model = new BackOffNgram();
 * model.observe(['build', 'test', 'deploy']);
 * model.predict(['build']).distribution[0] // { symbol: 'test', probability: 0.8… }
 */
export class BackOffNgram {
  readonly #order: number;
  readonly #minCount: number;
  readonly #maxContexts: number;
  readonly #symbols: string[] = [];
  readonly #idOf = new Map<string, number>();
  readonly #contexts = new Map<string, Context>();

  /** @throws ORRERY_VALIDATION when an option is out of its range. */
  constructor({ order = 4, minCount = 1, maxContexts = 100_000 }: NgramOptions = {}) {
    if (!(order >= 0 && order <= 16 && minCount >= 1)) throw new OrreryError('ORRERY_VALIDATION', `n-gram model expects order 0 to 16 and minCount from 1, got ${order} and ${minCount}`);
    this.#order = order;
    this.#minCount = minCount;
    this.#maxContexts = maxContexts;
  }

  /** Learns one whole sequence: each symbol and its end. */
  observe(sequence: readonly string[]): void {
    const ids = [beginning, ...sequence.map((symbol) => this.#idFor(symbol)), end];
    for (let at = 1; at < ids.length; at++) this.#count(ids, at);
  }

  /** Learns one step of a sequence whose end is not known yet: what came after a prefix. */
  observeNext(prefix: readonly string[], symbol: string): void {
    const ids = [beginning, ...prefix.map((earlier) => this.#idFor(earlier)), this.#idFor(symbol)];
    this.#count(ids, ids.length - 1);
  }

  /** What follows a prefix; the prefix may be empty and may hold symbols never seen. @param order looks back less far than the model could. */
  predict(prefix: readonly string[], order = this.#order): NgramPrediction {
    const ids = [beginning, ...prefix.map((symbol) => this.#idOf.get(symbol) ?? -1)];
    const probabilities = new Map<number, number>();
    let [level, count] = [0, 0];
    for (let length = 0; length <= Math.min(order, this.#order, ids.length); length++) {
      const context = this.#contexts.get(keyOf(ids, ids.length, length));
      if (context === undefined || (length > 0 && context.total < this.#minCount)) break;
      blend(probabilities, context);
      [level, count] = [length, context.total];
    }
    const distribution = [...probabilities].map(([id, probability]) => ({ symbol: id === end ? null : (this.#symbols[id - firstSymbol] ?? null), probability }));
    return { distribution: distribution.sort((one, other) => other.probability - one.probability), level, count };
  }

  /** The whole model as bytes: equal models give equal bytes. */
  encode(): Uint8Array {
    const writer = new ByteWriter().text(format).unsigned(version).unsigned(this.#order).unsigned(this.#minCount).unsigned(this.#maxContexts);
    writer.unsigned(this.#symbols.length);
    for (const symbol of this.#symbols) writer.text(symbol);
    writer.unsigned(this.#contexts.size);
    for (const [key, { counts }] of this.#contexts) {
      writer.text(key).unsigned(counts.size);
      for (const [id, count] of counts) writer.unsigned(id).unsigned(count);
    }
    return writer.bytes();
  }

  /** @throws ORRERY_VALIDATION when the bytes are of another format or version, or cut. */
  static decode(bytes: Uint8Array): BackOffNgram {
    const reader = new ByteReader(bytes);
    const [found, foundVersion] = [reader.text(), reader.unsigned()];
    if (found !== format || foundVersion !== version) throw new OrreryError('ORRERY_VALIDATION', `encoded n-gram model: expected ${format} ${version}, got ${found} ${foundVersion}`);
    const model = new BackOffNgram({ order: reader.unsigned(), minCount: reader.unsigned(), maxContexts: reader.unsigned() });
    for (let left = reader.unsigned(); left > 0; left--) model.#idFor(reader.text());
    for (let left = reader.unsigned(); left > 0; left--) {
      const context: Context = { total: 0, counts: new Map() };
      model.#contexts.set(reader.text(), context);
      for (let symbols = reader.unsigned(); symbols > 0; symbols--) {
        const [id, count] = [reader.unsigned(), reader.unsigned()];
        context.counts.set(id, count);
        context.total += count;
      }
    }
    if (!reader.isAtEnd()) throw new OrreryError('ORRERY_VALIDATION', 'encoded n-gram model: expected its end, got more bytes');
    return model;
  }

  #count(ids: readonly number[], at: number): void {
    const next = ids[at] as number;
    for (let level = 0; level <= Math.min(this.#order, at); level++) {
      const context = this.#contextFor(keyOf(ids, at, level), level);
      if (context === undefined) return;
      context.total++;
      context.counts.set(next, (context.counts.get(next) ?? 0) + 1);
    }
  }

  #idFor(symbol: string): number {
    const known = this.#idOf.get(symbol);
    if (known !== undefined) return known;
    const id = this.#symbols.push(symbol) - 1 + firstSymbol;
    this.#idOf.set(symbol, id);
    return id;
  }

  #contextFor(key: string, level: number): Context | undefined {
    const known = this.#contexts.get(key);
    if (known !== undefined || (level > 1 && this.#contexts.size >= this.#maxContexts)) return known;
    const context: Context = { total: 0, counts: new Map() };
    this.#contexts.set(key, context);
    return context;
  }
}

// The longer context gets as much weight as it has seen, the shorter one as many as different symbols followed the longer.
function blend(probabilities: Map<number, number>, { total, counts }: Context): void {
  if (probabilities.size === 0) {
    for (const [id, count] of counts) probabilities.set(id, count / total);
    return;
  }
  const weight = total / (total + counts.size);
  for (const [id, probability] of probabilities) probabilities.set(id, (1 - weight) * probability + (weight * (counts.get(id) ?? 0)) / total);
}

function keyOf(ids: readonly number[], before: number, length: number): string {
  return ids.slice(before - length, before).join(' ');
}
