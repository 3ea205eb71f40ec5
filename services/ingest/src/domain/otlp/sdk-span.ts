import { entries, isRecord, list, number, record, records, text, type JsonRecord } from '../json-reading.js';
import { parseTimeMs } from '../time.js';

/*
 * The SDKs of OpenTelemetry also write spans as plain JSON, to consoles and files: JavaScript with `spanContext` and times as
 * [seconds, nanoseconds], Python with `context`, ids as 0x… and times as texts. Neither is OTLP, both are what people have.
 */

/** Tells whether a value is a span as an SDK writes it. */
export function isSdkSpan(value: unknown): boolean {
  return text(value, 'name') !== undefined && contextOf(value) !== undefined && (isRecord(record(value, 'attributes')) || list(value, 'startTime').length === 2);
}

/** A span as an SDK writes it, as an export request in OTLP/JSON. */
export function otlpOfSdkSpan(value: unknown): JsonRecord {
  const context = contextOf(value);
  const span = {
    ...context,
    parentSpanId: hex(text(value, 'parentSpanContext', 'spanId') ?? text(value, 'parentSpanId') ?? text(value, 'parent_id')),
    name: text(value, 'name'),
    kind: kindOf(value),
    startTimeUnixNano: nanosecondsOf(value, 'startTime', 'start_time'),
    endTimeUnixNano: nanosecondsOf(value, 'endTime', 'end_time'),
    attributes: keyValues(value, 'attributes'),
    events: records(value, 'events').map((event) => ({
      name: text(event, 'name'),
      timeUnixNano: nanosecondsOf(event, 'time', 'timestamp'),
      attributes: keyValues(event, 'attributes'),
    })),
    status: { code: statusCodeOf(value), message: text(value, 'status', 'message') ?? text(value, 'status', 'description') },
  };
  const scope = { name: text(value, 'instrumentationScope', 'name') ?? text(value, 'instrumentationLibrary', 'name') };
  return { resourceSpans: [{ resource: { attributes: keyValues(value, 'resource', 'attributes') }, scopeSpans: [{ scope, spans: [span] }] }] };
}

function contextOf(value: unknown): { readonly traceId: string; readonly spanId: string } | undefined {
  const traceId = hex(text(value, 'spanContext', 'traceId') ?? text(value, 'context', 'trace_id'));
  const spanId = hex(text(value, 'spanContext', 'spanId') ?? text(value, 'context', 'span_id'));
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

function hex(id: string | undefined): string | undefined {
  return id?.replace(/^0x/i, '');
}

/** JavaScript counts kinds from 0 for internal, OTLP from 1; Python writes `SpanKind.INTERNAL`. */
function kindOf(value: unknown): number | string | undefined {
  const counted = number(value, 'kind');
  return counted === undefined ? text(value, 'kind')?.replace('SpanKind.', 'SPAN_KIND_') : counted + 1;
}

function statusCodeOf(value: unknown): number {
  const written = text(value, 'status', 'status_code');
  return written === undefined ? (number(value, 'status', 'code') ?? 0) : ['UNSET', 'OK', 'ERROR'].indexOf(written);
}

function nanosecondsOf(value: unknown, javascript: string, python: string): string | undefined {
  const [seconds, nanoseconds] = list(value, javascript);
  if (typeof seconds === 'number' && typeof nanoseconds === 'number' && Number.isSafeInteger(seconds) && Number.isSafeInteger(nanoseconds)) {
    return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds));
  }
  const milliseconds = parseTimeMs(text(value, python));
  return milliseconds === undefined ? undefined : String(BigInt(Math.round(milliseconds * 1000)) * 1000n);
}

function keyValues(value: unknown, ...path: readonly string[]): readonly JsonRecord[] {
  return entries(value, ...path).map(([key, member]) => ({ key, value: anyValueOf(member) }));
}

function anyValueOf(value: unknown): JsonRecord {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValueOf) } };
  return isRecord(value) ? { kvlistValue: { values: keyValues(value) } } : {};
}
