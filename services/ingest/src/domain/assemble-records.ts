import { create, toBinary } from '@bufbuild/protobuf';
import { ExecutionRecordSchema, recordIdOf, type ExecutionRecord } from '@orrery/contracts';
import { clamped } from './clamp-durations.js';
import type { Execution, IncomingPayload, MappedEvent, MappingContext } from './source-event.js';

/** Kafka's default for the largest message is 1,048,588 bytes with key and headers. */
export const largestRecordBytes = 1_000_000;
/** An event that says it happened further than this from when it came in is old, or its clock is wrong. */
export const tolerableSkewMs = 24 * 60 * 60 * 1000;

/**
 * The records of one source event: one for each run it speaks of, or one without a run.
 *
 * The first of them holds the raw bytes. All have the record id of the source event. What does not fit one record of
 * 1 MB goes on in further ones, with record ids of their own from the source's id and `#1`, `#2` …: first the statements in
 * portions, then raw bytes, whose content type then says `; part=1/2`. Every part names its run, so each can be applied alone and in
 * any order.
 *
 * Flags: those of the mapping, `clock_skew` when the event is more than 24 h from its arrival, `negative_duration` when an end had to
 * be moved to its start.
 */
export function assembleRecords(event: MappedEvent, payload: IncomingPayload, context: MappingContext): readonly ExecutionRecord[] {
  const raw = event.raw ?? { body: payload.body, contentType: payload.contentType };
  const executions = event.executions.length === 0 ? [undefined] : event.executions;
  const records = executions.map((execution, index) => recordOf({ event, execution, context }, index === 0 ? raw : undefined));
  const counter: PartCounter = { next: 1 };
  return records.flatMap((record) => fitting(record, { event, context, counter }));
}

interface Statement {
  readonly event: MappedEvent;
  readonly execution: Execution | undefined;
  readonly context: MappingContext;
}

function recordOf({ event, execution, context }: Statement, raw: MappedEvent['raw']): ExecutionRecord {
  const flags = new Set(event.flags ?? []);
  const { occurredAtMs } = event;
  if (occurredAtMs !== undefined && Math.abs(occurredAtMs - context.receivedAtMs) > tolerableSkewMs) flags.add('clock_skew');
  const stated = execution === undefined ? undefined : clamped(execution, flags);
  return create(ExecutionRecordSchema, {
    recordId: recordIdOf(context.tenantId, event.source, event.externalId),
    tenantId: context.tenantId,
    runId: stated?.run.runId ?? '',
    origin: {
      format: event.format,
      formatVersion: event.formatVersion,
      type: event.type,
      source: event.source,
      externalId: event.externalId,
      subject: event.subject,
      sequence: event.sequence,
      traceparent: event.traceparent,
    },
    occurredAtMs,
    receivedAtMs: context.receivedAtMs,
    raw,
    run: stated?.run,
    tasks: [...(stated?.tasks ?? [])],
    events: [...(stated?.events ?? [])],
    artifacts: [...(stated?.artifacts ?? [])],
    messages: [...(stated?.messages ?? [])],
    samples: [...(stated?.samples ?? [])],
    flags: [...flags],
  });
}

interface PartCounter {
  next: number;
}

interface Parts {
  readonly event: MappedEvent;
  readonly context: MappingContext;
  readonly counter: PartCounter;
}

const listNames = ['tasks', 'events', 'artifacts', 'messages', 'samples'] as const;

function fitting(record: ExecutionRecord, parts: Parts): readonly ExecutionRecord[] {
  if (isSmall(record) || sizeOf(record) <= largestRecordBytes) return [record];
  const { raw, ...rest } = record;
  if (raw === undefined) return halved(record, parts);
  const stated = fitting({ ...rest }, parts);
  return [...stated, ...rawParts(record, raw, parts)];
}

/** Encoding only to measure would double the cost of every record; three bytes a character is the most that UTF-8 takes. */
function isSmall(record: ExecutionRecord): boolean {
  return roughSizeOf(record) <= largestRecordBytes;
}

function roughSizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length * 3 + 4;
  if (typeof value !== 'object' || value === null) return 12;
  if (value instanceof Uint8Array) return value.byteLength + 8;
  let size = 8;
  for (const member of Array.isArray(value) ? value : Object.values(value)) size += roughSizeOf(member);
  return size;
}

function sizeOf(record: ExecutionRecord): number {
  return toBinary(ExecutionRecordSchema, record).byteLength;
}

/** Halves the statements until each part fits; one that is too large alone is let go, since its raw bytes are kept. */
function halved(record: ExecutionRecord, parts: Parts): readonly ExecutionRecord[] {
  const first = { ...record };
  const second = { ...record, recordId: partId(parts) };
  for (const name of listNames) {
    const statements = record[name] as readonly unknown[];
    const middle = Math.ceil(statements.length / 2);
    Object.assign(first, { [name]: statements.slice(0, middle) });
    Object.assign(second, { [name]: statements.slice(middle) });
  }
  const isSmallest = listNames.every((name) => record[name].length <= 1);
  if (isSmallest) return [withoutStatements(record)];
  return [...fitting(first, parts), ...fitting(second, parts)];
}

function withoutStatements(record: ExecutionRecord): ExecutionRecord {
  const kept = create(ExecutionRecordSchema, { ...record, tasks: [], events: [], artifacts: [], messages: [], samples: [] });
  return { ...kept, flags: [...kept.flags, 'statement_dropped'] };
}

function rawParts(record: ExecutionRecord, raw: NonNullable<ExecutionRecord['raw']>, parts: Parts): readonly ExecutionRecord[] {
  const bare = withoutStatementLists(record);
  const room = largestRecordBytes - sizeOf({ ...bare, raw: undefined }) - 256;
  const count = Math.ceil(raw.body.byteLength / room);
  return Array.from({ length: count }, (_, index) => {
    const body = raw.body.subarray(index * room, (index + 1) * room);
    const contentType = count === 1 ? raw.contentType : `${raw.contentType}; part=${index + 1}/${count}`;
    return { ...bare, recordId: partId(parts), raw: { ...raw, body, contentType } };
  });
}

function withoutStatementLists(record: ExecutionRecord): ExecutionRecord {
  return { ...record, tasks: [], events: [], artifacts: [], messages: [], samples: [] };
}

function partId({ event, context, counter }: Parts): string {
  const id = recordIdOf(context.tenantId, event.source, `${event.externalId}#${counter.next}`);
  counter.next += 1;
  return id;
}
