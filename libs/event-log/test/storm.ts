import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { OrreryError } from '@orrery/errors';
import { fromDeadLetter, PostgresEventLog, TransactionalPositions, type LogBatch, type LogRecord, type OutgoingRecord, type SqlSession } from '../src/index.js';
import { GuardedClient } from '../src/postgres/postgres-connection.js';
import { topicNamed } from '../src/testing/contract-scene.js';
import { CuttableServer } from './cuttable-server.js';
import { PoolDatabase } from './pool-database.js';

export const stormSchema = 'storm';
const groupId = 'storm';
const partitions = 3;

/** What a record does to whoever takes it. */
type Nature = 'good' | 'undecodable' | 'faulty' | 'broken code';
const natures: readonly Nature[] = [...Array<Nature>(17).fill('good'), 'undecodable', 'faulty', 'broken code'];

/** What goes wrong while a batch is handled, whatever it holds. */
export type Hiccup =
  'none' | 'refused before' | 'away' | 'bug' | 'throws at once' | 'swallowed' | 'slow' | 'rolled back' | 'answer lost' | 'bug after commit' | 'refused after commit';

/** How a round goes; `random` in [0, 1). */
export interface Weather {
  readonly random: () => number;
  readonly hiccups: readonly Hiccup[];
  /** After such a silence another member takes over. */
  readonly sessionTimeoutMs: number;
}

interface Member {
  readonly log: PostgresEventLog;
  readonly server: CuttableServer;
  readonly pool: pg.Pool;
}

/** How often each record was handled and dead-lettered; keys are `partition/offset text`. */
export interface Outcome {
  readonly appended: readonly string[];
  readonly handled: ReadonlyMap<string, number>;
  readonly deadLettered: ReadonlyMap<string, number>;
}

/** Several members of one group on one topic, whose handlers fail and which come, go and die as the weather has it. */
export class Storm {
  readonly #members: Member[] = [];
  readonly #gone: Member[] = [];
  readonly #keeper: PostgresEventLog;
  #isCalm = false;
  #appended = 0;

  constructor(
    private readonly url: string,
    private readonly topic: string,
    private readonly weather: Weather,
  ) {
    this.#keeper = new PostgresEventLog({ url });
  }

  get memberCount(): number {
    return this.#members.length;
  }

  async start(): Promise<void> {
    await this.#keeper.ensureTopics([topicNamed(this.topic, partitions)]);
  }

  async append(count: number): Promise<void> {
    const records: OutgoingRecord[] = [];
    for (let index = 0; index < count; index += 1) {
      const value = Buffer.from(`${this.#pick(natures)} ${this.#appended + index}`);
      records.push({ topic: this.topic, key: null, value });
    }
    this.#appended += count;
    await this.#keeper.append(records);
  }

  async join(): Promise<void> {
    const server = new CuttableServer(this.url);
    const url = await server.start();
    const pool = new pg.Pool({ connectionString: url, Client: GuardedClient, max: 4 });
    pool.on('error', () => undefined);
    const log = new PostgresEventLog({ url, poolSize: 4, timing: { retry: { baseMs: 5, maxMs: 60 }, sessionTimeoutMs: this.weather.sessionTimeoutMs, heartbeatMs: 150 } });
    const database = new PoolDatabase(pool, stormSchema);
    const positions = new TransactionalPositions(database);
    const work = (batch: LogBatch<string>, hiccup: Hiccup) => this.#work(batch, { hiccup, database, positions });
    this.#members.push({ log, server, pool });
    await log.subscribe({
      groupId,
      topics: [this.topic],
      maxBatchRecords: 1 + Math.floor(this.weather.random() * 60),
      positions,
      decode: decoded,
      handle: (batch) => {
        const hiccup = this.#isCalm ? 'none' : this.#pick(this.weather.hiccups);
        if (hiccup === 'throws at once') throw new TypeError('a bug before the first await');
        return work(batch, hiccup);
      },
    });
  }

  /** A member finishes what it has in hand and goes. */
  async leave(): Promise<void> {
    const member = this.#take();
    if (member !== undefined) await dissolve(member);
  }

