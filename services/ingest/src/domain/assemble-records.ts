import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { ExecutionRecordSchema, recordIdOf, RunSchema, type ExecutionRecord, type OriginSchema, type Run } from '@orrery/contracts';
import { clamped } from './clamp-durations.js';
import { clipped } from './otlp/otlp-values.js';
import type { Execution, IncomingPayload, MappedEvent, MappingContext } from './source-event.js';
import type { RunStatement } from './statements.js';

/** Kafka's default for the largest message is 1,048,588 bytes with key and headers. */
export const largestRecordBytes = 1_000_000;
/** An event that says it happened further than this from when it came in is old, or its clock is wrong. */
export const tolerableSkewMs = 24 * 60 * 60 * 1000;
/** Names of sources, ids and subjects are cut beyond this, in characters; ids made from them are made from all of them. */
const longestName = 2048;
const longestFlag = 200;
const mostFlags = 50;

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
  let part = 0;
  return records.flatMap((record) => {
    const [first = record, ...further] = fitting(record);
    return [first, ...further.map((each) => ({ ...each, recordId: recordIdOf(context.tenantId, event.source, `${event.externalId}#${(part += 1)}`) }))];
  });
}

interface Statement {
  readonly event: MappedEvent;
  readonly execution: Execution | undefined;
  readonly context: MappingContext;
}

function recordOf({ event, execution, context }: Statement, raw: MappedEvent['raw']): ExecutionRecord {
  const flags = new Set(event.flags ?? []);
  if (isSkewed(event.occurredAtMs, context)) flags.add('clock_skew');
  const stated = execution === undefined ? {} : statementsOf(clamped(execution, flags));
  return create(ExecutionRecordSchema, {
    recordId: recordIdOf(context.tenantId, event.source, event.externalId),
    tenantId: context.tenantId,
    origin: originOf(event),
    occurredAtMs: event.occurredAtMs,
    receivedAtMs: context.receivedAtMs,
    raw,
    ...stated,
    flags: [...flags].slice(0, mostFlags).map((flag) => clipped(flag, longestFlag) ?? flag),
  });
}

/** Every part of a large event repeats its origin, which therefore has to be small whatever the source calls itself. */
function originOf({ format, ...event }: MappedEvent): MessageInitShape<typeof OriginSchema> {
  const name = (value: string | undefined): string | undefined => clipped(value, longestName);
  return {
    format,
    formatVersion: name(event.formatVersion),
    type: name(event.type),
    source: name(event.source),
    externalId: name(event.externalId),
    subject: name(event.subject),
    sequence: name(event.sequence),
    traceparent: name(event.traceparent),
  };
}

function isSkewed(occurredAtMs: number | undefined, { receivedAtMs }: MappingContext): boolean {
  return occurredAtMs !== undefined && Math.abs(occurredAtMs - receivedAtMs) > tolerableSkewMs;
}

type Statements = Pick<Exclude<MessageInitShape<typeof ExecutionRecordSchema>, ExecutionRecord>, 'runId' | 'run' | (typeof listNames)[number]>;

function statementsOf({ run: stated, tasks = [], events = [], artifacts = [], messages = [], samples = [] }: Execution): Statements {
  const run: RunStatement = { ...(stated as RunStatement), source: clipped(stated.source, longestName), externalId: clipped(stated.externalId, longestName) };
  return { runId: run.runId, run, tasks: [...tasks], events: [...events], artifacts: [...artifacts], messages: [...messages], samples: [...samples] };
}

const listNames = ['tasks', 'events', 'artifacts', 'messages', 'samples'] as const;

/** A record in as many parts as it takes, with the id of the whole still on each. */
function fitting(record: ExecutionRecord): readonly ExecutionRecord[] {
  if (isSmall(record) || sizeOf(record) <= largestRecordBytes) return [record];
  const { raw, ...rest } = record;
  if (raw === undefined) return halved(record);
  return [...fitting({ ...rest }), ...rawParts(record, raw)];
}

/** Encoding only to measure would double the cost of every record; three bytes a character is the most that UTF-8 takes. */
function isSmall(record: ExecutionRecord): boolean {
  return roughSizeOf(record) <= largestRecordBytes;
}

function roughSizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length * 3 + 4;
  if (typeof value !== 'object' || value === null) return 12;
  if (ArrayBuffer.isView(value)) return value.byteLength + 8;
  let size = 8;
  for (const member of Array.isArray(value) ? value : Object.values(value)) size += roughSizeOf(member);
  return size;
}

function sizeOf(record: ExecutionRecord): number {
  return toBinary(ExecutionRecordSchema, record).byteLength;
}

/** Halves the statements until each part fits; one that is too large alone is let go, since its raw bytes are kept. */
function halved(record: ExecutionRecord): readonly ExecutionRecord[] {
  const filled = listNames.filter((name) => record[name].length > 0);
  const isAlone = filled.every((name) => record[name].length === 1);
  if (isAlone && filled.length <= 1) return [withoutStatements(record)];
  // Of single statements of several kinds, one kind goes into the first part; of more, half of each.
  const share = (name: (typeof listNames)[number]): number => (isAlone ? Number(name === filled[0]) : Math.ceil(record[name].length / 2));
  const first = { ...record };
  const second = { ...record };
  for (const name of listNames) {
    const statements = record[name] as readonly unknown[];
    Object.assign(first, { [name]: statements.slice(0, share(name)) });
    Object.assign(second, { [name]: statements.slice(share(name)) });
  }
  return [...fitting(first), ...fitting(second)];
}

function withoutStatements(record: ExecutionRecord): ExecutionRecord {
  const bare = { ...withoutStatementLists(record), flags: [...record.flags, 'statement_dropped'] };
  return sizeOf(bare) <= largestRecordBytes ? bare : { ...bare, run: identityOf(record.run) };
}

function identityOf(run: Run | undefined): Run | undefined {
  if (run === undefined) return undefined;
  const { runId, engine, source, externalId, attempt } = run;
  return create(RunSchema, { runId, engine: clipped(engine, longestName), source, externalId, attempt });
}

function rawParts(record: ExecutionRecord, raw: NonNullable<ExecutionRecord['raw']>): readonly ExecutionRecord[] {
  const bare = { ...withoutStatementLists(record), run: identityOf(record.run) };
  const room = largestRecordBytes - sizeOf({ ...bare, raw: undefined }) - 256;
  const count = Math.ceil(raw.body.byteLength / room);
  return Array.from({ length: count }, (_, index) => {
    const body = raw.body.subarray(index * room, (index + 1) * room);
    const contentType = count === 1 ? raw.contentType : `${raw.contentType}; part=${index + 1}/${count}`;
    return { ...bare, raw: { ...raw, body, contentType } };
  });
}

function withoutStatementLists(record: ExecutionRecord): ExecutionRecord {
  return { ...record, tasks: [], events: [], artifacts: [], messages: [], samples: [] };
}
