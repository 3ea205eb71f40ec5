import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogHeaders } from '../event-log.js';
import type { ContractBackend } from './contract-backend.js';
import { ContractScene, eventually, numbered, topicNamed } from './contract-scene.js';

/** Headers without the trace context that appending adds. */
function untraced(headers: LogHeaders): LogHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'traceparent'));
}

/** Topics, appending and reading outside any group. */
export function appendingContract(backend: () => ContractBackend): void {
  let scene: ContractScene;
  beforeEach(() => {
    scene = new ContractScene(backend());
  });
  afterEach(() => scene.close());

  describe('topics', () => {
    it('are created once and keep their partitions', async () => {
      await scene.createTopic(3);
      await scene.openLog().ensureTopics([topicNamed(scene.topic, 5)]);

      expect(await scene.log.topics()).toContain(scene.topic);
      expect((await scene.log.offsets(scene.topic)).map(({ partition }) => partition)).toEqual([0, 1, 2]);
    });

    it('that do not exist have no offsets, take no records and no subscription', async () => {
      const missing = { code: 'ORRERY_NOT_FOUND', message: expect.stringContaining(scene.topic) };

      expect(await scene.log.offsets(scene.topic)).toEqual([]);
      await expect(scene.append(['n'])).rejects.toMatchObject(missing);
      await expect(scene.log.subscribe(scene.collect().subscription)).rejects.toMatchObject(missing);
    });
  });

  describe('when records are appended', () => {
    it('gives back key, value, headers and time as they were', async () => {
      await scene.createTopic(1);
      const headers = { 'content-type': 'application/json', unicode: 'Grüße 世界', binary: 'base64:/wAB', empty: '' };
      const value = Buffer.from([0, 1, 2, 253, 254, 255]);
      const before = Date.now();
      await scene.log.append([
        { topic: scene.topic, key: 'Schlüssel', value, headers },
        { topic: scene.topic, key: 'base64:AP8=', value: null },
        { topic: scene.topic, key: null, value: Buffer.alloc(0) },
      ]);
      const records = await scene.log.read({ topic: scene.topic, partition: 0 }, 0n, 10);

      expect(records.map(({ key, value: bytes, headers: texts }) => ({ key, value: bytes && Buffer.from(bytes), headers: untraced(texts) }))).toEqual([
        { key: 'Schlüssel', value, headers },
        { key: 'base64:AP8=', value: null, headers: {} },
        { key: null, value: Buffer.alloc(0), headers: {} },
      ]);
      expect(records.map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
      for (const { timestampMs } of records) expect(Math.abs(timestampMs - before)).toBeLessThan(60_000);
    });

    it('takes 10,000 records for several topics at once', async () => {
      const second = `${scene.topic}.second`;
      await scene.log.ensureTopics([topicNamed(scene.topic, 3), topicNamed(second, 2)]);
      const records = numbered('n', 10_000).map((text, index) => ({
        ...{ topic: index % 4 === 0 ? second : scene.topic, key: `key-${index % 100}`, value: Buffer.from(text.padEnd(600, '.')) },
      }));
      await scene.log.append(records);
      const got = scene.collect({ topics: [scene.topic, second] });
      await scene.log.subscribe(got.subscription);

      await eventually(() => expect(got.texts()).toHaveLength(10_000));
      expect(new Set(got.texts()).size).toBe(10_000);
      expect(got.batches.filter(({ topic }) => topic === second).flatMap((batch) => batch.records)).toHaveLength(2_500);
    });

    it('keeps offsets free of gaps however many append at once', async () => {
      await scene.createTopic(3);
      const other = scene.openLog();
      const appends = numbered('batch', 60).map((batch, index) => {
        const log = index % 2 === 0 ? scene.log : other;
        const keys = index % 3 === 0 ? ['a', 'b', 'c'] : ['c', 'a', 'b'];
        return log.append(keys.flatMap((key) => numbered(`${batch}.${key}`, 5).map((text) => scene.record(text, key))));
      });
      await Promise.all(appends);

      for (const { partition, start, end } of await scene.log.offsets(scene.topic)) {
        const records = await scene.log.read({ topic: scene.topic, partition }, 0n, 1_000);
        expect(records.map(({ offset }) => offset)).toEqual(Array.from({ length: Number(end - start) }, (_, index) => BigInt(index)));
      }
    });

    it('sends a key where every Kafka client sends it, and spreads records without one', async () => {
      await scene.createTopic(4);
      await scene.append(['one'], 'run-1');
      await scene.openLog().append([scene.record('two', 'run-1')]);
      await scene.append(numbered('n', 40), null);

      const ends = (await scene.log.offsets(scene.topic)).map(({ end }) => Number(end));
      expect(ends.reduce((sum, end) => sum + end)).toBe(42);
      expect(Math.min(...ends)).toBeGreaterThan(0);
      const partitions = await Promise.all(ends.map((_, partition) => scene.log.read({ topic: scene.topic, partition }, 0n, 100)));
      // kafkajs' and Java's partitioner give 1 for "run-1" and four partitions.
      expect(partitions.map((records) => records.filter(({ key }) => key === 'run-1').length)).toEqual([0, 2, 0, 0]);
    });

    it('refuses a record that is too large, and with it the batch', async () => {
      await scene.createTopic(1);
      const tooLarge = { topic: scene.topic, key: 'k', value: Buffer.alloc(4 * 1024 * 1024 + 1) };

      await expect(scene.log.append([scene.record('small'), tooLarge])).rejects.toMatchObject({ code: 'ORRERY_LIMIT', retriable: false });
      expect(await scene.log.offsets(scene.topic)).toMatchObject([{ end: 0n }]);
    });

    it('takes a record of the largest size', async () => {
      await scene.createTopic(1);
      await scene.log.append([{ topic: scene.topic, key: null, value: Buffer.alloc(4 * 1024 * 1024, 7) }]);

      const [record] = await scene.log.read({ topic: scene.topic, partition: 0 }, 0n, 1);
      expect(record?.value?.byteLength).toBe(4 * 1024 * 1024);
    });
  });

  describe('when records are read', () => {
    it('begins at the offset and gives no more than asked for', async () => {
      await scene.createTopic(1);
      await scene.append(numbered('n', 20));
      const at = { topic: scene.topic, partition: 0 };

      const records = await scene.log.read(at, 5n, 3);
      expect(records.map(({ offset, value }) => [offset, Buffer.from(value ?? []).toString()])).toEqual([
        [5n, 'n-5'],
        [6n, 'n-6'],
        [7n, 'n-7'],
      ]);
      expect(await scene.log.read(at, 20n, 5)).toEqual([]);
      expect(await scene.log.read({ ...at, partition: 9 }, 0n, 5)).toEqual([]);
    });
  });

  describe('when the log is down', () => {
    it('says so within seconds', async () => {
      const log = backend().openUnreachable();
      const startedAt = performance.now();
      const down = { code: 'ORRERY_DEPENDENCY', retriable: true };

      await expect(log.append([scene.record('n')])).rejects.toMatchObject(down);
      await expect(log.ping()).rejects.toMatchObject(down);
      await expect(log.subscribe(scene.collect().subscription)).rejects.toMatchObject(down);
      expect(performance.now() - startedAt).toBeLessThan(3 * 5_500);
      await log.close();
    });

    it('answers a ping when it is up', async () => {
      await expect(scene.log.ping()).resolves.toBeUndefined();
    });

    it('takes nothing after it was closed', async () => {
      await scene.createTopic(1);
      const log = scene.openLog();
      await log.append([scene.record('n')]);
      await log.close();

      await expect(log.append([scene.record('n')])).rejects.toMatchObject({ code: 'ORRERY_DEPENDENCY' });
    });
  });
}
