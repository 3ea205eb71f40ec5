import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '@orrery/testing';
import { PostgresEventLog, type PostgresEventLogOptions } from '../src/index.js';
import { eventually, Gate, numbered, textOf, topicNamed } from '../src/testing/contract-scene.js';

const topic = 'spec.faults';
const at = { topic, partition: 0 };

describe('PostgreSQL event log', () => {
  let database: TestDatabase;
  let admin: pg.Client;
  const logs: PostgresEventLog[] = [];
  const open = (options: Partial<PostgresEventLogOptions> = {}): PostgresEventLog => {
    const log = new PostgresEventLog({ url: database.url, ...options, timing: { retry: { baseMs: 20, maxMs: 100 }, heartbeatMs: 300, ...options.timing } });
    logs.push(log);
    return log;
  };
  const append = (log: PostgresEventLog, texts: readonly string[]): Promise<void> =>
    log.append(texts.map((text) => ({ topic, key: 'k', value: Buffer.from(text) })));
  const subscription = (handle: (texts: string[]) => Promise<void>) => ({
    ...{ groupId: 'g', topics: [topic], decode: textOf },
    handle: (batch: { records: readonly { value: string }[] }) => handle(batch.records.map(({ value }) => value)),
  });

  beforeEach(async () => {
    database = await testDatabase();
    admin = new pg.Client(database.url);
    admin.on('error', () => undefined);
    await admin.connect();
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await admin.end();
    await database.drop();
  });

  describe('when several processes start together', () => {
    it('makes its schema once', async () => {
      await Promise.all(numbered('process', 6).map(() => open().ensureTopics([topicNamed(topic, 3)])));

      expect(await open().offsets(topic)).toHaveLength(3);
    });
  });

  describe('when the server has the unprivileged role', () => {
    it('works as that role, also when the role came later', async () => {
      await open().ensureTopics([topicNamed(topic, 1)]);
      const role = `role_${database.database}`;
      await admin.query(`create role ${role} nologin`);
      await admin.query(`
        create table writer (name text);
        grant insert on writer to ${role};
        create function note_writer() returns trigger language plpgsql as 'begin insert into writer values (current_user); return null; end';
        create trigger note_writer after insert on event_log.record for each statement execute function note_writer()`);
      const log = open({ role });
      await append(log, ['n']);
      await log.close();

      expect((await admin.query('select name from writer')).rows).toEqual([{ name: role }]);
      await admin.query(`drop owned by ${role}; drop role ${role}`);
    });
  });

  describe('when every connection is cut while records flow', () => {
    it('loses nothing and listens again', async () => {
      const log = open();
      const appender = open();
      await log.ensureTopics([topicNamed(topic, 1)]);
      const got: string[] = [];
      await log.subscribe(subscription(async (texts) => void got.push(...texts)));
      const acknowledged: string[] = [];
      for (let round = 0; round < 30; round += 1) {
        const texts = numbered(`round-${round}`, 10);
        await append(appender, texts).then(() => acknowledged.push(...texts), () => undefined);
        if (round % 7 === 3) await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()');
      }

      expect(acknowledged.length).toBeGreaterThan(150);
      await eventually(() => expect(got).toEqual(expect.arrayContaining(acknowledged)));
      await eventually(async () => expect(await log.lag('g', [topic])).toMatchObject([{ lag: 0n }]));
      const stored = (await log.read(at, 0n, 1_000)).map(textOf);
      expect([...new Set(got)]).toEqual(stored);
    });
  });

  describe('when a notification is lost', () => {
    it('finds the records at its next heartbeat', async () => {
      const log = open();
      await log.ensureTopics([topicNamed(topic, 1)]);
      const got: string[] = [];
      const consumer = await log.subscribe(subscription(async (texts) => void got.push(...texts)));
      await eventually(() => expect(consumer.assignments()).toHaveLength(1));
      await admin.query(`
        with moved as (update event_log.head set next_offset = next_offset + 1 from event_log.partition p
          where p.partition_id = head.partition_id and p.topic = '${topic}' returning head.partition_id)
        insert into event_log.record select partition_id, 0, now(), null, 'silent', null from moved`);

      await eventually(() => expect(got).toEqual(['silent']));
    });
  });

  describe('when a consumer was not heard of for longer than its lease', () => {
    it('lets another take over, and does not let the first commit any more', async () => {
      const slow = open({ timing: { sessionTimeoutMs: 800, heartbeatMs: 60_000 } });
      await slow.ensureTopics([topicNamed(topic, 1)]);
      await append(slow, numbered('n', 10));
      const gate = new Gate();
      const doomed = await slow.subscribe({
        ...subscription(async () => gate.pass()),
        maxBatchRecords: 4,
      });
      await gate.reached();
      const got: string[] = [];
      const heir = await open().subscribe(subscription(async (texts) => void got.push(...texts)));
      await eventually(() => expect(got).toEqual(numbered('n', 10)));
      expect(heir.assignments()).toEqual([at]);
      gate.open();
      await eventually(() => expect(doomed.assignments()).toEqual([]));

      expect(await slow.lag('g', [topic])).toMatchObject([{ position: 10n, lag: 0n }]);
      expect(heir.assignments()).toEqual([at]);
    });
  });

  describe('when the answer to a claim was lost', () => {
    it('gives back what the table says it has and it has no room for', async () => {
      const [one, other] = [open(), open()];
      await one.ensureTopics([topicNamed(topic, 2)]);
      const got: string[] = [];
      const consumers = await Promise.all([one, other].map((log) => log.subscribe(subscription(async (texts) => void got.push(...texts)))));
      await eventually(() => expect(consumers.map((consumer) => consumer.assignments().length)).toEqual([1, 1]));
      await admin.query(`
        update event_log.group_partition g set lease_epoch = lease_epoch + 1, owner = (select max(o.owner::text)::uuid from event_log.group_partition o)
        where owner = (select min(o.owner::text)::uuid from event_log.group_partition o)`);
      const owners = () => admin.query('select count(distinct owner)::int as owners from event_log.group_partition');

      await eventually(async () => expect((await owners()).rows).toEqual([{ owners: 2 }]));
      await eventually(() => expect(consumers.map((consumer) => consumer.assignments().length)).toEqual([1, 1]));
      await one.append(numbered('n', 10).map((text) => ({ topic, key: null, value: Buffer.from(text) })));
      await eventually(() => expect([...got].sort()).toEqual(numbered('n', 10).sort()));
    });
  });

  describe('retention', () => {
    const age = (hours: number) => admin.query(`update event_log.record set appended_at = now() - interval '${hours} hours'`);

    it('removes what is older than the topic keeps, and what is younger stays', async () => {
      const log = open();
      await log.ensureTopics([topicNamed(topic, 1)]);
      await append(log, numbered('old', 12_000));
      await age(2);
      await append(log, numbered('new', 5));

      expect(await log.enforceRetention()).toBe(12_000);
      expect(await log.offsets(topic)).toEqual([{ topic, partition: 0, start: 12_000n, end: 12_005n }]);
      expect((await log.read(at, 0n, 10)).map(textOf)).toEqual(numbered('new', 5));
      expect(await log.lag('new group', [topic])).toMatchObject([{ position: 12_000n, lag: 5n }]);
    });

    it('never removes what a living group has still to process', async () => {
      const log = open();
      await log.ensureTopics([topicNamed(topic, 1)]);
      await append(log, numbered('n', 20));
      const got: string[] = [];
      const consumer = await log.subscribe({ ...subscription(async (texts) => void got.push(...texts)), maxBatchRecords: 8 });
      await eventually(() => expect(got).toHaveLength(20));
      await consumer.stop();
      await append(log, numbered('later', 10));
      await age(2);

      expect(await log.enforceRetention()).toBe(20);
      await admin.query(`update event_log.group_partition set touched_at = now() - interval '8 days'`);
      expect(await log.enforceRetention()).toBe(10);
    });

    it('lets a group that was away for too long go on where the log begins', async () => {
      const warnings: string[] = [];
      const log = open({ onWarning: (message) => warnings.push(message) });
      await log.ensureTopics([topicNamed(topic, 1)]);
      await append(log, numbered('n', 10));
      const got: string[] = [];
      const first = await log.subscribe({ ...subscription(async (texts) => void got.push(...texts)), maxBatchRecords: 10 });
      await eventually(() => expect(got).toHaveLength(10));
      await first.stop();
      await append(log, numbered('missed', 10));
      await age(2);
      await admin.query(`update event_log.group_partition set touched_at = now() - interval '8 days'`);
      await log.enforceRetention();
      await append(log, ['after']);
      await log.subscribe(subscription(async (texts) => void got.push(...texts)));

      await eventually(() => expect(got.slice(10)).toEqual(['after']));
      expect(warnings).toContainEqual(expect.stringContaining('removed by retention'));
    });

    it('keeps the newest record of each key in a compacted topic, and forgets old tombstones', async () => {
      const log = open();
      await log.ensureTopics([{ ...topicNamed(topic, 1), cleanupPolicy: 'compact' }]);
      const put = (key: string, text: string | null) => log.append([{ topic, key, value: text === null ? null : Buffer.from(text) }]);
      await put('a', 'a1');
      await put('b', 'b1');
      await put('a', 'a2');
      await put('b', null);
      await age(2);
      await put('c', 'c1');
      await put('c', null);

      expect(await log.enforceRetention()).toBe(4);
      const records = await log.read(at, 0n, 10);
      expect(records.map(({ key, value, offset }) => [key, value && Buffer.from(value).toString(), offset])).toEqual([
        ['a', 'a2', 2n],
        ['c', null, 5n],
      ]);
      const got: string[] = [];
      await log.subscribe(subscription(async (texts) => void got.push(...texts)));
      await eventually(() => expect(got).toEqual(['a2', '']));
    });
  });

  describe('when two installations share a database', () => {
    it('keeps their topics and groups apart by the prefix', async () => {
      const [one, other] = [open({ topicPrefix: 'one.' }), open({ topicPrefix: 'other.' })];
      for (const log of [one, other]) await log.ensureTopics([topicNamed(topic, 1)]);
      await append(one, ['for one']);
      const got: string[] = [];
      await other.subscribe(subscription(async (texts) => void got.push(...texts)));
      await append(other, ['for the other']);

      await eventually(() => expect(got).toEqual(['for the other']));
      expect(await one.topics()).toEqual([topic]);
      expect((await one.read(at, 0n, 10)).map((record) => [record.topic, textOf(record)])).toEqual([[topic, 'for one']]);
    });
  });
});