  /** A member is cut off from everything; what it still believes to know it cannot tell any more. */
  kill(): void {
    const member = this.#take();
    if (member === undefined) return;
    member.server.cut();
    this.#gone.push(member);
  }

  cutConnections(): void {
    this.#members[Math.floor(this.weather.random() * this.#members.length)]?.server.cutConnections();
  }

  calm(): void {
    this.#isCalm = true;
  }

  async isDone(): Promise<boolean> {
    const bounds = await this.#keeper.offsets(this.topic);
    const moved = await this.#query<{ partition: number; next_offset: string }>(`select partition, next_offset::text from ${stormSchema}.consumer_position where topic = $1`);
    return bounds.every(({ partition, end }) => end === 0n || moved.some((row) => row.partition === partition && row.next_offset === end.toString()));
  }

  async outcome(): Promise<Outcome> {
    const handled = await this.#query<{ record: string }>(`select record from ${stormSchema}.result where topic = $1`);
    const appended = (await Promise.all(Array.from({ length: partitions }, (_, partition) => this.#keeper.read({ topic: this.topic, partition }, 0n, 100_000)))).flat();
    const letters = (await this.#keeper.read({ topic: `${this.topic}.dlq`, partition: 0 }, 0n, 100_000)).flatMap((letter) => fromDeadLetter(letter)?.original ?? []);
    return {
      appended: appended.map(nameOf),
      handled: countOf(handled.map(({ record }) => record)),
      deadLettered: countOf(letters.map(nameOf)),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members.splice(0), ...this.#gone.splice(0)].map(dissolve));
    await this.#keeper.close();
  }

  async #work(batch: LogBatch<string>, how: { readonly hiccup: Hiccup; readonly database: PoolDatabase; readonly positions: TransactionalPositions }): Promise<void> {
    const { hiccup, database, positions } = how;
    if (hiccup === 'swallowed') return;
    if (hiccup === 'away') throw new OrreryError('ORRERY_DEPENDENCY', 'the store is away');
    if (hiccup === 'bug') throw new TypeError('a bug');
    if (hiccup === 'refused before') refuse(batch);
    await database.transaction(async (transaction: SqlSession) => {
      await positions.advance(transaction, groupId, batch);
      const records = batch.records.map(({ record }) => nameOf(record));
      await transaction.query(`insert into ${stormSchema}.result (topic, record) select $1, unnest($2::text[])`, [this.topic, records]);
      if (hiccup === 'slow') await sleep(this.weather.random() * 2 * this.weather.sessionTimeoutMs);
      refuse(batch);
      if (hiccup === 'rolled back') throw new TypeError('a bug behind the work');
    });
    if (hiccup === 'answer lost') throw new OrreryError('ORRERY_TIMEOUT', 'the answer to the commit got lost');
    if (hiccup === 'bug after commit') throw new TypeError('a bug behind the commit');
    if (hiccup === 'refused after commit') throw new OrreryError('ORRERY_VALIDATION', 'refused although it is done');
  }

  async #query<Row extends object>(sql: string): Promise<readonly Row[]> {
    const client = new GuardedClient({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query<Row>(sql, [this.topic])).rows;
    } finally {
      await client.end();
    }
  }

  #take(): Member | undefined {
    return this.#members.splice(Math.floor(this.weather.random() * this.#members.length), 1)[0];
  }

  #pick<Entry>(entries: readonly Entry[]): Entry {
    return entries[Math.floor(this.weather.random() * entries.length)] as Entry;
  }
}

async function dissolve({ log, pool, server }: Member): Promise<void> {
  await log.close();
  await pool.end();
  server.close();
}

function decoded({ value }: LogRecord): string {
  const text = Buffer.from(value ?? []).toString();
  if (text.startsWith('undecodable')) throw new SyntaxError('not a message');
  return text;
}

function refuse({ records }: LogBatch<string>): void {
  for (const { value } of records) {
    if (value.startsWith('faulty')) throw new OrreryError('ORRERY_VALIDATION', value);
    if (value.startsWith('broken code')) throw new TypeError(value);
  }
}

function nameOf({ partition, offset, value }: Pick<LogRecord, 'partition' | 'offset' | 'value'>): string {
  return `${partition}/${offset} ${Buffer.from(value ?? []).toString()}`;
}

function countOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
