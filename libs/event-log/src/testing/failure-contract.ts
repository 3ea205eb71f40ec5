import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OrreryError } from '@orrery/errors';
import { fromDeadLetter } from '../dead-letters/dead-letter.js';
import { listDeadLetters } from '../dead-letters/list-dead-letters.js';
import { replayDeadLetters } from '../dead-letters/replay-dead-letters.js';
import type { LogBatch, LogRecord } from '../event-log.js';
import type { ContractBackend } from './contract-backend.js';
import { ContractScene, eventually, numbered, textOf } from './contract-scene.js';

/** What becomes of records that cannot be decoded or handled. */
export function failureContract(backend: () => ContractBackend): void {
  let scene: ContractScene;
  beforeEach(() => {
    scene = new ContractScene(backend());
  });
  afterEach(() => scene.close());

  const refusing = (isBad: (text: string) => boolean, error: () => Error) => {
    const got = scene.collect();
    const handle = async (batch: LogBatch<string>): Promise<void> => {
      if (batch.records.some(({ value }) => isBad(value))) throw error();
      await got.subscription.handle(batch);
    };
    return { ...got, subscription: { ...got.subscription, handle } };
  };

  describe('when the handler says that a dependency is away', () => {
    it('tries that partition again until it works, loses nothing and holds up no other partition', async () => {
      await scene.createTopic(4);
      let isDown = true;
      const got = scene.collect();
      const consumer = await scene.log.subscribe({
        ...got.subscription,
        handle: async (batch) => {
          if (isDown && batch.records.some(({ record }) => record.key === 'stuck')) throw new OrreryError('ORRERY_DEPENDENCY', 'the store is away');
          await got.subscription.handle(batch);
        },
      });
      await scene.append(numbered('stuck', 10), 'stuck');
      await eventually(() => expect(consumer.state()).toBe('retrying'));
      expect(consumer.reason()).toContain('the store is away');
      const stuckPartition = (await scene.log.offsets(scene.topic)).find(({ end }) => end > 0n)?.partition;
      await scene.append(numbered('free', 40), null);

      const freeElsewhere = async (): Promise<number> =>
        (await scene.log.offsets(scene.topic)).filter(({ partition }) => partition !== stuckPartition).reduce((sum, { end }) => sum + Number(end), 0);
      await eventually(async () => expect(got.texts()).toHaveLength(await freeElsewhere()));
      expect(got.batches.map(({ partition }) => partition)).not.toContain(stuckPartition);
      isDown = false;
      await eventually(() => expect(got.texts()).toHaveLength(50));
      expect(got.texts().filter((text) => text.startsWith('stuck'))).toEqual(numbered('stuck', 10));
      await eventually(() => expect(consumer.state()).toBe('running'));
      expect(await scene.deadLetters()).toEqual([]);
    });
  });

  describe('when one record in 500 is poison', () => {
    it('dead-letters it alone and handles all of its neighbours in order', async () => {
      await scene.createTopic(1);
      const got = refusing((text) => text === 'n-271', () => new OrreryError('ORRERY_VALIDATION', 'n-271 is not a number'));
      await scene.append(numbered('n', 500));
      await scene.log.subscribe(got.subscription);

      await eventually(async () => expect(await scene.lag()).toBe(0));
      expect(got.texts()).toEqual(numbered('n', 500).filter((text) => text !== 'n-271'));
      const letters = await scene.deadLetters();
      expect(letters.map(textOf)).toEqual(['n-271']);
      expect(fromDeadLetter(letters[0] as LogRecord)).toMatchObject({
        original: { topic: scene.topic, partition: 0, offset: 271n, key: 'key' },
        ...{ groupId: scene.groupId, reason: 'unprocessable', errorCode: 'ORRERY_VALIDATION', errorMessage: 'n-271 is not a number' },
      });
    });

    it('tries three times more before it believes an unknown error', async () => {
      await scene.createTopic(1);
      let attempts = 0;
      const got = refusing((text) => text === 'n-3', () => {
        attempts += 1;
        return new TypeError('x is undefined');
      });
      await scene.append(numbered('n', 4));
      await scene.log.subscribe(got.subscription);

      await eventually(async () => expect((await scene.deadLetters()).map(textOf)).toEqual(['n-3']));
      await eventually(() => expect(got.texts()).toEqual(['n-0', 'n-1', 'n-2']));
      // The batch four times, then the half [2, 3] and the record itself.
      expect(attempts).toBe(6);
    });
  });

  describe('when a record cannot be decoded', () => {
    it('dead-letters it untouched and handles the rest', async () => {
      await scene.createTopic(1);
      const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', binary: 'base64:/wAB' };
      await scene.append(numbered('a', 3));
      await scene.log.append([{ topic: scene.topic, key: 'bad', value: Buffer.from([0xff, 0x00]), headers }]);
      await scene.append(numbered('b', 3));
      const got = scene.collect({
        decode: (record) => {
          if (record.value?.[0] === 0xff) throw new SyntaxError('not a message');
          return textOf(record);
        },
      });
      await scene.log.subscribe(got.subscription);

      await eventually(() => expect(got.texts()).toEqual([...numbered('a', 3), ...numbered('b', 3)]));
      await eventually(async () => expect(await scene.lag()).toBe(0));
      const [letter] = await scene.deadLetters();
      expect(letter).toMatchObject({ key: 'bad', headers });
      expect(Buffer.from(letter?.value ?? [])).toEqual(Buffer.from([0xff, 0x00]));
      expect(fromDeadLetter(letter as LogRecord)).toMatchObject({
        original: { topic: scene.topic, partition: 0, offset: 3n, headers },
        ...{ reason: 'undecodable', errorName: 'SyntaxError', errorMessage: 'not a message', errorCode: 'UNKNOWN' },
      });
    });

    it('moves on although nothing of the batch is left', async () => {
      await scene.createTopic(1);
      await scene.append(numbered('bad', 5));
      const got = scene.collect({
        decode: (record) => {
          if (textOf(record).startsWith('bad')) throw new SyntaxError('not a message');
          return textOf(record);
        },
      });
      await scene.log.subscribe(got.subscription);
      await eventually(async () => expect(await scene.lag()).toBe(0));
      await scene.append(['good']);

      await eventually(() => expect(got.texts()).toEqual(['good']));
      expect((await scene.deadLetters()).map(textOf)).toEqual(numbered('bad', 5));
    });
  });

  describe('when everything is bad', () => {
    it('stops after 1,000 dead letters in a row, says why and keeps the rest in the topic', async () => {
      await scene.createTopic(1);
      await scene.append(numbered('bad', 1_600));
      const reasons: string[] = [];
      const got = scene.collect({
        maxBatchRecords: 250,
        onBreakerOpen: (reason) => reasons.push(reason),
        decode: () => {
          throw new SyntaxError('not a message');
        },
      });
      const consumer = await scene.log.subscribe(got.subscription);

      await eventually(() => expect(consumer.state()).toBe('broken'));
      await eventually(async () => expect(await scene.log.lag(scene.groupId, [scene.topic])).toMatchObject([{ position: 1_000n }]));
      expect(reasons).toEqual([consumer.reason()]);
      expect(consumer.reason()).toContain('1000 records in a row');
      expect(await scene.deadLetters()).toHaveLength(1_000);
    });
  });

  describe('dead letters', () => {
    it('can be listed page by page and replayed into their topic', async () => {
      await scene.createTopic(2);
      let isFixed = false;
      const got = refusing((text) => !isFixed && text.startsWith('bad'), () => new OrreryError('ORRERY_VALIDATION', 'bad'));
      await scene.append(['bad-0', 'good-0', 'bad-1', 'bad-2', 'good-1']);
      await scene.log.subscribe(got.subscription);
      await eventually(() => expect(got.texts()).toEqual(['good-0', 'good-1']));
      await eventually(async () => expect(await scene.lag()).toBe(0));

      const page = await listDeadLetters(scene.log, scene.topic, { limit: 2 });
      expect(page.letters.map(({ original }) => Buffer.from(original.value ?? []).toString())).toEqual(['bad-0', 'bad-1']);
      expect(page.isLast).toBe(false);
      expect((await listDeadLetters(scene.log, scene.topic, { from: page.next })).letters).toHaveLength(1);

      isFixed = true;
      const replay = await replayDeadLetters(scene.log, scene.topic);
      expect(replay).toMatchObject({ replayed: 3, isLast: true });
      await eventually(() => expect(got.texts().slice(2)).toEqual(['bad-0', 'bad-1', 'bad-2']));
      const replayed = got.batches.flatMap((batch) => batch.records).at(-1)?.record;
      expect(replayed).toMatchObject({ key: 'key', headers: { 'orrery-replayed-from': `${scene.topic}.dlq/0/2` } });
      expect(Object.keys(replayed?.headers ?? {})).not.toContain('kafka_dlt-original-topic');
      expect(await replayDeadLetters(scene.log, scene.topic, { from: replay.next })).toMatchObject({ replayed: 0 });
    });
  });
}
