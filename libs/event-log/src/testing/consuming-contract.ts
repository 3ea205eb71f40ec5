import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogConsumer } from '../event-log.js';
import type { ContractBackend } from './contract-backend.js';
import { ContractScene, eventually, Gate, numbered, stopAll } from './contract-scene.js';

/** Order, groups, positions, rebalance, replay, lag. */
export function consumingContract(backend: () => ContractBackend): void {
  let scene: ContractScene;
  beforeEach(() => {
    scene = new ContractScene(backend());
  });
  afterEach(() => scene.close());

  describe('when records are consumed', () => {
    it('keeps the order of each key, and gives every record once', async () => {
      await scene.createTopic(4);
      const keys = numbered('key', 20);
      const all = numbered('n', 50).flatMap((text) => keys.map((key) => scene.record(`${key}:${text}`, key)));
      const got = scene.collect({ maxBatchRecords: 37 });
      await scene.log.subscribe(got.subscription);
      for (let i = 0; i < all.length; i += 170) await scene.log.append(all.slice(i, i + 170));

      await eventually(() => expect(got.texts()).toHaveLength(1_000));
      for (const key of keys) {
        expect(got.texts().filter((text) => text.startsWith(`${key}:`))).toEqual(numbered('n', 50).map((text) => `${key}:${text}`));
      }
    });

    it('chains batches without a gap and keeps to the batch size', async () => {
      await scene.createTopic(1);
      await scene.append(numbered('n', 230));
      const got = scene.collect({ maxBatchRecords: 100 });
      await scene.log.subscribe(got.subscription);

      await eventually(() => expect(got.texts()).toEqual(numbered('n', 230)));
      got.batches.forEach((batch, index) => {
        expect(batch.records.length).toBeLessThanOrEqual(100);
        expect(batch.firstOffset).toBe(got.batches[index - 1]?.nextOffset ?? 0n);
        expect(batch.records[0]?.record.offset).toBe(batch.firstOffset);
      });
      expect(got.batches.at(-1)?.nextOffset).toBe(230n);
    });

    it('cuts batches by bytes, and gives a larger record alone', async () => {
      await scene.createTopic(1);
      const large = 'x'.repeat(50_000);
      await scene.append(['a', large, 'b', 'c', large]);
      const got = scene.collect({ maxBatchBytes: 20_000 });
      await scene.log.subscribe(got.subscription);

      await eventually(() => expect(got.texts()).toEqual(['a', large, 'b', 'c', large]));
      for (const batch of got.batches) {
        const others = batch.records.slice(0, -1).reduce((sum, { value }) => sum + value.length, 0);
        expect(others).toBeLessThan(20_000);
      }
    });

    it('gives every group everything', async () => {
      await scene.createTopic(2);
      const one = scene.collect();
      const other = scene.collect({ groupId: `${scene.groupId}-other` });
      await scene.log.subscribe(one.subscription);
      await scene.append(numbered('n', 10));
      await scene.log.subscribe(other.subscription);

      await eventually(() => expect(one.texts()).toEqual(numbered('n', 10)));
      await eventually(() => expect(other.texts()).toEqual(numbered('n', 10)));
    });

    it('starts at the end when asked to, and finds the same end again after a restart', async () => {
      await scene.createTopic(1);
      await scene.append(['before']);
      const got = scene.collect({ from: 'latest' });
      const consumer = await scene.log.subscribe(got.subscription);
      await eventually(async () => expect(await scene.lag()).toBe(0));
      await consumer.stop();
      await scene.append(['between']);
      await scene.log.subscribe(got.subscription);
      await scene.append(['after']);

      await eventually(() => expect(got.texts()).toEqual(['between', 'after']));
    });
  });

  describe('when a consumer restarts', () => {
    it('goes on where the group had committed', async () => {
      await scene.createTopic(2);
      const got = scene.collect();
      const first = await scene.log.subscribe(got.subscription);
      await scene.append(numbered('a', 20));
      await eventually(() => expect(got.texts()).toEqual(numbered('a', 20)));
      await first.stop();
      await scene.append(numbered('b', 20));
      const second = scene.collect();
      await scene.openLog().subscribe(second.subscription);

      await eventually(() => expect(second.texts()).toEqual(numbered('b', 20)));
      expect(first.state()).toBe('stopped');
    });

    it('commits exactly what was handled when it is closed in the middle of a batch', async () => {
      await scene.createTopic(1);
      await scene.append(numbered('n', 25));
      const gate = new Gate();
      const log = scene.openLog();
      const got = scene.collect({ maxBatchRecords: 10 });
      await log.subscribe({
        ...got.subscription,
        handle: async (batch) => {
          if (batch.firstOffset === 10n) await gate.pass();
          await got.subscription.handle(batch);
        },
      });
      await gate.reached();
      const closing = log.close();
      gate.open();
      await closing;

      expect(got.texts()).toEqual(numbered('n', 20));
      expect(await scene.log.lag(scene.groupId, [scene.topic])).toMatchObject([{ position: 20n, end: 25n, lag: 5n }]);
    });
  });

  describe('when a group has two consumers', () => {
    it('spreads the partitions, and neither loses nor reorders anything as they come and go', async () => {
      await scene.createTopic(4);
      const keys = numbered('key', 16);
      const got = scene.collect({ maxBatchRecords: 5 });
      const one = await scene.openLog().subscribe(got.subscription);
      await eventually(() => expect(one.assignments()).toHaveLength(4));
      const consumers: LogConsumer[] = [one];
      for (let round = 0; round < 12; round += 1) {
        await scene.log.append(keys.map((key) => scene.record(`${key}:${round}`, key)));
        if (round === 3) consumers.push(await scene.openLog().subscribe(got.subscription));
        if (round === 3) await eventually(() => expect(consumers.map((consumer) => consumer.assignments().length)).toEqual([2, 2]));
        if (round === 8) await one.stop();
      }
      const [, other] = consumers;
      await eventually(() => expect(other?.assignments()).toHaveLength(4));

      await eventually(async () => expect(await scene.lag()).toBe(0));
      for (const key of keys) {
        const rounds = got.texts().filter((text) => text.startsWith(`${key}:`)).map((text) => Number(text.split(':')[1]));
        expect(rounds).toEqual(Array.from({ length: 12 }, (_, round) => round));
      }
      await stopAll(consumers);
    });
  });

  describe('when a consumer seeks', () => {
    it('replays from the offset', async () => {
      await scene.createTopic(1);
      await scene.append(numbered('n', 30));
      const got = scene.collect();
      const consumer = await scene.log.subscribe(got.subscription);
      await eventually(() => expect(got.texts()).toHaveLength(30));
      await consumer.seek({ topic: scene.topic, partition: 0 }, 20n);

      await eventually(() => expect(got.texts().slice(30)).toEqual(numbered('n', 30).slice(20)));
      await eventually(async () => expect(await scene.lag()).toBe(0));
    });

    it('refuses a partition that it does not have', async () => {
      await scene.createTopic(1);
      const consumer = await scene.log.subscribe(scene.collect().subscription);

      await expect(consumer.seek({ topic: scene.topic, partition: 7 }, 0n)).rejects.toMatchObject({ code: 'ORRERY_CONFLICT' });
    });
  });

  describe('when a consumer is paused', () => {
    it('takes nothing more until it is resumed', async () => {
      await scene.createTopic(2);
      const got = scene.collect();
      const consumer = await scene.log.subscribe(got.subscription);
      await scene.append(['a']);
      await eventually(() => expect(got.texts()).toEqual(['a']));
      consumer.pause();
      await scene.append(['b']);
      await eventually(async () => expect(await scene.lag()).toBe(1));
      expect(got.texts()).toEqual(['a']);
      consumer.resume();

      await eventually(() => expect(got.texts()).toEqual(['a', 'b']));
    });
  });

  describe('lag', () => {
    it('tells for each partition where the group is and where the log ends', async () => {
      await scene.createTopic(2);
      await scene.append(numbered('n', 7));
      const before = await scene.log.lag(scene.groupId, [scene.topic]);
      expect(before.map(({ lag }) => lag).sort()).toEqual([0n, 7n]);
      const got = scene.collect();
      await scene.log.subscribe(got.subscription);

      await eventually(async () => expect(await scene.lag()).toBe(0));
      const after = await scene.log.lag(scene.groupId, [scene.topic]);
      expect(after.map(({ position, end }) => [position, end])).toEqual(before.map(({ end }) => [end, end]));
    });
  });
}
