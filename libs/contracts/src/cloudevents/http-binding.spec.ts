import { describe, expect, it } from '@jest/globals';
import { CloudEvent as SdkCloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import type { CloudEvent } from './cloud-event.js';
import { decodeHttp, encodeHttpBatch, encodeHttpBinary, encodeHttpStructured } from './http-binding.js';

// The example of the HTTP binding, section 3.1.4.
const someEvent: CloudEvent = {
  specversion: '1.0',
  type: 'com.example.someevent',
  source: '/mycontext/subcontext',
  id: '1234-1234-1234',
  time: '2018-04-05T03:56:24Z',
  datacontenttype: 'application/json; charset=utf-8',
  data: { kind: 'json', value: { message: 'Hello World!' } },
};
const binaryHeaders = {
  'ce-specversion': '1.0',
  'ce-type': 'com.example.someevent',
  'ce-time': '2018-04-05T03:56:24Z',
  'ce-id': '1234-1234-1234',
  'ce-source': '/mycontext/subcontext',
  'content-type': 'application/json; charset=utf-8',
};
const body = Buffer.from('{"message":"Hello World!"}');

describe('binary mode over HTTP', () => {
  it('reads attributes from ce- headers in any case and takes the media type of the payload from Content-Type', () => {
    const [event] = decodeHttp({
      headers: { ...binaryHeaders, 'Ce-MyExtension': 'value', 'user-agent': 'foo', 'ce-datacontenttype': 'text/plain' },
      body,
    });

    expect(event).toEqual({ ...someEvent, extensions: { myextension: 'value' }, data: { kind: 'bytes', bytes: body } });
  });

  it('writes what the binding shows', () => {
    expect(encodeHttpBinary(someEvent)).toEqual({ headers: binaryHeaders, body });
  });

  it('invents no time and no payload', () => {
    const headers = { ...binaryHeaders, 'ce-time': undefined };
    const [event] = decodeHttp({ headers, body: Buffer.alloc(0) });

    expect(event).toMatchObject({ time: undefined, data: undefined });
  });

  it('names every mandatory attribute that is missing or empty', () => {
    expect(() => decodeHttp({ headers: { 'ce-specversion': '1.0', 'ce-source': '' }, body })).toThrow(
      expect.objectContaining({
        code: 'ORRERY_VALIDATION',
        message: 'not a CloudEvent: id is missing; source is missing; type is missing',
      }),
    );
  });

  it('sets application/json when only the JSON form implied it', () => {
    const encoded = encodeHttpBinary({ ...someEvent, datacontenttype: undefined, data: { kind: 'json', value: "I'm just a string" } });

    expect(encoded.headers['content-type']).toBe('application/json');
    expect(encoded.body.toString()).toBe('"I\'m just a string"');
  });
});

describe('structured and batched mode over HTTP', () => {
  const structured = { specversion: '1.0', type: 't', source: '/s', id: '1', data: { a: 1 }, subject: null, other: 5 };
  const bytes = Buffer.from(JSON.stringify(structured));

  it.each(['application/cloudevents+json', 'Application/CloudEvents+JSON; charset=UTF-8', 'application/cloudevents'])(
    'reads %s from the body alone',
    (contentType) => {
      const events = decodeHttp({ headers: { 'Content-Type': contentType, 'ce-id': 'other' }, body: bytes });

      expect(events).toEqual([
        { specversion: '1.0', type: 't', source: '/s', id: '1', extensions: { other: 5 }, data: { kind: 'json', value: { a: 1 } } },
      ]);
    },
  );

  it('reads every event of a batch, and none of an empty one', () => {
    const headers = { 'content-type': 'application/cloudevents-batch+json' };

    expect(decodeHttp({ headers, body: Buffer.from(`[${bytes.toString()},${bytes.toString()}]`) })).toHaveLength(2);
    expect(decodeHttp({ headers, body: Buffer.from('[]') })).toEqual([]);
  });

  it('says which event of a batch is bad', () => {
    const batch = Buffer.from(`[${bytes.toString()},{"id":7}]`);

    expect(() => decodeHttp({ headers: { 'content-type': 'application/cloudevents-batch+json' }, body: batch })).toThrow(
      '[1] not a CloudEvent: id is of type number, expected a text; source is missing; specversion is missing; type is missing',
    );
  });

  it('gives back what it wrote', () => {
    for (const encoded of [encodeHttpStructured(someEvent), encodeHttpBatch([someEvent])]) {
      expect(decodeHttp(encoded)).toEqual([someEvent]);
    }
  });
});

describe('the CloudEvents SDK as a second opinion', () => {
  it('reads our binary and structured messages as the same event', () => {
    for (const { headers, body: content } of [encodeHttpBinary(someEvent), encodeHttpStructured(someEvent)]) {
      const theirs = HTTP.toEvent({ headers, body: content.toString() }) as SdkCloudEvent;

      expect(theirs).toMatchObject({ id: someEvent.id, source: someEvent.source, type: someEvent.type, data: { message: 'Hello World!' } });
      expect(new Date(String(theirs.time)).toISOString()).toBe('2018-04-05T03:56:24.000Z');
    }
  });

  it('writes binary and structured messages that we read as the same event', () => {
    const theirs = new SdkCloudEvent({ id: '1', source: '/s', type: 't', subject: 'x', data: { a: 1 }, myextension: 'v' });

    for (const message of [HTTP.binary(theirs), HTTP.structured(theirs)]) {
      const [event] = decodeHttp({ headers: message.headers as Record<string, string>, body: Buffer.from(message.body as string) });

      expect(event).toMatchObject({ id: '1', source: '/s', type: 't', subject: 'x', extensions: { myextension: 'v' }, time: theirs.time });
    }
  });
});

describe('any event', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1 });

  it('survives the way through headers, whatever its attributes hold', () => {
    fc.assert(
      fc.property(word, word, word, fc.uint8Array({ minLength: 1 }), (id, subject, extension, bytes) => {
        const event: CloudEvent = {
          ...{ specversion: '1.0', type: 't', source: '/s', id, subject, extensions: { myextension: extension } },
          data: { kind: 'bytes', bytes: Buffer.from(bytes) },
        };

        const encoded = encodeHttpBinary(event);

        expect(Object.values(encoded.headers).join('')).toMatch(/^[\u0021-\u007e]*$/);
        expect(decodeHttp(encoded)).toEqual([event]);
        expect(decodeHttp(encodeHttpStructured(event))).toEqual([event]);
      }),
    );
  });
});
