import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import kafkajs, { Kafka, logLevel, type Producer } from 'kafkajs';
import snappy from 'snappyjs';
import { KafkaEventLog, listDeadLetters, type KafkaEventLogOptions } from '../src/index.js';
import { kafkaCodecs, type KafkaCodec } from '../src/kafka/kafka-codecs.js';
import { eventLogContract } from '../src/testing/event-log-contract.js';
import { quickTiming } from '../src/testing/contract-backend.js';
import { eventually, numbered, textOf, topicNamed } from '../src/testing/contract-scene.js';
import { recordSpans } from './span-recorder.js';
import { startKafka } from './start-kafka.js';

const takeSpans = recordSpans();

eventLogContract('Kafka', async () => {
  const { broker, stop } = await startKafka();
  return {
    ...{ takeSpans, stop },
    open: (timing) => new KafkaEventLog({ brokers: [broker.bootstrapServers], ...(timing === undefined ? {} : { timing }) }),
    openUnreachable: () => new KafkaEventLog({ brokers: ['127.0.0.1:1'] }),
  };
});

describe('Kafka event log', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>;
  let topic: string;
  let counter = 0;
  beforeAll(async () => {
    kafka = await startKafka();
  }, 180_000);
  afterAll(() => kafka.stop());
  beforeEach(() => {
    topic = `spec.${(counter += 1)}`;
  });

  const open = (options: Partial<KafkaEventLogOptions> = {}): KafkaEventLog =>
    new KafkaEventLog({ brokers: [kafka.broker.bootstrapServers], timing: quickTiming, ...options });
  const append = (log: KafkaEventLog, texts: readonly string[]): Promise<void> => log.append(texts.map((text) => ({ topic, key: 'k', value: Buffer.from(text) })));
  const foreign = (): Kafka => new Kafka({ brokers: [kafka.broker.bootstrapServers], logLevel: logLevel.NOTHING });
  const subscription = (got: string[]) => ({
    ...{ groupId: `group of ${topic}`, topics: [topic], decode: textOf },
    handle: async (batch: { records: readonly { value: string }[] }) => void got.push(...batch.records.map(({ value }) => value)),
  });

  describe('when the broker is killed and comes back', () => {
    it('says that it is down within five seconds, and goes on without loss when it is up', async () => {
      const log = open();
      await log.ensureTopics([topicNamed(topic, 1)]);
      const got: string[] = [];
      const consumer = await log.subscribe(subscription(got));
      const other = open();
      await other.subscribe({ ...subscription([]), groupId: 'another group' });
      await append(log, numbered('before', 5));
      await eventually(() => expect(got).toHaveLength(5));
      await kafka.broker.kill();
      const startedAt = performance.now();
      await expect(append(log, ['lost'])).rejects.toMatchObject({ code: 'ORRERY_DEPENDENCY', retriable: true });
      await expect(log.ping()).rejects.toMatchObject({ code: 'ORRERY_DEPENDENCY' });
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      await eventually(() => expect(consumer.state()).toBe('retrying'));
      const closingAt = performance.now();
      await other.close();
      expect(performance.now() - closingAt).toBeLessThan(20_000);
      await kafka.broker.start();
      await eventually(() => append(log, ['first after']));
      await append(log, numbered('after', 5));

      await eventually(() => expect([...new Set(got)]).toEqual([...numbered('before', 5), 'first after', ...numbered('after', 5)]));
      await eventually(() => expect(consumer.state()).toBe('running'));
      await log.close();
    });
  });

  describe('when a handler takes longer than the session', () => {
    it('keeps its partitions and handles the batch once', async () => {
      const log = open();
      await log.ensureTopics([topicNamed(topic, 2)]);
      await append(log, numbered('n', 3));
      const got: string[] = [];
      const collecting = subscription(got);
      await log.subscribe({
        ...collecting,
        handle: async (batch) => {
          await sleep(8_000);
          await collecting.handle(batch);
        },
      });

      await eventually(async () => expect((await log.lag(collecting.groupId, [topic])).map(({ lag }) => lag)).toEqual([0n, 0n]));
      expect(got).toEqual(numbered('n', 3));
      await log.close();
    });
  });

  describe('when foreign programs read and write', () => {
    it('takes their repeated and binary headers and keys, and dead-letters them byte for byte', async () => {
      const log = open({ topicPrefix: 'site.' });
      await log.ensureTopics([topicNamed(topic, 1)]);
      const producer = foreign().producer();
      await producer.connect();
      const headers = { once: 'a', twice: ['one', Buffer.from([0xff, 0x00])], binary: Buffer.from([0, 0, 0, 7]) };
      await producer.send({ topic: `site.${topic}`, messages: [{ key: Buffer.from([0xfe, 0xff]), value: Buffer.from([1, 2]), headers }] });
      await producer.disconnect();
      await log.subscribe({
        ...subscription([]),
        decode: () => {
          throw new SyntaxError('not ours');
        },
      });
      const letter = await eventually(async () => {
        const [first] = (await listDeadLetters(log, topic)).letters;
        if (first === undefined) throw new Error('not there yet');
        return first;
      });
      expect(letter.original).toMatchObject({ topic, key: 'base64:/v8=', headers: { once: 'a', twice: 'list:["one","base64:/wA="]', binary: 'base64:AAAABw==' } });

      const dead = await readOne(foreign(), `site.${topic}.dlq`);
      expect(dead.key).toEqual(Buffer.from([0xfe, 0xff]));
      expect(dead.headers).toMatchObject({ twice: [Buffer.from('one'), Buffer.from([0xff, 0x00])], binary: Buffer.from([0, 0, 0, 7]) });
      expect(dead.headers?.['kafka_dlt-original-partition']).toEqual(Buffer.from([0, 0, 0, 0]));
      expect(dead.headers?.['kafka_dlt-original-offset']).toEqual(Buffer.alloc(8));
      await log.close();
    });

    it('passes over what aborted transactions left behind', async () => {
      const log = open();
      await log.ensureTopics([topicNamed(topic, 1)]);
      const producer = foreign().producer({ transactionalId: `tx-${topic}`, idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      for (const [text, isKept] of [['kept-0', true], ['aborted', false], ['kept-1', true]] as const) {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: [{ key: 'k', value: text }] });
        await (isKept ? transaction.commit() : transaction.abort());
      }
      await producer.disconnect();
      const got: string[] = [];
      const { groupId } = subscription(got);
      await log.subscribe(subscription(got));

      await eventually(() => expect(got).toEqual(['kept-0', 'kept-1']));
      expect((await log.read({ topic, partition: 0 }, 0n, 10)).map(textOf)).toEqual(['kept-0', 'kept-1']);
      const [lag] = await log.lag(groupId, [topic]);
      expect(lag?.lag).toBeLessThanOrEqual(1n);
      await log.close();
    });

    it('reads what they compressed, each batch in its own way', async () => {
      const log = open();
      await log.ensureTopics([topicNamed(topic, 1)]);
      const got: string[] = [];
      await log.subscribe(subscription(got));
      const producer = foreign().producer();
      await producer.connect();
      for (const [name, send] of Object.entries(compressedSending(producer))) await send(topic, numbered(name, 50));
      await producer.disconnect();

      await eventually(() => expect(got).toEqual(['snappy', 'lz4', 'zstd', 'gzip'].flatMap((name) => numbered(name, 50))));
      expect((await log.read({ topic, partition: 0 }, 60n, 1)).map(textOf)).toEqual(['lz4-10']);
      await log.close();
    });

    it('compresses what it sends when it is told to', async () => {
      const log = open({ compression: 'gzip' });
      await log.ensureTopics([topicNamed(topic, 1)]);
      await append(log, numbered('n', 100));

      expect((await log.read({ topic, partition: 0 }, 40n, 2)).map(textOf)).toEqual(['n-40', 'n-41']);
      await log.close();
    });
  });

  describe('when records are gone before the group came to them', () => {
    it('goes on where the log begins, also for a group that started at the end', async () => {
      const warnings: string[] = [];
      const log = open({ onWarning: (message) => warnings.push(message) });
      await log.ensureTopics([topicNamed(topic, 1)]);
      await append(log, ['old']);
      const got: string[] = [];
      const first = await log.subscribe({ ...subscription(got), from: 'latest' });
      await eventually(async () => expect(await log.lag(`group of ${topic}`, [topic])).toMatchObject([{ position: 1n }]));
      await first.stop();
      await append(log, numbered('missed', 10));
      const admin = foreign().admin();
      await admin.connect();
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '8' }] });
      await admin.disconnect();
      await log.subscribe({ ...subscription(got), from: 'latest' });

      await eventually(() => expect(got).toEqual(numbered('missed', 10).slice(7)));
      expect(warnings).toContainEqual(expect.stringContaining('removed by retention'));
      await log.close();
    });
  });
});

