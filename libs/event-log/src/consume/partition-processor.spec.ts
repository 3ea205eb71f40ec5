import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrreryError } from '@orrery/errors';
import { fromDeadLetter } from '../dead-letters/dead-letter.js';
import type { LogBatch, LogRecord, OffsetRange, OutgoingRecord, PositionStore } from '../event-log.js';
import { LogMetrics } from '../telemetry/log-metrics.js';
import { LogTracing } from '../telemetry/log-tracing.js';
import { Breaker } from './breaker.js';
import { PartitionProcessor, type Page, type PageOutcome } from './partition-processor.js';
import { resolveSubscription } from './resolved-subscription.js';

type Nature = 'good' | 'undecodable' | 'faulty' | 'broken code';
type Hiccup = 'none' | 'dependency' | 'unknown' | 'dead letters down' | 'positions down' | 'crash after commit';

const at = { topic: 'facts', partition: 3 };
const groupId = 'baseline';

/** A partition, a handler that follows a script of hiccups, and a service that keeps its position with its results. */
class Stage implements PositionStore {
  readonly handled: number[] = [];
  readonly deadLetters: OutgoingRecord[] = [];
  readonly attempts: number[][] = [];
  readonly breaker = new Breaker();
  position = 0n;
  hiccups: Hiccup[] = [];
  readonly #processor: PartitionProcessor<number>;

  constructor(
    private readonly natures: readonly Nature[],
    private readonly offsets: readonly bigint[] = natures.map((_, index) => BigInt(index)),
  ) {
    this.#processor = new PartitionProcessor(at, this.#subscription(), {
      ...{ breaker: this.breaker, timing: { baseMs: 100, maxMs: 1_000 }, random: () => 0 },
      ...{ tracing: new LogTracing('postgresql', 'spec'), metrics: new LogMetrics() },
      appendDeadLetters: async (letters) => {
        this.#failWhen('dead letters down');
        this.deadLetters.push(...letters);
      },
    });
  }

  #failWhen(hiccup: Hiccup): void {
    if (this.hiccups[0] !== hiccup) return;
    this.hiccups.shift();
    throw new OrreryError('ORRERY_DEPENDENCY', hiccup);
  }

  async load(): Promise<bigint> {
    return this.position;
  }

  async skip(_groupId: string, _at: object, { firstOffset, nextOffset }: OffsetRange): Promise<void> {
    this.#failWhen('positions down');
    if (firstOffset !== this.position) throw new OrreryError('ORRERY_CONFLICT', 'the position moved');
    this.position = nextOffset;
  }

  page(firstOffset: bigint, size: number): Page {
    const records = this.offsets.map((offset, index) => this.#record(index, offset)).filter(({ offset }) => offset >= firstOffset).slice(0, size);
    return { firstOffset, nextOffset: (records.at(-1)?.offset ?? firstOffset - 1n) + 1n, records };
  }

  process(page: Page): Promise<PageOutcome> {
    return this.#processor.process(page);
  }

  /** Consumes everything as an adapter would; returns the position that it ended at. */
  async consume(pageSizes: readonly number[]): Promise<bigint> {
    let position = 0n;
    for (let turn = 0; turn < 10_000; turn += 1) {
      const page = this.page(position, pageSizes[turn % pageSizes.length] ?? 1);
      if (page.records.length === 0) return position;
      const outcome = await this.process(page);
      expect(outcome.nextOffset).toBeGreaterThanOrEqual(outcome.kind === 'moved' ? 0n : position);
      position = outcome.nextOffset;
      if (outcome.kind === 'broken') return position;
    }
    throw new Error('it does not end');
  }

  #record(index: number, offset: bigint): LogRecord {
    return { ...at, offset, key: `key-${index}`, value: Buffer.from(String(index)), headers: { index: String(index) }, timestampMs: 1_000 + index };
  }

  #subscription() {
    return resolveSubscription<number>({
      ...{ groupId, topics: [at.topic], positions: this },
      decode: (record) => {
        const index = Number(Buffer.from(record.value ?? []).toString());
        if (this.natures[index] === 'undecodable') throw new SyntaxError(`record ${index} is no number`);
        return index;
      },
      handle: (batch) => this.#handle(batch),
    });
  }

  async #handle(batch: LogBatch<number>): Promise<void> {
    const values = batch.records.map(({ value }) => value);
    this.attempts.push(values);
    if (batch.firstOffset !== this.position) throw new OrreryError('ORRERY_CONFLICT', 'the position moved');
    const hiccup = this.hiccups[0]?.endsWith('down') === true ? undefined : this.hiccups.shift();
    if (hiccup === 'dependency') throw new OrreryError('ORRERY_DEPENDENCY', 'the store is away');
    if (hiccup === 'unknown') throw new TypeError('a hiccup');
    const bad = values.map((value) => this.natures[value]).find((nature) => nature !== 'good');
    if (bad === 'faulty') throw new OrreryError('ORRERY_VALIDATION', 'faulty');
    if (bad === 'broken code') throw new TypeError('x is undefined');
    this.handled.push(...values);
    this.position = batch.nextOffset;
    if (hiccup === 'crash after commit') throw new OrreryError('ORRERY_TIMEOUT', 'the answer got lost');
  }
}

