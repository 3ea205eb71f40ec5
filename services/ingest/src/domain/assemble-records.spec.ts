import { toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { deterministicId, ExecutionRecordSchema, recordIdOf, type ExecutionRecord } from '@orrery/contracts';
import { assembleRecords, largestRecordBytes } from './assemble-records.js';
import type { Execution, IncomingPayload, MappedEvent } from './source-event.js';

const receivedAtMs = Date.UTC(2026, 0, 6);
const context = { tenantId: 'acme', receivedAtMs };
const payload: IncomingPayload = { body: Buffer.from('{"a":1}'), contentType: 'application/json', headers: {} };
const run = (runId: string): Execution['run'] => ({ runId, engine: 'orrery', externalId: runId });
const runIds = ['11111111-1111-8111-8111-111111111111', '22222222-2222-8222-8222-222222222222'] as const;

function event(more: Partial<MappedEvent> = {}): MappedEvent {
  return { format: 'orrery', type: 'dev.orrery.execution.v1', source: 'urn:app', externalId: 'e-1', executions: [{ run: run(runIds[0]) }], ...more };
}

const sizeOf = (record: ExecutionRecord): number => toBinary(ExecutionRecordSchema, record).byteLength;

const digestOf = (record: ExecutionRecord): string => deterministicId(Buffer.from(toBinary(ExecutionRecordSchema, record)).toString('latin1'));

describe('assembleRecords', () => {
  it('gives one record with where it came from, when, and the bytes', () => {
    const [record, ...others] = assembleRecords(event({ formatVersion: 'v1', subject: 's', sequence: '7', traceparent: '00-a-b-01', occurredAtMs: receivedAtMs - 5, flags: ['redacted'] }), payload, context);

    expect(others).toEqual([]);
    expect(record).toMatchObject({
      recordId: recordIdOf('acme', 'urn:app', 'e-1'),
      tenantId: 'acme',
      runId: runIds[0],
      origin: { format: 'orrery', formatVersion: 'v1', type: 'dev.orrery.execution.v1', source: 'urn:app', externalId: 'e-1', subject: 's', sequence: '7', traceparent: '00-a-b-01' },
      occurredAtMs: receivedAtMs - 5,
      receivedAtMs,
      raw: { body: payload.body, contentType: 'application/json' },
      run: { runId: runIds[0], engine: 'orrery' },
      flags: ['redacted'],
    });
  });

  it('keeps the bytes that the mapping chose over those of the payload', () => {
    const raw = { body: Buffer.from('part'), contentType: 'text/plain' };

    expect(assembleRecords(event({ raw }), payload, context)[0]!.raw).toMatchObject(raw);
  });

  it('gives a record without a run for an event that carries no execution', () => {
    const [record] = assembleRecords(event({ executions: [] }), payload, context);

    expect([record!.runId, record!.run, record!.raw?.body]).toEqual(['', undefined, payload.body]);
  });

  it('gives a record for each run, all with the id of the event, and the bytes once', () => {
    const records = assembleRecords(event({ executions: [{ run: run(runIds[0]) }, { run: run(runIds[1]) }] }), payload, context);

    expect(records.map(({ runId }) => runId)).toEqual(runIds);
    expect(new Set(records.map(({ recordId }) => recordId)).size).toBe(1);
    expect(records.map(({ raw }) => raw === undefined)).toEqual([false, true]);
  });

  it.each([
    [0, false],
    [24 * 60 * 60 * 1000, false],
    [24 * 60 * 60 * 1000 + 1, true],
    [-24 * 60 * 60 * 1000 - 1, true],
  ])('flags an event that happened %i ms before it came', (skewMs, isFlagged) => {
    expect(assembleRecords(event({ occurredAtMs: receivedAtMs - skewMs }), payload, context)[0]!.flags.includes('clock_skew')).toBe(isFlagged);
  });

  it('moves an end before its start to the start, and says so', () => {
    const executions: Execution[] = [{ run: { ...run(runIds[0]), startedAtMs: 200, finishedAtMs: 100 }, tasks: [{ taskId: runIds[1], startedAtMs: 5, finishedAtMs: 5 }], events: [{ eventId: runIds[1], finishedAtMs: 1 }] }];
    const [record] = assembleRecords(event({ executions }), payload, context);

    expect(record!.run).toMatchObject({ startedAtMs: 200, finishedAtMs: 200 });
    expect(record!.tasks).toMatchObject([{ startedAtMs: 5, finishedAtMs: 5 }]);
    expect(record!.flags).toEqual(['negative_duration']);
  });

  describe('when there is more than a record may hold', () => {
    const output = 'é'.repeat(30_000);
    const events = Array.from({ length: 60 }, (_, index) => ({ eventId: runIds[1], externalId: String(index), output }));
    const tasks = Array.from({ length: 7 }, (_, index) => ({ taskId: runIds[1], externalId: String(index) }));
    const raw = { body: Buffer.alloc(1024 * 1024, 'r'), contentType: 'application/json' };
    const records = assembleRecords(event({ executions: [{ run: run(runIds[0]), tasks, events }], raw }), payload, context);

    it('makes records that fit, each of the same run and with an id of its own', () => {
      expect(Math.max(...records.map(sizeOf))).toBeLessThanOrEqual(largestRecordBytes);
      expect(records.every(({ runId }) => runId === runIds[0])).toBe(true);
      expect(records.every(({ run: stated }) => stated?.runId === runIds[0])).toBe(true);
      expect(new Set(records.map(({ recordId }) => recordId)).size).toBe(records.length);
      expect(records[0]!.recordId).toBe(recordIdOf('acme', 'urn:app', 'e-1'));
      expect(records[1]!.recordId).toBe(recordIdOf('acme', 'urn:app', 'e-1#1'));
    });

    it('loses nothing and says nothing twice', () => {
      expect(records.flatMap((record) => record.events.map(({ externalId }) => externalId))).toEqual(events.map(({ externalId }) => externalId));
      expect(records.flatMap((record) => record.tasks.map(({ externalId }) => externalId))).toEqual(tasks.map(({ externalId }) => externalId));
    });

    it('keeps the bytes in parts that say which they are', () => {
      const parts = records.filter((record) => record.raw !== undefined);

      expect(parts.map((record) => record.raw!.contentType)).toEqual(['application/json; part=1/2', 'application/json; part=2/2']);
      expect(Buffer.concat(parts.map((record) => record.raw!.body)).equals(raw.body)).toBe(true);
    });

    it('makes the same records each time', () => {
      const again = assembleRecords(event({ executions: [{ run: run(runIds[0]), tasks, events }], raw }), payload, context);

      expect(again.map(digestOf)).toEqual(records.map(digestOf));
    });
  });

  it('parts single statements of several kinds before it lets any go', () => {
    const output = 'x'.repeat(600_000);
    const executions: Execution[] = [{ run: run(runIds[0]), events: [{ eventId: runIds[1], output }], messages: [{ messageId: runIds[1], content: output }] }];
    const records = assembleRecords(event({ executions }), payload, context);

    expect(records.map(({ events, messages }) => [events.length, messages.length])).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  it('lets labels go that fit no record, and still names the run', () => {
    const [record] = assembleRecords(event({ executions: [{ run: { ...run(runIds[0]), labels: { note: 'x'.repeat(largestRecordBytes) } } }] }), payload, context);

    expect(record).toMatchObject({ run: { runId: runIds[0], engine: 'orrery', labels: {} }, flags: ['statement_dropped'] });
  });

  it.each([10, 499_000, 499_860, 1_000_000])('keeps all bytes in few records when names have %i characters', (length) => {
    const name = 'n'.repeat(length);
    const raw = { body: Buffer.alloc(1024 * 1024, 'r'), contentType: 'application/json' };
    const executions: Execution[] = [{ run: { ...run(runIds[0]), source: name, externalId: name, url: name } }];
    const records = assembleRecords(event({ source: name, externalId: name, subject: name, type: name, flags: [name], executions, raw }), payload, context);

    expect(records.length).toBeLessThan(5);
    expect(Math.max(...records.map(sizeOf))).toBeLessThanOrEqual(largestRecordBytes);
    expect(records.reduce((sum, record) => sum + (record.raw?.body.byteLength ?? 0), 0)).toBe(raw.body.byteLength);
    expect(records[0]!.recordId).toBe(recordIdOf('acme', name, name));
  });

  it('lets a single statement go that fits no record, and keeps the bytes it came in', () => {
    const huge = { eventId: runIds[1], output: 'x'.repeat(largestRecordBytes) };
    const records = assembleRecords(event({ executions: [{ run: run(runIds[0]), events: [huge] }] }), payload, context);

    expect(records.map(({ events, raw, flags }) => [events.length, raw?.body.byteLength, flags])).toEqual([
      [0, undefined, ['statement_dropped']],
      [0, payload.body.byteLength, []],
    ]);
  });
});
