import { describe, expect, it } from '@jest/globals';
import { CloudEvent as SdkCloudEvent, Kafka } from 'cloudevents';
import type { CloudEvent } from './cloud-event.js';
import { contentModeOf } from './content-mode.js';
import { decodeKafka, encodeKafkaBinary, encodeKafkaStructured } from './kafka-binding.js';

// The example of the Kafka binding, section 3.2.5, with JSON for Avro.
const headers = {
  ce_specversion: '1.0',
  ce_type: 'com.example.someevent',
  ce_source: '/mycontext/subcontext',
  ce_id: '1234-1234-1234',
  ce_time: '2018-04-05T03:56:24Z',
  'content-type': 'application/json',
};
const value = Buffer.from('{"message":"Hello World!"}');
const someEvent: CloudEvent = {
  specversion: '1.0',
  type: 'com.example.someevent',
  source: '/mycontext/subcontext',
  id: '1234-1234-1234',
  time: '2018-04-05T03:56:24Z',
  datacontenttype: 'application/json',
  data: { kind: 'bytes', bytes: value },
};

describe('binary mode over Kafka', () => {
  it('reads header values that are texts, bytes or repeated', () => {
    const asBytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));

    expect(decodeKafka({ headers, value })).toEqual(someEvent);
    expect(decodeKafka({ headers: asBytes, value })).toEqual(someEvent);
    expect(decodeKafka({ headers: { ...headers, ce_id: [Buffer.from('1234-1234-1234'), 'later'] }, value })).toEqual(someEvent);
  });

  it('does not decode percents, which are the HTTP binding\'s', () => {
    expect(decodeKafka({ headers: { ...headers, ce_subject: '50%25 €' }, value })).toMatchObject({ subject: '50%25 €' });
  });

  it('reads what an HTTP bridge left as ce- headers, percents and all', () => {
    const bridged = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.replace('_', '-'), text]));

    expect(decodeKafka({ headers: { ...bridged, 'ce-subject': 'a%20b' }, value })).toEqual({ ...someEvent, subject: 'a b' });
  });

  it('takes a record without a value as an event without a payload', () => {
    expect(decodeKafka({ headers, value: null })).toEqual({ ...someEvent, data: undefined });
    expect(encodeKafkaBinary({ ...someEvent, data: undefined }).value).toBeNull();
  });

  it('names the mandatory attributes that are missing', () => {
    expect(() => decodeKafka({ headers: { ce_specversion: '1.0', ce_id: '1' }, value })).toThrow('source is missing; type is missing');
  });

  it('refuses an attribute that is not UTF-8', () => {
    expect(() => decodeKafka({ headers: { ...headers, ce_subject: Buffer.from([0xff]) }, value })).toThrow('ce_subject is not UTF-8');
  });

  it('writes what the binding shows, and nothing of a key', () => {
    expect(encodeKafkaBinary(someEvent)).toEqual({ headers, value });
  });
});

describe('structured mode over Kafka', () => {
  it('reads an event without a time, which stays without', () => {
    const event = { ...someEvent, time: undefined };
    const encoded = encodeKafkaStructured(event);

    expect(decodeKafka({ headers: { 'Content-Type': 'Application/CloudEvents+JSON' }, value: encoded.value })).toEqual(event);
  });

  it('needs a value', () => {
    expect(() => decodeKafka({ headers: { 'content-type': 'application/cloudevents+json' }, value: null })).toThrow('needs a value');
  });
});

describe('the CloudEvents SDK as a second opinion', () => {
  it('reads our binary and structured records as the same event', () => {
    for (const encoded of [encodeKafkaBinary(someEvent), encodeKafkaStructured(someEvent)]) {
      const content = encoded.value?.toString() ?? '';
      const theirs = Kafka.toEvent({ headers: { ...encoded.headers }, body: content, value: content, key: undefined } as never) as SdkCloudEvent;

      expect(theirs).toMatchObject({ id: someEvent.id, source: someEvent.source, type: someEvent.type });
    }
  });
});

describe('content mode', () => {
  it.each([
    [{ 'content-type': 'APPLICATION/CLOUDEVENTS+json' }, 'structured'],
    [{ 'content-type': Buffer.from('application/cloudevents-batch+json') }, 'batch'],
    [{ 'content-type': 'application/json', ce_id: '1', ce_source: '/s', ce_type: 't' }, 'binary'],
    [{ 'ce-specversion': '1.0' }, 'binary'],
    [{ 'content-type': 'application/json', 'ce-id': '1' }, 'none'],
    [{}, 'none'],
  ] as const)('of %j is %s', (given, mode) => {
    expect(contentModeOf(given)).toBe(mode);
  });
});
