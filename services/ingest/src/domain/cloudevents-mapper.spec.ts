import { describe, expect, it } from '@jest/globals';
import { eventIdOf, runIdOf } from '@orrery/contracts';
import { cloudEventsMapper, looksLikeCloudEvent } from './cloudevents-mapper.js';
import { isRecord } from './json-reading.js';
import type { MapJson } from './map-json.js';
import type { IncomingPayload, MappedEvent } from './source-event.js';

const context = { tenantId: 'acme', receivedAtMs: 1 };

/** Stands for the sniffing of formats: knows one, `{mill: run id}`. */
const mapJson: MapJson = (value) =>
  isRecord(value) && typeof value.mill === 'string'
    ? [{ format: 'kestra', type: 'mill', source: 'mill', externalId: 'inner', executions: [{ run: { runId: value.mill } }] }]
    : [{ format: 'unrecognised', type: 'json', source: 'x', externalId: 'inner', executions: [] }];
const { mapMessage, mapStructured } = cloudEventsMapper(mapJson);

const attributes = { specversion: '1.0', id: 'e1', source: '/s', type: 'com.example.thing', time: '2024-05-01T12:00:00Z' };
const runOf = (mapped: MappedEvent | undefined): unknown => mapped?.executions[0]?.run;

function payloadOf(body: unknown, contentType: string, headers: Record<string, string> = {}): IncomingPayload {
  return { body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), contentType, headers };
}

function map(event: Record<string, unknown>): MappedEvent | undefined {
  return mapStructured(event, payloadOf(event, 'application/json'), context)[0];
}

describe('CloudEvent in the Orrery format', () => {
  const orrery = { ...attributes, type: 'dev.orrery.execution.v1', data: { run: { id: 'r1' }, tasks: [{ id: 't' }, {}] } };

  it('is an execution of its source, and its faults are flags', () => {
    expect(map(orrery)).toMatchObject({
      ...{ format: 'orrery', formatVersion: 'v1', type: 'dev.orrery.execution.v1', source: '/s', externalId: 'e1', occurredAtMs: 1714564800000 },
      executions: [{ run: { runId: runIdOf({ tenantId: 'acme', engine: 'orrery', source: '/s', externalId: 'r1' }) }, tasks: [{ externalId: 't' }] }],
      flags: ['data.tasks[1].id: expected a non-empty text'],
    });
  });

  it('is kept without an execution when it names no run', () => {
    expect(map({ ...orrery, data: { tasks: [] } })).toMatchObject({ executions: [], flags: ['unmapped', 'data.run: expected an object with an id'] });
  });

  it('gives its run the trace of its journey unless the run has its own', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

    expect(runOf(map({ ...orrery, traceparent }))).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c' });
    expect(runOf(map({ ...orrery, traceparent, data: { run: { id: 'r1', trace_id: 'own' } } }))).toMatchObject({ traceId: 'own' });
    expect(runOf(map({ ...orrery, traceparent: 'nonsense' }))).toMatchObject({ traceId: undefined });
  });
});

describe('CloudEvent of another type', () => {
  it('is mapped as what its data is, under its own id and source', () => {
    expect(map({ ...attributes, sequence: '7', data: { mill: 'run-1' } })).toMatchObject({
      ...{ format: 'kestra', type: 'com.example.thing', source: '/s', externalId: 'e1', sequence: '7', occurredAtMs: 1714564800000 },
      executions: [{ run: { runId: 'run-1' } }],
    });
  });

  it('is kept without an execution when nobody knows its data', () => {
    expect(map({ ...attributes, subject: 'x', data: { a: 1 } })).toMatchObject({
      ...{ format: 'cloudevents', formatVersion: '1.0', type: 'com.example.thing', subject: 'x', executions: [], flags: [] },
    });
    expect(map(attributes)).toMatchObject({ format: 'cloudevents', executions: [] });
  });

  it('is an event of the run that its correlationid names, below its cause, with its payload where dataref says', () => {
    const mapped = map({ ...attributes, correlationid: 'c1', causationid: 'e0', dataref: 's3://b/k', data: { a: 1 } });
    const runId = runIdOf({ tenantId: 'acme', engine: 'cloudevents', source: 'urn:cloudevents:correlationid', externalId: 'c1' });

    expect(mapped?.executions[0]).toMatchObject({
      run: { runId, externalId: 'c1' },
      events: [{ eventId: eventIdOf(runId, 'e1'), parentEventId: eventIdOf(runId, 'e0'), name: 'com.example.thing', actor: '/s', startedAtMs: 1714564800000 }],
      artifacts: [{ uri: 's3://b/k', name: 'payload', eventId: eventIdOf(runId, 'e1') }],
    });
  });

  it('has no time when its producer gave none', () => {
    expect(map({ ...attributes, time: undefined })).toMatchObject({ occurredAtMs: undefined });
  });

  it('of version 0.3 is taken and flagged', () => {
    expect(map({ ...attributes, specversion: '0.3' })).toMatchObject({ formatVersion: '0.3', flags: ['specversion_0.3'] });
  });
});