const indexesOf = (natures: readonly Nature[], ...wanted: readonly Nature[]): number[] =>
  natures.flatMap((nature, index) => (wanted.includes(nature) ? [index] : []));

describe('failure policy', () => {
  const nature = fc.oneof({ weight: 6, arbitrary: fc.constant<Nature>('good') }, { weight: 3, arbitrary: fc.constantFrom<Nature>('undecodable', 'faulty', 'broken code') });
  const pageSizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 });

  it('handles every good record once and in order, dead-letters every bad one once, whatever happens on the way', async () => {
    const hiccup = fc.constantFrom<Hiccup>('none', 'none', 'dependency', 'dead letters down', 'positions down', 'crash after commit');
    await fc.assert(
      fc.asyncProperty(fc.array(nature, { maxLength: 60 }), pageSizes, fc.array(hiccup, { maxLength: 30 }), async (natures, sizes, hiccups) => {
        const stage = new Stage(natures);
        stage.hiccups = [...hiccups];
        const end = await stage.consume(sizes);

        expect(stage.handled).toEqual(indexesOf(natures, 'good'));
        const dead = stage.deadLetters.map(({ headers }) => Number(headers?.['index'])).sort((one, other) => one - other);
        expect(dead).toEqual(indexesOf(natures, 'undecodable', 'faulty', 'broken code'));
        expect([end, stage.position]).toEqual([BigInt(natures.length), BigInt(natures.length)]);
      }),
      { numRuns: 300 },
    );
  });

  it('gives batches that follow each other without a gap although the log has holes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(nature, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 40 }), pageSizes, async (entries, sizes) => {
        let offset = 0n;
        const offsets = entries.map(([, step]) => (offset += BigInt(step)));
        const stage = new Stage(entries.map(([one]) => one), offsets);
        await stage.consume(sizes);

        expect(stage.handled).toEqual(indexesOf(entries.map(([one]) => one), 'good'));
        expect(stage.position).toBe((offsets.at(-1) ?? 0n) + 1n);
      }),
      { numRuns: 200 },
    );
  });

  it('finds one bad record among 500 in about 2 log2(500) attempts', async () => {
    const natures = Array.from<unknown, Nature>({ length: 500 }, (_, index) => (index === 271 ? 'faulty' : 'good'));
    const stage = new Stage(natures);
    await stage.consume([500]);

    expect(stage.attempts.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(500)) + 1);
  });

  it('retries what is not the record\'s fault for ever, with longer and longer waits', async () => {
    const stage = new Stage(['good']);
    stage.hiccups = Array<Hiccup>(50).fill('dependency');
    const waits: number[] = [];
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const outcome = await stage.process(stage.page(0n, 10));
      waits.push(outcome.kind === 'retry' ? outcome.delayMs : -1);
      expect(outcome).toMatchObject({ kind: 'retry', nextOffset: 0n, reason: 'facts/3: the store is away' });
    }

    expect(waits.slice(0, 6)).toEqual([50, 100, 200, 400, 500, 500]);
    expect(await stage.process(stage.page(0n, 10))).toEqual({ kind: 'done', nextOffset: 1n });
    expect(stage.deadLetters).toEqual([]);
  });

  it('starts to wait anew when there was progress in between', async () => {
    const stage = new Stage(['good', 'faulty', 'good', 'good']);
    stage.hiccups = ['dependency', 'dependency', 'none', 'none', 'none', 'none', 'dependency'];
    const delays: number[] = [];
    let position = 0n;
    while (position < 4n) {
      const outcome = await stage.process(stage.page(position, 10));
      if (outcome.kind === 'retry') delays.push(outcome.delayMs);
      position = outcome.nextOffset;
    }

    expect(delays).toEqual([50, 100, 50]);
    expect(stage.handled).toEqual([0, 2, 3]);
  });

  it('gives an unknown error three more tries before it believes it', async () => {
    const stage = new Stage(['good', 'good']);
    stage.hiccups = ['unknown', 'unknown', 'unknown'];
    const kinds: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) kinds.push((await stage.process(stage.page(0n, 10))).kind);

    expect(kinds).toEqual(['retry', 'retry', 'retry', 'done']);
    expect(stage.deadLetters).toEqual([]);
  });

  it('goes to where the position is when a conflict shows that it moved', async () => {
    const stage = new Stage(Array<Nature>(10).fill('good'));
    stage.position = 6n;

    expect(await stage.process(stage.page(0n, 10))).toEqual({ kind: 'moved', nextOffset: 6n });
    expect(stage.deadLetters).toEqual([]);
  });

  it('goes back, with longer and longer waits, when the position is before what it took as done', async () => {
    const stage = new Stage(Array<Nature>(10).fill('good'));
    await stage.process(stage.page(0n, 6));
    const delays: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      // The first page resolves as if it were done, and is not.
      stage.position = 3n;
      const outcome = await stage.process(stage.page(6n, 4));
      expect(outcome).toMatchObject({ kind: 'retry', nextOffset: 3n, reason: expect.stringContaining('is at 3 and not at 6') });
      delays.push(outcome.kind === 'retry' ? outcome.delayMs : -1);
      await stage.process(stage.page(3n, 3));
    }

    expect(delays).toEqual([50, 100, 200, 400]);
    expect(await stage.process(stage.page(6n, 4))).toEqual({ kind: 'done', nextOffset: 10n });
  });

  it('does not bury what another member has buried already', async () => {
    const stage = new Stage(['undecodable', 'good', 'faulty', 'good']);
    stage.position = 4n;

    expect(await stage.process(stage.page(0n, 1))).toEqual({ kind: 'moved', nextOffset: 4n });
    expect(await stage.process(stage.page(2n, 1))).toEqual({ kind: 'moved', nextOffset: 4n });
    expect(stage.deadLetters).toEqual([]);
  });

  it('buries undecodable records that it comes upon when it was sent back', async () => {
    const natures: Nature[] = ['good', 'undecodable', 'good', 'undecodable'];
    const stage = new Stage(natures);
    stage.position = 2n;
    await stage.process(stage.page(2n, 2));
    stage.position = 0n;
    await stage.process(stage.page(0n, 4));

    expect(stage.deadLetters.map(({ headers }) => headers?.['index']).sort()).toEqual(['1', '3']);
    expect(stage.position).toBe(4n);
  });

  it('stops at the record that opens the breaker', async () => {
    const natures = Array<Nature>(1_500).fill('faulty');
    const stage = new Stage(natures);
    const end = await stage.consume([700]);

    expect(end).toBe(1_000n);
    expect(stage.deadLetters).toHaveLength(1_000);
    expect(stage.breaker.reason).toContain('1000 records in a row');
  });

  it('writes what was wrong, in Spring\'s words, and leaves the record as it was', async () => {
    const stage = new Stage(['good', 'faulty']);
    await stage.consume([10]);
    const [letter] = stage.deadLetters;

    expect(letter).toMatchObject({ topic: 'facts.dlq', key: 'key-1', value: Buffer.from('1'), headers: { index: '1' } });
    expect(letter?.headers).toMatchObject({
      'kafka_dlt-original-topic': 'facts',
      'kafka_dlt-original-partition': 'base64:AAAAAw==',
      'kafka_dlt-original-offset': 'base64:AAAAAAAAAAE=',
      'kafka_dlt-original-consumer-group': 'baseline',
      'kafka_dlt-exception-fqcn': 'OrreryError',
      'kafka_dlt-exception-message': 'faulty',
      'orrery-error-code': 'ORRERY_VALIDATION',
      'orrery-dead-letter-reason': 'unprocessable',
    });
    const record = { ...letter, partition: 0, offset: 0n, timestampMs: 0 } as LogRecord;
    expect(fromDeadLetter(record)?.original).toMatchObject({ ...at, offset: 1n, timestampMs: 1_001, headers: { index: '1' } });
  });
});
