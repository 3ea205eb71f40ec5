import { describe, expect, it } from '@jest/globals';
import { runIdOf } from '@orrery/contracts';
import fc from 'fast-check';
import { assembleRecords } from './assemble-records.js';
import { mapPayload } from './map-payload.js';
import { deepestJson, largestEventBytes } from './payload-limits.js';
import type { IncomingPayload, MappedEvent } from './source-event.js';

const context = { tenantId: 'acme', receivedAtMs: Date.UTC(2026, 0, 6) };
const lineage = { eventType: 'START', eventTime: '2026-01-05T10:00:00Z', producer: 'p', schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json', run: { runId: 'r-1' }, job: { namespace: 'n', name: 'j' } };
const prefect = { id: 'e-1', occurred: '2026-01-05T10:00:00Z', event: 'prefect.flow-run.Running', resource: { 'prefect.resource.id': 'prefect.flow-run.f-1', 'prefect.state-type': 'RUNNING' }, related: [] };
const cloudEvent = { specversion: '1.0', id: 'ce-1', source: 'urn:app', type: 'dev.orrery.execution.v1', data: { run: { id: 'run-1', status: 'running' } } };

function payload(body: string | Uint8Array, more: Partial<IncomingPayload> = {}): IncomingPayload {
  return { body: Buffer.from(body), contentType: 'application/json', headers: {}, ...more };
}

function map(value: unknown, more: Partial<IncomingPayload> = {}): readonly MappedEvent[] {
  return mapPayload(payload(typeof value === 'string' ? value : JSON.stringify(value), more), context);
}

const rawOf = (event: MappedEvent | undefined): string => Buffer.from(event!.raw!.body).toString();

describe('mapPayload', () => {
  it('maps what it can tell by its content, and keeps its bytes', () => {
    const [event, ...others] = map(lineage);

    expect(others).toEqual([]);
    expect(event).toMatchObject({ format: 'openlineage', executions: [{ run: { workflow: 'j' } }], flags: [] });
    expect(rawOf(event)).toBe(JSON.stringify(lineage));
  });

  it('maps a CloudEvent that says so in its content type, its headers or nothing but its members', () => {
    const runId = runIdOf({ tenantId: 'acme', engine: 'orrery', source: 'urn:app', externalId: 'run-1' });
    const headers = { 'ce-specversion': '1.0', 'ce-id': 'ce-1', 'ce-source': 'urn:app', 'ce-type': 'dev.orrery.execution.v1' };
    const ways = [map(cloudEvent, { contentType: 'application/cloudevents+json; charset=utf-8' }), map(cloudEvent.data, { headers }), map(cloudEvent)];

    for (const [event] of ways) expect(event).toMatchObject({ format: 'orrery', externalId: 'ce-1', executions: [{ run: { runId } }] });
  });

  describe('when an array comes', () => {
    it('maps every element alone and keeps for each its own bytes', () => {
      const events = map(`[ ${JSON.stringify(lineage)},\n  {"odd":  1} , ${JSON.stringify(prefect)}]`);

      expect(events.map(({ format }) => format)).toEqual(['openlineage', 'unrecognised', 'prefect']);
      expect(rawOf(events[1])).toBe('{"odd":  1}');
    });

    it('does not let one broken element harm its neighbours', () => {
      const events = map(`[${JSON.stringify(lineage)}, {"broken": tru}, ${JSON.stringify(prefect)}, {"event":"prefect.x"}]`);

      expect(events.map(({ format }) => format)).toEqual(['openlineage', 'unrecognised', 'prefect', 'unrecognised']);
      expect(events[1]!.flags).toEqual(['unrecognised', 'unmapped', 'the body is not valid JSON']);
      expect(rawOf(events[1])).toBe('{"broken": tru}');
    });

    it('flags the element with bad UTF-8 and no other', () => {
      const body = Buffer.concat([Buffer.from(`[${JSON.stringify(prefect)},"`), Buffer.from([0xff, 0xfe]), Buffer.from('"]')]);

      expect(mapPayload(payload(body), context).map(({ format, flags }) => [format, flags])).toEqual([
        ['prefect', []],
        ['unrecognised', ['unrecognised', 'unmapped', 'the body is not valid UTF-8']],
      ]);
    });

    it('maps a batch of CloudEvents', () => {
      const events = map([cloudEvent, { ...cloudEvent, id: undefined }, { ...cloudEvent, id: 'ce-2' }], { contentType: 'application/cloudevents-batch+json' });

      expect(events.map(({ format }) => format)).toEqual(['orrery', 'unrecognised', 'orrery']);
      expect(events[0]!.raw!.contentType).toBe('application/cloudevents+json');
    });

    it('takes the events of one Temporal history as one', () => {
      const history = [{ eventId: '1', eventType: 'WorkflowExecutionStarted', workflowExecutionStartedEventAttributes: { workflowId: 'w', originalExecutionRunId: 'r' } }, { eventId: '2', eventType: 'WorkflowTaskScheduled' }];

      expect(map(history)).toMatchObject([{ format: 'temporal', externalId: 'w/r#2' }]);
    });

    it('gives nothing for an empty one', () => {
      expect(map([])).toEqual([]);
    });

    it('refuses one in which no element is JSON', () => {
      expect(() => map('[{"a":}, nope]')).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    });
  });

  describe('when the transport names the format', () => {
    it('takes its word for it', () => {
      expect(map({ run: { runId: 'r-1' } }, { format: 'openlineage' })).toMatchObject([{ format: 'openlineage' }]);
    });

    it('maps what it is instead, when that is something else', () => {
      expect(map(prefect, { format: 'openlineage' })).toMatchObject([{ format: 'prefect' }]);
    });

    it('keeps what it is not, with the reason', () => {
      const [event] = map({ hello: 'world' }, { format: 'openlineage' });

      expect(event).toMatchObject({ format: 'unrecognised', executions: [] });
      expect(event!.flags).toEqual(['unrecognised', 'unmapped', expect.stringContaining('not an OpenLineage event')]);
    });

    it('refuses an OTLP request of which nothing can be used, since its sender has to know', () => {
      expect(() => map({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'x' }] }] }] }, { format: 'otlp_traces' })).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
      expect(() => map([1], { format: 'otlp_traces' })).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
      expect(map('', { format: 'otlp_traces', contentType: 'application/x-protobuf' })).toEqual([]);
      expect(map({}, { format: 'otlp_traces' })).toEqual([]);
    });

    it('tells protobuf from JSON also where no content type is told, as on Kafka', () => {
      const value = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }] };

      expect(map(value, { format: 'otlp_logs', contentType: '' })).toMatchObject([{ format: 'otlp_logs', type: 'logs' }]);
      expect(() => map('\x0a\x7f', { format: 'otlp_logs', contentType: '' })).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    });
  });

  describe('when nothing is known of it', () => {
    it('keeps it by its bytes', () => {
      const [event] = map({ hello: 'world' });

      expect(event).toMatchObject({ format: 'unrecognised', source: 'urn:orrery:unrecognised', executions: [], flags: ['unrecognised'] });
      expect(map({ hello: 'world' })[0]!.externalId).toBe(event!.externalId);
      expect(map({ hello: 'moon' })[0]!.externalId).not.toBe(event!.externalId);
    });

    it('keeps what is no JSON and does not claim to be', () => {
      expect(map('plain text', { contentType: 'text/plain' })).toMatchObject([{ format: 'unrecognised', type: 'text/plain', raw: { contentType: 'text/plain' } }]);
    });
  });

  it.each([
    ['bad JSON', '{"a":', {}],
    ['bad JSON without a content type', '{"a":', { contentType: '' }],
    ['an empty body', '', {}],
    ['a text that is no JSON', 'hello', {}],
    ['brackets that do not match', '[{}', {}],
    ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), {}],
    ['a CloudEvent without an id', JSON.stringify({ ...cloudEvent, id: '' }), { contentType: 'application/cloudevents+json' }],
  ])('refuses %s', (_what, body, more) => {
    expect(() => mapPayload(payload(body, more), context)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });

  it('does not quote the body in its errors', () => {
    expect(() => map('{"password":"hunter2" oops')).toThrow(expect.objectContaining({ message: 'the body is not valid JSON' }));
  });

  it('takes JSON as deep as its limit and refuses what is deeper', () => {
    const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

    expect(map(nested(deepestJson))).toHaveLength(1);
    expect(map(`[${nested(deepestJson)}]`)).toHaveLength(1);
    for (const body of [nested(deepestJson + 1), `[${nested(deepestJson + 1)}]`, nested(100_000)]) {
      expect(() => map(body)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    }
  });

  it('refuses an event of more than 1 MiB, alone or in a batch, and takes many that are smaller', () => {
    const large = JSON.stringify({ text: 'x'.repeat(largestEventBytes) });
    const tooLarge = expect.objectContaining({ code: 'ORRERY_LIMIT', retriable: false, details: expect.objectContaining({ httpStatus: 413 }) });
    const many = `[${Array.from({ length: 5 }, (_, index) => JSON.stringify({ index, text: 'x'.repeat(400_000) })).join(',')}]`;

    expect(() => map(large)).toThrow(tooLarge);
    expect(() => map(`[1,${large}]`)).toThrow(tooLarge);
    expect(map(many)).toHaveLength(5);
  });

  it('takes secrets out of the bytes and of all that is mapped', () => {
    const [event] = map({ ...lineage, job: { namespace: 'n', name: 'j --password=hunter2' }, inputs: [{ namespace: 'postgres://app:hunter2@db', name: 't' }] });

    expect(event!.flags).toEqual(['redacted']);
    expect(event!.executions[0]!.run.workflow).toBe('j --password=[redacted:password]');
    expect(JSON.stringify([rawOf(event), event!.executions])).not.toContain('hunter2');
  });

  it('replaces what cannot be stored', () => {
    const [event] = map(JSON.stringify(lineage).replace('"j"', '"a\\u0000b\\ud800c"'));

    expect(event!.flags).toEqual(['sanitised']);
    expect(event!.executions[0]!.run.workflow).toBe('a\ufffdb\ufffdc');
  });

  it('takes members named like parts of a prototype for what they are', () => {
    const [event] = map(`{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${JSON.stringify(lineage).slice(1)}`);

    expect(event!.format).toBe('openlineage');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('unwraps the mark of a schema registry and the form that GitHub sends', () => {
    const marked = Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), Buffer.from(JSON.stringify(lineage))]);
    const byGuid = Buffer.concat([Buffer.from([1]), Buffer.alloc(16, 9), Buffer.from(JSON.stringify(lineage))]);
    const form = `payload=${encodeURIComponent(JSON.stringify({ action: 'completed', zen: 'a b', repository: {}, sender: {} }))}`;

    for (const body of [marked, byGuid]) expect(mapPayload(payload(body, { contentType: '' }), context)).toMatchObject([{ format: 'openlineage' }]);
    expect(map(form, { contentType: 'application/x-www-form-urlencoded', headers: { 'x-github-event': 'ping' }, format: 'github' })).toMatchObject([{ format: 'github', type: 'ping.completed' }]);
  });

  it('maps spans as the SDKs of JavaScript and Python write them', () => {
    const javascript = { name: 'ai.generateText', spanContext: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }, kind: 0, attributes: { 'ai.operationId': 'ai.generateText' }, startTime: [1767607200, 500], endTime: [1767607201, 0], status: { code: 0 }, events: [] };
    const python = { name: 'work', context: { trace_id: `0x${'a'.repeat(32)}`, span_id: `0x${'c'.repeat(16)}` }, parent_id: `0x${'b'.repeat(16)}`, kind: 'SpanKind.CLIENT', start_time: '2026-01-05T10:00:00.000001Z', end_time: '2026-01-05T10:00:01Z', status: { status_code: 'ERROR', description: 'no' }, attributes: { rows: 1.5 }, events: [], resource: { attributes: { 'service.name': 's' } } };
    const [first, second] = map([javascript, python]);

    expect(first!.executions[0]!.run).toMatchObject({ externalId: 'a'.repeat(32), workflow: 'ai.generateText' });
    expect(second!.executions[0]!.events).toMatchObject([{ externalId: 'c'.repeat(16), failure: { message: 'no' }, actor: 's', startedAtMs: Date.UTC(2026, 0, 5, 10) + 0.001 }]);
  });

  it('throws nothing but its own errors, whatever comes, and maps the same each time', () => {
    const members = fc.constantFrom('run', 'job', 'event', 'events', 'resource', 'context', 'data', 'type', 'specversion', 'id', 'source', 'resourceSpans', 'flowId', 'taskRunList', 'kind', 'apiVersion', 'metadata', 'status', 'taskRun', 'workflow_job', 'action', 'items');
    const value = fc.oneof(fc.jsonValue(), fc.dictionary(members, fc.oneof(fc.jsonValue(), fc.dictionary(members, fc.jsonValue()))), fc.array(fc.dictionary(members, fc.jsonValue())));
    const body = fc.oneof(value.map((json) => Buffer.from(JSON.stringify(json))), fc.uint8Array(), fc.json().map((json) => Buffer.from(json.slice(0, -1))));
    const format = fc.constantFrom(undefined, 'openlineage', 'otlp_traces', 'otlp_metrics', 'otlp_logs', 'github', 'argo', 'tekton', 'temporal', 'prefect', 'kestra', 'cloudevents', 'cdevents') as fc.Arbitrary<IncomingPayload['format']>;
    const contentType = fc.constantFrom('application/json', '', 'application/x-protobuf', 'application/cloudevents+json', 'application/cloudevents-batch+json', 'text/plain', 'application/x-www-form-urlencoded');

    fc.assert(
      fc.property(body, format, contentType, (bytes, named, type) => {
        const given = { body: bytes, contentType: type, headers: {}, ...(named === undefined ? {} : { format: named }) };
        const outcome = (): unknown => {
          try {
            const events = mapPayload(given, context);
            return events.flatMap((event) => assembleRecords(event, given, context));
          } catch (error) {
            expect(error).toMatchObject({ name: 'OrreryError' });
            return error;
          }
        };
        expect(outcome()).toEqual(outcome());
      }),
      { numRuns: 1500 },
    );
  });
});
