import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { OrreryError } from '@orrery/errors';
import { testDatabase, type TestDatabase } from '@orrery/testing';
import { outboxStatements, OutboxWriter, PostgresEventLog, TransactionalPositions, type LogBatch } from '../src/index.js';
import { eventually, Gate, numbered, textOf, topicNamed } from '../src/testing/contract-scene.js';
import { PoolDatabase } from './pool-database.js';

const topic = 'spec.positions';
const groupId = 'baseline';
const at = { topic, partition: 0 };

describe.each(['rows', 'results'] as const)('transactional positions, over sessions that answer with %s', (answers) => {
  let server: TestDatabase;
  let database: PoolDatabase;
  let pool: pg.Pool;
  let positions: TransactionalPositions;

  beforeEach(async () => {
    server = await testDatabase();
    pool = new pg.Pool({ connectionString: server.url });
    pool.on('error', () => undefined);
    await pool.query(`create schema baseline; ${outboxStatements('baseline').join(';')}; create table baseline.result (text text not null)`);
    database = new PoolDatabase(pool, 'baseline', answers);
    positions = new TransactionalPositions(database);
  });
  afterEach(async () => {
    await pool.end();
    await server.drop();
  });

  const batch = (firstOffset: bigint, nextOffset: bigint) => ({ ...at, firstOffset, nextOffset });
  const advance = (firstOffset: bigint, nextOffset: bigint): Promise<void> =>
    database.transaction((transaction) => positions.advance(transaction, groupId, batch(firstOffset, nextOffset)));
  const conflict = { code: 'ORRERY_CONFLICT', retriable: false };

  it('begin with nothing and move batch by batch', async () => {
    expect(await positions.load(groupId, at)).toBeNull();
    await advance(0n, 10n);
    await advance(10n, 25n);

    expect(await positions.load(groupId, at)).toBe(25n);
    expect(await positions.load('other', at)).toBeNull();
    expect(await positions.load(groupId, { ...at, partition: 1 })).toBeNull();
  });

  it('refuse a batch that is done, one from further on, and the second of two first ones', async () => {
    await advance(0n, 10n);

    await expect(advance(0n, 10n)).rejects.toMatchObject(conflict);
    await expect(advance(11n, 20n)).rejects.toMatchObject(conflict);
    const two = await Promise.allSettled([advance(10n, 20n), advance(10n, 20n)]);
    expect(two.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await positions.load(groupId, at)).toBe(20n);
  });

  it('stay where they were when the work is rolled back', async () => {
    await advance(0n, 10n);
    const failing = database.transaction(async (transaction) => {
      await positions.advance(transaction, groupId, batch(10n, 20n));
      throw new OrreryError('ORRERY_VALIDATION', 'the work failed');
    });

    await expect(failing).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
    expect(await positions.load(groupId, at)).toBe(10n);
  });

  it('skip only from where they are, begin where they are told to, and reset both ways', async () => {
    const skip = (firstOffset: bigint, nextOffset: bigint) => positions.skip(groupId, at, { firstOffset, nextOffset });
    await skip(3n, 3n);
    await skip(3n, 5n);
    for (const refused of [skip(3n, 9n), skip(7n, 9n), skip(0n, 0n)]) await expect(refused).rejects.toMatchObject(conflict);
    expect(await positions.load(groupId, at)).toBe(5n);
    await positions.reset(groupId, at, 2n);

    expect(await positions.load(groupId, at)).toBe(2n);
  });

  it('hold offsets beyond what a double can', async () => {
    await positions.reset(groupId, at, 9_007_199_254_740_993n);
    await advance(9_007_199_254_740_993n, 9_007_199_254_740_995n);

    expect(await positions.load(groupId, at)).toBe(9_007_199_254_740_995n);
  });

  it('make a batch take effect once, results and facts alike, when two consumers work on it', async () => {
    const timing = { retry: { baseMs: 20, maxMs: 100 }, heartbeatMs: 300 };
    const slow = new PostgresEventLog({ url: server.url, timing: { ...timing, sessionTimeoutMs: 800, heartbeatMs: 60_000 } });
    const quick = new PostgresEventLog({ url: server.url, timing });
    const writer = new OutboxWriter('baseline');
    await slow.ensureTopics([topicNamed(topic, 1)]);
    await slow.append(numbered('n', 50).map((text) => ({ topic, key: 'k', value: Buffer.from(text) })));
    const work = (wait: Promise<void>) => (received: LogBatch<string>) =>
      database.transaction(async (transaction) => {
        await wait;
        await positions.advance(transaction, groupId, received);
        for (const { value } of received.records) await transaction.query('insert into baseline.result values ($1)', [value]);
        await writer.write(transaction, received.records.map(({ value }) => ({ topic: 'facts', key: 'k', value: Buffer.from(`fact of ${value}`) })));
      });
    const gate = new Gate();
    const reached = new Gate();
    reached.open();
    const common = { groupId, topics: [topic], decode: textOf, positions, maxBatchRecords: 20 };
    const doomed = await slow.subscribe({
      ...common,
      handle: async (received) => {
        void reached.pass();
        await work(gate.pass())(received);
      },
    });
    await reached.reached();
    const heir = await quick.subscribe({ ...common, handle: work(Promise.resolve()) });
    await eventually(async () => expect(await positions.load(groupId, at)).toBe(50n));
    gate.open();
    await eventually(() => expect(doomed.assignments()).toEqual([]));

    const results = await pool.query('select text from baseline.result');
    expect(results.rows.map(({ text }) => text)).toEqual(numbered('n', 50));
    const outbox = await pool.query(`select convert_from(value, 'UTF8') as text from baseline.outbox order by outbox_id`);
    expect(outbox.rows.map(({ text }) => text)).toEqual(numbered('fact of n', 50));
    expect(await quick.offsets(`${topic}.dlq`)).toMatchObject([{ end: 0n }]);
    expect(heir.state()).toBe('running');
    await slow.close();
    await quick.close();
  });
});
