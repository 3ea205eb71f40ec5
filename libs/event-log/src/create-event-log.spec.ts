import { describe, expect, it } from '@jest/globals';
import { createEventLog } from './create-event-log.js';
import { KafkaEventLog } from './kafka/kafka-event-log.js';
import { PostgresEventLog } from './postgres/postgres-event-log.js';

const databaseUrl = 'postgresql://orrery@127.0.0.1:1/none';

describe('event log of a configuration', () => {
  it('is Kafka where there are brokers, PostgreSQL where there are none', () => {
    expect(createEventLog({ databaseUrl, kafkaBrokers: ['127.0.0.1:1'] })).toBeInstanceOf(KafkaEventLog);
    expect(createEventLog({ databaseUrl, kafkaBrokers: [] })).toBeInstanceOf(PostgresEventLog);
    expect(createEventLog({ databaseUrl, kafkaBrokers: undefined, topicPrefix: 'site.' })).toBeInstanceOf(PostgresEventLog);
  });

  it('is an error where there is neither', () => {
    expect(() => createEventLog({})).toThrow(expect.objectContaining({ code: 'ORRERY_CONFIG' }));
  });

  it('refuses a schema that would have to be quoted', () => {
    expect(() => new PostgresEventLog({ url: databaseUrl, schema: 'log"; drop' })).toThrow(expect.objectContaining({ code: 'ORRERY_CONFIG' }));
  });
});
