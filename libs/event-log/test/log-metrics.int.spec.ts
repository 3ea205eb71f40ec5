import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { metrics } from '@opentelemetry/api';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader, type DataPoint } from '@opentelemetry/sdk-metrics';
import { OrreryError } from '@orrery/errors';
import { testDatabase, type TestDatabase } from '@orrery/testing';
import { logMetricNames, PostgresEventLog } from '../src/index.js';
import { eventually, numbered, textOf, topicNamed } from '../src/testing/contract-scene.js';

const topic = 'spec.metrics';
const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

async function pointsOf(name: string): Promise<readonly DataPoint<unknown>[]> {
  exporter.reset();
  await reader.forceFlush();
  const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return found.filter(({ descriptor }) => descriptor.name === name).flatMap(({ dataPoints }) => dataPoints as DataPoint<unknown>[]);
}

describe('metrics of the event log', () => {
  let database: TestDatabase;
  let log: PostgresEventLog;
  beforeAll(async () => {
    database = await testDatabase();
    log = new PostgresEventLog({ url: database.url, timing: { retry: { baseMs: 20, maxMs: 50 } } });
    await log.ensureTopics([topicNamed(topic, 1)]);
  });
  afterAll(async () => {
    await log.close();
    await database.drop();
  });

  it('tell dead letters, lag and the time in the handler', async () => {
    let isDown = true;
    const consumer = await log.subscribe({
      ...{ groupId: 'g', topics: [topic] },
      decode: (record) => {
        if (textOf(record) === 'n-1') throw new SyntaxError('no message');
        return textOf(record);
      },
      handle: async (batch) => {
        if (isDown) throw new OrreryError('ORRERY_DEPENDENCY', 'away');
        if (batch.records.some(({ value }) => value === 'n-5')) throw new OrreryError('ORRERY_VALIDATION', 'bad');
      },
    });
    await log.append(numbered('n', 10).map((text) => ({ topic, key: 'k', value: Buffer.from(text) })));
    await eventually(() => expect(consumer.state()).toBe('retrying'));
    expect(await pointsOf(logMetricNames.consumerLag)).toMatchObject([{ value: 10, attributes: { group: 'g', topic, partition: 0 } }]);
    isDown = false;
    await eventually(async () => expect(await log.lag('g', [topic])).toMatchObject([{ lag: 0n }]));
    await eventually(async () => expect((await pointsOf(logMetricNames.consumerLag)).map(({ value }) => value)).not.toContain(10));
    const deadLetters = await pointsOf(logMetricNames.deadLetters);
    expect(deadLetters.map(({ value, attributes }) => [attributes['topic'], attributes['reason'], value])).toEqual([
      [topic, 'undecodable', 1],
      [topic, 'unprocessable', 1],
    ]);
    const durations = await pointsOf(logMetricNames.batchDuration);
    expect(durations.map(({ attributes }) => attributes['outcome'])).toEqual(['failed', 'done']);
  });

  it('do not repeat the last lag of a partition that the consumer no longer has', async () => {
    const consumer = await log.subscribe({ groupId: 'gone', topics: [topic], decode: textOf, handle: async () => Promise.reject(new OrreryError('ORRERY_DEPENDENCY', 'away')) });
    const lagOfGone = async () => (await pointsOf(logMetricNames.consumerLag)).filter(({ attributes }) => attributes['group'] === 'gone').map(({ value }) => value);
    await eventually(async () => expect(await lagOfGone()).toEqual([10]));
    await consumer.stop();

    expect(await lagOfGone()).toEqual([0]);
  });
});