describe('CloudEvent whose type names its format', () => {
  it.each([
    ['dev.cdevents.pipelinerun.started.0.3.0', { context: { type: 'dev.cdevents.pipelinerun.started.0.3.0', source: '/c' }, subject: { id: 'p1' } }, 'cdevents'],
    ['dev.tekton.event.pipelinerun.started.v1', { pipelineRun: { metadata: { uid: 'u1', name: 'p', namespace: 'n' } } }, 'tekton'],
    ['com.github.workflow_run.completed', { workflow_run: { id: 5, status: 'completed' }, repository: { url: 'https://api.github.com/repos/o/r' } }, 'github'],
  ])('%s is mapped as that', (type, data, format) => {
    const mapped = map({ ...attributes, type, data });

    expect(mapped).toMatchObject({ format, type, source: '/s', externalId: 'e1' });
    expect(mapped?.executions).toHaveLength(1);
  });

  it('is kept with the reason when its data is not what the type says', () => {
    expect(map({ ...attributes, type: 'dev.tekton.event.taskrun.started.v1', data: {} })).toMatchObject({
      format: 'cloudevents',
      flags: ['unmapped', expect.stringContaining('not of Tekton')],
    });
  });
});

describe('message of CloudEvents', () => {
  const headers = { 'ce-specversion': '1.0', 'ce-id': 'e1', 'ce-source': '/s', 'ce-type': 'com.example.thing', 'ce-subject': 'a%20b' };

  it('is none of them without their headers or content type', () => {
    expect(mapMessage(payloadOf({ a: 1 }, 'application/json', { 'x-a': 'b' }), context)).toBeUndefined();
  });

  it('in binary mode over HTTP and Kafka is kept whole, headers and all', () => {
    const kafka = Object.fromEntries(Object.entries({ ...headers, 'ce-subject': 'a b' }).map(([name, value]) => [name.replace('-', '_'), value]));

    for (const sent of [headers, kafka]) {
      const [mapped] = mapMessage(payloadOf('{"mill": "run-1"}', 'application/json', sent), context) ?? [];

      expect(mapped).toMatchObject({ format: 'kestra', externalId: 'e1', subject: 'a b' });
      expect(mapped?.raw?.contentType).toBe('application/cloudevents+json');
      expect(JSON.parse(Buffer.from(mapped?.raw?.body ?? []).toString())).toEqual({
        ...{ specversion: '1.0', id: 'e1', source: '/s', type: 'com.example.thing', subject: 'a b', datacontenttype: 'application/json' },
        data: { mill: 'run-1' },
      });
    }
  });

  it('in binary mode keeps data that is no JSON as Base64, flagged when it claims to be', () => {
    const [mapped] = mapMessage(payloadOf('{', 'application/json', headers), context) ?? [];

    expect(mapped).toMatchObject({ format: 'cloudevents', flags: ['invalid_data'] });
    expect(JSON.parse(Buffer.from(mapped?.raw?.body ?? []).toString())).toMatchObject({ data_base64: 'ew==' });
  });

  it('in structured mode keeps the bytes that came', () => {
    const [mapped] = mapMessage(payloadOf(attributes, 'application/cloudevents+json'), context) ?? [];

    expect(mapped).toMatchObject({ externalId: 'e1' });
    expect(mapped?.raw).toBeUndefined();
  });

  it('in batched mode is as many events, the bad ones kept beside the good', () => {
    const batch = [attributes, { id: 'x' }, { ...attributes, id: 'e2' }];

    const mapped = mapMessage(payloadOf(batch, 'application/cloudevents-batch+json'), context) ?? [];

    expect(mapped.map(({ format, externalId }) => [format, externalId])).toEqual([
      ['cloudevents', 'e1'],
      ['unrecognised', expect.any(String)],
      ['cloudevents', 'e2'],
    ]);
    expect(mapped[1]?.flags).toEqual(['unmapped', '[1] not a CloudEvent: source is missing; specversion is missing; type is missing']);
    expect(Buffer.from(mapped[1]?.raw?.body ?? []).toString()).toBe('{"id":"x"}');
  });

  it('that lacks attributes is refused with their names', () => {
    expect(() => mapMessage(payloadOf({}, 'application/json', { 'ce-specversion': '1.0' }), context)).toThrow(
      'not a CloudEvent: id is missing; source is missing; type is missing',
    );
  });
});

describe('JSON', () => {
  it('looks like a CloudEvent when it has the mandatory attributes', () => {
    expect(looksLikeCloudEvent(attributes)).toBe(true);
    expect([looksLikeCloudEvent({ ...attributes, id: 1 }), looksLikeCloudEvent([]), looksLikeCloudEvent(null)]).toEqual([false, false, false]);
  });
});
