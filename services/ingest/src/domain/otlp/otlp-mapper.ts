import { OrreryError } from '@orrery/errors';
import type { JsonRecord } from '../json-reading.js';
import type { Execution, IncomingPayload, MappedEvent, MappingContext } from '../source-event.js';
import { contentIdOfBytes } from '../bytes-id.js';
import { logExecution, logTimeMs, tracedLogOf, type TracedLog } from './log-execution.js';
import { metricExecutions } from './metric-execution.js';
import { decodeOtlp, encodeSubset, itemsOf, otlpRequestOf, type OtlpItem, type OtlpRequest } from './otlp-request.js';
import { nanosecondsMs, textAttribute } from './otlp-values.js';
import { redactOtlp } from './redact-otlp.js';
import { readSpan, type Span } from './span.js';
import { traceRunOf, type TraceRun } from './trace-context.js';
import { traceExecution } from './trace-execution.js';

/** Flag of the event that holds what an export request was refused for, with the count: `rejected:3`. */
const rejectedFlag = 'rejected:';

/**
 * Maps an export request in OTLP/JSON, already parsed.
 *
 * @throws ORRERY_VALIDATION when it is no such request, or when none of its spans has valid ids.
 */
export function mapOtlpJson(format: OtlpRequest['format'], value: unknown, payload: IncomingPayload, context: MappingContext): readonly MappedEvent[] {
  return mapRequest(otlpRequestOf(format, value), payload, context);
}

/** Maps an export request in protobuf, without its secrets. @throws ORRERY_VALIDATION as above, or when the bytes are no protobuf. */
export function mapOtlpProtobuf(format: OtlpRequest['format'], payload: IncomingPayload, context: MappingContext): readonly MappedEvent[] {
  const request = decodeOtlp(format, payload.body);
  const isRedacted = redactOtlp(request, payload.body);
  const body = isRedacted ? encodeSubset(request, new Set(itemsOf(request).map(({ item }) => item))) : payload.body;
  const mapped = mapRequest(request, { ...payload, body }, context);
  return isRedacted ? mapped.map((event) => ({ ...event, flags: [...(event.flags ?? []), 'redacted'] })) : mapped;
}

/** How many spans of an export request were refused: what its answer has to say. */
export function rejectedCountOf(flags: Iterable<string>): number {
  let count = 0;
  for (const flag of flags) if (flag.startsWith(rejectedFlag)) count += Number(flag.slice(rejectedFlag.length)) || 0;
  return count;
}

function mapRequest(request: OtlpRequest, payload: IncomingPayload, context: MappingContext): readonly MappedEvent[] {
  const items = itemsOf(request);
  if (items.length === 0) return [];
  const scope: Scope = { request, payload, itemCount: items.length };
  switch (request.format) {
    case 'otlp_traces':
      return mapTraces(items, scope, context);
    case 'otlp_logs':
      return mapLogs(items, scope, context);
    case 'otlp_metrics':
      return [eventOf({ items, executions: metricExecutions(items, context.tenantId) }, scope)];
  }
}

interface Scope {
  readonly request: OtlpRequest;
  readonly payload: IncomingPayload;
  readonly itemCount: number;
}

/** The items of one run in a request, each with what was read of it. */
interface RunItems<Read> {
  readonly run: TraceRun;
  readonly items: { readonly item: OtlpItem; readonly read: Read }[];
}

function addTo<Read>(groups: Map<string, RunItems<Read>>, run: TraceRun, entry: { readonly item: OtlpItem; readonly read: Read }): void {
  const group = groups.get(run.runId);
  if (group === undefined) groups.set(run.runId, { run, items: [entry] });
  else group.items.push(entry);
}

/** One event for each run in the request, or several where one would be too large, so that each can be mapped again from its own bytes. */
function runEvents<Read>(groups: ReadonlyMap<string, RunItems<Read>>, execute: (run: TraceRun, read: readonly Read[]) => Execution, scope: Scope): readonly MappedEvent[] {
  return [...groups.values()].flatMap(({ run, items }) =>
    chunked(items, ({ item }) => item, scope).map((chunk) => {
      const execution = execute(
        run,
        chunk.map(({ read }) => read),
      );
      return eventOf({ items: chunk.map(({ item }) => item), executions: [execution], subject: run.externalId }, scope);
    }),
  );
}

