import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { trace } from '@opentelemetry/api';
import { OrreryError } from '@orrery/errors';
import { testDatabase, type TestDatabase } from '@orrery/testing';
import { OutboxRelay, outboxStatements, OutboxWriter, PostgresEventLog, type EventLog, type OutboxRelayOptions, type OutgoingRecord, type SqlSession } from '../src/index.js';
import { eventually, numbered, textOf, topicNamed } from '../src/testing/contract-scene.js';
import { PoolDatabase } from './pool-database.js';
import { recordSpans } from './span-recorder.js';

recordSpans();
const topic = 'spec.facts';
const at = { topic, partition: 0 };
const schema = 'baseline';

describe('outbox', () => {
  let server: TestDatabase;
  let pool: pg.Pool;
  let log: PostgresEventLog;
  const relays: OutboxRelay[] = [];
  const writer = new OutboxWriter(schema);

  beforeEach(async () => {
    server = await testDatabase();
    pool = new pg.Pool({ connectionString: server.url });
    pool.on('error', () => undefined);
    await pool.query(`create schema ${schema}; ${outboxStatements(schema).join(';')}`);
    log = new PostgresEventLog({ url: server.url });
    await log.ensureTopics([topicNamed(topic, 1)]);
  });
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await log.close();
    await pool.end();
    await server.drop();
  });

  const relay = (options: Partial<OutboxRelayOptions> = {}): OutboxRelay => {
    // Not the default role: this schema grants it nothing, and another spec may have made it.
    const made = new OutboxRelay({ url: server.url, role: 'none', schema, log, retry: { baseMs: 20, maxMs: 100 }, ...options });
    relays.push(made);
    made.start();
    return made;
  };
  const facts = (texts: readonly string[]): OutgoingRecord[] => texts.map((text) => ({ topic, key: 'run-1', value: Buffer.from(text) }));
  const inTransaction = (work: (session: SqlSession) => Promise<void>): Promise<void> => new PoolDatabase(pool, schema).transaction(work);
  const write = (texts: readonly string[]): Promise<void> => inTransaction((transaction) => writer.write(transaction, facts(texts)));
  const logged = async (): Promise<string[]> => (await log.read(at, 0n, 5_000)).map(textOf);
  const waiting = async (): Promise<number> => Number((await pool.query(`select count(*) from ${schema}.outbox`)).rows[0].count);

  it('sends what was committed, in order and soon, and nothing of what was rolled back', async () => {
    const made = relay({ pollMs: 60_000 });
    await eventually(() => expect(made.state()).toBe('active'));
    await write(numbered('a', 3));
    await expect(
      inTransaction(async (transaction) => {
        await writer.write(transaction, facts(['never']));
        throw new OrreryError('ORRERY_VALIDATION', 'the work failed');
      }),
    ).rejects.toThrow();
    await write(numbered('b', 1_200));

    await eventually(async () => expect(await logged()).toEqual([...numbered('a', 3), ...numbered('b', 1_200)]));
    await eventually(async () => expect(await waiting()).toBe(0));
  });

  it('carries key, value, headers and the trace context of the writer', async () => {
    const headers = { 'content-type': 'x', binary: 'base64:/wAB' };
    let traceId: string | undefined;
    await trace.getTracer('spec').startActiveSpan('work', async (span) => {
      traceId = span.spanContext().traceId;
      await inTransaction((transaction) => writer.write(transaction, [{ topic, key: null, value: null, headers }]));
      span.end();
    });
    relay();

    await eventually(async () => expect(await logged()).toHaveLength(1));
    const [record] = await log.read(at, 0n, 1);
    expect(record).toMatchObject({ key: null, value: null, headers });
    expect(record?.headers['traceparent']).toContain(traceId);
  });

  it('keeps the rows while the log is down or its topic missing, and sends them afterwards', async () => {
    let isDown = true;
    const flaky = { append: async (records: readonly OutgoingRecord[]) => (isDown ? Promise.reject(new OrreryError('ORRERY_DEPENDENCY', 'no broker')) : log.append(records)) };
    const made = relay({ log: flaky as EventLog });
    await write(numbered('n', 5));
    await eventually(() => expect(made.state()).toBe('retrying'));
    expect(made.reason()).toBe('no broker');
    expect(await waiting()).toBe(5);
    await inTransaction((transaction) => writer.write(transaction, [{ topic: 'spec.later', key: 'k', value: Buffer.from('early') }]));
    isDown = false;
    await eventually(() => expect(made.reason()).toContain('spec.later'));
    await log.ensureTopics([topicNamed('spec.later', 1)]);

    await eventually(async () => expect(await waiting()).toBe(0));
    expect([...new Set(await logged())]).toEqual(numbered('n', 5));
    expect(made.state()).toBe('active');
  });

  it('has one active relay, and another takes over where it stopped', async () => {
    const first = relay();
    await eventually(() => expect(first.state()).toBe('active'));
    const second = relay();
    await write(numbered('a', 10));
    await eventually(async () => expect(await logged()).toHaveLength(10));
    expect(second.state()).toBe('standby');
    await first.stop();
    await write(numbered('b', 10));

    await eventually(() => expect(second.state()).toBe('active'));
    await eventually(async () => expect(await logged()).toEqual([...numbered('a', 10), ...numbered('b', 10)]));
    expect(first.state()).toBe('stopped');
  });

  it('goes on after its connection was cut', async () => {
    const made = relay();
    await eventually(() => expect(made.state()).toBe('active'));
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${schema} outbox'`);
    await write(numbered('n', 5));

    await eventually(async () => expect(await logged()).toEqual(numbered('n', 5)));
  });

  it('parks a record that the log never takes, with the reason, and sends its neighbours', async () => {
    const warnings: string[] = [];
    const picky = {
      append: async (records: readonly OutgoingRecord[]) => {
        if (records.some(({ value }) => Buffer.from(value ?? []).toString() === 'n-7')) throw new OrreryError('ORRERY_LIMIT', 'too large', { retriable: false });
        await log.append(records);
      },
    };
    relay({ log: picky as EventLog, onWarning: (message) => warnings.push(message) });
    await write(numbered('n', 20));

    await eventually(async () => expect(await logged()).toEqual(numbered('n', 20).filter((text) => text !== 'n-7')));
    const { rows } = await pool.query(`select convert_from(value, 'UTF8') as text, park_reason from ${schema}.outbox`);
    expect(rows).toEqual([{ text: 'n-7', park_reason: 'too large' }]);
    expect(warnings).toEqual([expect.stringContaining('parked')]);
  });

  it('refuses a record that could never leave it, before the work is committed', async () => {
    const tooLarge = { topic, key: 'k', value: Buffer.alloc(4 * 1024 * 1024 + 1) };

    await expect(inTransaction((transaction) => writer.write(transaction, [tooLarge]))).rejects.toMatchObject({ code: 'ORRERY_LIMIT', retriable: false });
  });
});
