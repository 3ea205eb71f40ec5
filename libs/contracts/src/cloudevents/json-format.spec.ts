import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isOrreryError } from '@orrery/errors';
import { jsonDataOf } from './cloud-event.js';
import { decodeBatch, decodeStructured, encodeStructured, jsonOf, readJsonEvent } from './json-format.js';

const attributes = { specversion: '1.0', type: 'com.example.someevent', source: '/mycontext', id: 'A234-1234-1234' };

// The examples of the JSON format 1.0.2, section 3.2.
describe('JSON form of an event', () => {
  it('carries bytes as Base64', () => {
    const event = readJsonEvent({
      ...attributes,
      comexampleextension1: 'value',
      comexampleothervalue: 5,
      datacontenttype: 'application/vnd.apache.thrift.binary',
      data_base64: 'AAEC/w==',
    });

    expect(event.extensions).toEqual({ comexampleextension1: 'value', comexampleothervalue: 5 });
    expect(event.data).toEqual({ kind: 'bytes', bytes: Buffer.from([0, 1, 2, 255]) });
    expect(jsonDataOf(event)).toBeUndefined();
    expect(jsonOf(event)).toMatchObject({ data_base64: 'AAEC/w==', comexampleothervalue: 5 });
  });

  it('carries a document of another media type as text', () => {
    const event = readJsonEvent({ ...attributes, unsetextension: null, datacontenttype: 'application/xml', data: '<much wow="xml"/>' });

    expect(event.data).toEqual({ kind: 'text', text: '<much wow="xml"/>' });
    expect(event.extensions).toBeUndefined();
    expect(jsonOf(event)).toMatchObject({ data: '<much wow="xml"/>' });
  });

  it('takes a text without a media type as a JSON text and reads no further', () => {
    const event = readJsonEvent({ ...attributes, subject: null, data: '{"not":"parsed"}' });

    expect(jsonDataOf(event)).toBe('{"not":"parsed"}');
  });

  it('tells a payload of null from no payload', () => {
    expect(readJsonEvent({ ...attributes, data: null }).data).toEqual({ kind: 'json', value: null });
    expect(readJsonEvent(attributes).data).toBeUndefined();
  });

  it('reads bytes as JSON where the media type says so', () => {
    const event = readJsonEvent({ ...attributes, datacontenttype: 'application/x+json', data_base64: 'eyJtdWNoIjoid293In0=' });

    expect(jsonDataOf(event)).toEqual({ much: 'wow' });
    expect(() => jsonDataOf({ ...event, data: { kind: 'bytes', bytes: Buffer.from('{') } })).toThrow('the data of the CloudEvent is not JSON');
  });
});

describe('event of version 0.3', () => {
  it('keeps its version, its schema, its encoded payload and its extensions that are objects', () => {
    const event = readJsonEvent({
      ...attributes,
      specversion: '0.3',
      schemaurl: 'https://example.com/schema',
      datacontentencoding: 'base64',
      datacontenttype: 'application/json',
      data: 'eyJhIjoxfQ==',
      myextension: { some: 'thing' },
    });

    expect(event).toMatchObject({ specversion: '0.3', dataschema: 'https://example.com/schema', extensions: { myextension: '{"some":"thing"}' } });
    expect(jsonDataOf(event)).toEqual({ a: 1 });
  });
});

describe('bad events', () => {
  it.each([
    [[], 'expected a JSON object'],
    [{ ...attributes, id: '' }, 'id is missing'],
    [{ ...attributes, subject: ['a'] }, 'subject is an array'],
    [{ ...attributes, data: 1, data_base64: 'AA==' }, 'exclude each other'],
    [{ ...attributes, data_base64: 'not base64!' }, 'data_base64 is not Base64'],
  ])('%j are refused with the reason', (value, message) => {
    expect(() => readJsonEvent(value)).toThrow(message);
  });

  it('are refused when their bytes are not JSON or not UTF-8', () => {
    expect(() => decodeStructured(Buffer.from('{'))).toThrow('not JSON');
    expect(() => decodeStructured(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not JSON in UTF-8');
  });

  it('do not spoil their neighbours in a batch', () => {
    const entries = decodeBatch(Buffer.from(JSON.stringify([attributes, { id: '1' }, attributes])));

    expect(entries.map((entry) => ('fault' in entry ? entry.fault.message : 'good'))).toEqual([
      'good',
      '[1] not a CloudEvent: source is missing; specversion is missing; type is missing',
      'good',
    ]);
  });

  it('are not sent', () => {
    const event = readJsonEvent(attributes);

    expect(() => encodeStructured({ ...event, id: '' })).toThrow('without id');
    expect(() => encodeStructured({ ...event, extensions: { 'my-extension': 'x' } })).toThrow('expected [a-z0-9]+');
  });
});

describe('any JSON', () => {
  it('is an event or a clear refusal, never another error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, data) => {
        for (const candidate of [value, { ...attributes, extra: value, data }]) {
          try {
            const event = readJsonEvent(candidate);
            expect(event.id).not.toBe('');
          } catch (error) {
            if (!isOrreryError(error)) throw error;
          }
        }
      }),
    );
  });
});