function mapTraces(items: readonly OtlpItem[], scope: Scope, context: MappingContext): readonly MappedEvent[] {
  const byRun = new Map<string, RunItems<Span>>();
  const rejected: OtlpItem[] = [];
  for (const item of items) {
    const read = readSpan(item);
    if (read === undefined) rejected.push(item);
    else addTo(byRun, traceRunOf(context.tenantId, item.resource, read.traceId), { item, read });
  }
  if (byRun.size === 0) {
    throw new OrreryError('ORRERY_VALIDATION', `none of the ${items.length} spans has a trace id of 16 bytes and a span id of 8; logs have to go to /v1/logs`);
  }
  const mapped = runEvents(byRun, traceExecution, scope);
  return rejected.length === 0 ? mapped : [...mapped, rejectedEvent(rejected, scope)];
}

function rejectedEvent(items: readonly OtlpItem[], scope: Scope): MappedEvent {
  return { ...eventOf({ items, executions: [] }, scope), flags: ['unmapped', 'invalid_ids', `${rejectedFlag}${items.length}`] };
}

function mapLogs(items: readonly OtlpItem[], scope: Scope, context: MappingContext): readonly MappedEvent[] {
  const byRun = new Map<string, RunItems<TracedLog>>();
  const untraced: OtlpItem[] = [];
  for (const item of items) {
    const read = tracedLogOf(item, context.tenantId);
    if (read === undefined) untraced.push(item);
    else addTo(byRun, read.run, { item, read });
  }
  const others = chunked(untraced, (item) => item, scope).map((chunk) => eventOf({ items: chunk, executions: [] }, scope));
  return [...runEvents(byRun, logExecution, scope), ...others];
}

/** A record has to hold the bytes of its event, so a large trace is taken apart. Bytes of the whole request, shared out evenly. */
const largestChunkBytes = 512 * 1024;

function chunked<Value>(values: readonly Value[], itemOf: (value: Value) => OtlpItem, scope: Scope): readonly (readonly Value[])[] {
  if (values.length === 0) return [];
  const isSmall = scope.payload.body.byteLength <= largestChunkBytes || encodeSubset(scope.request, itemSet(values.map(itemOf))).byteLength <= largestChunkBytes;
  if (isSmall || values.length === 1) return [values];
  const middle = Math.ceil(values.length / 2);
  return [...chunked(values.slice(0, middle), itemOf, scope), ...chunked(values.slice(middle), itemOf, scope)];
}

function itemSet(items: readonly OtlpItem[]): ReadonlySet<JsonRecord> {
  return new Set(items.map(({ item }) => item));
}

interface Part {
  readonly items: readonly OtlpItem[];
  readonly executions: readonly Execution[];
  readonly subject?: string;
}

function eventOf({ items, executions, subject }: Part, { request, payload, itemCount }: Scope): MappedEvent {
  const body = items.length === itemCount ? payload.body : encodeSubset(request, itemSet(items));
  const times = items.flatMap((item) => timeOf(item) ?? []);
  return {
    format: request.format,
    type: request.format.slice('otlp_'.length),
    source: `otlp:${textAttribute(items[0]?.resource ?? {}, 'service.name') ?? 'unknown'}`,
    // Exporters repeat a request byte for byte, and the same spans in another grouping join with what they told before.
    externalId: contentIdOfBytes(body),
    subject,
    occurredAtMs: times.length === 0 ? undefined : times.reduce((latest, time) => Math.max(latest, time)),
    raw: { body, contentType: request.encoding === 'json' ? 'application/json' : 'application/x-protobuf' },
    executions,
  };
}

function timeOf(item: OtlpItem): number | undefined {
  return nanosecondsMs(item.item.endTimeUnixNano) ?? logTimeMs(item);
}