/** Sends texts as one compressed batch, by codec; kafkajs itself compresses with gzip only. */
function compressedSending(producer: Producer): Record<keyof typeof kafkaCodecs, (topic: string, texts: readonly string[]) => Promise<unknown>> {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const codecs: Record<number, () => KafkaCodec> = CompressionCodecs;
  const sending = (type: number, codec: KafkaCodec, compress: (bytes: Buffer) => Uint8Array) => async (topic: string, texts: readonly string[]) => {
    const forReading = codecs[type];
    codecs[type] = () => ({ ...codec, compress: async ({ buffer }) => Buffer.from(compress(buffer)) });
    await producer.send({ topic, compression: type, messages: texts.map((value) => ({ key: 'k', value })) });
    if (forReading !== undefined) codecs[type] = forReading;
  };
  return {
    snappy: sending(CompressionTypes.Snappy, kafkaCodecs.snappy, (bytes) => snappy.compress(bytes)),
    lz4: sending(CompressionTypes.LZ4, kafkaCodecs.lz4, lz4Frame),
    zstd: sending(CompressionTypes.ZSTD, kafkaCodecs.zstd, (bytes) => zstdCompressSync(bytes)),
    gzip: sending(CompressionTypes.GZIP, kafkaCodecs.gzip, (bytes) => gzipSync(bytes)),
  };
}

/** A frame of independent blocks, which is all that brokers take, with its one block stored as it is. */
function lz4Frame(bytes: Buffer): Buffer {
  const blockHead = Buffer.alloc(4);
  blockHead.writeUInt32LE(2 ** 31 + bytes.length);
  return Buffer.concat([Buffer.from('04224d18604082', 'hex'), blockHead, bytes, Buffer.alloc(4)]);
}

async function readOne(kafka: Kafka, topic: string) {
  const consumer = kafka.consumer({ groupId: `reader of ${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  try {
    return await new Promise<Parameters<NonNullable<Parameters<typeof consumer.run>[0]>['eachMessage'] & object>[0]['message']>((resolve) => {
      void consumer.run({ eachMessage: async ({ message }) => resolve(message) });
    });
  } finally {
    await consumer.disconnect();
  }
}
