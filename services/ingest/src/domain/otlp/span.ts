import { list, records, text } from '../json-reading.js';
import type { OtlpItem } from './otlp-request.js';
import { attributes, hexId, nanosecondsMs, storableText, type Attributes } from './otlp-values.js';

export interface SpanEvent {
  readonly name: string;
  readonly timeMs: number | undefined;
  readonly attributes: Attributes;
}

/** A span with valid ids, as the mapping reads it. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: SpanKindName;
  readonly startMs: number | undefined;
  /** Absent as long as the span goes on. */
  readonly endMs: number | undefined;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly scopeName: string;
  readonly events: readonly SpanEvent[];
  /** Spans of the same trace that this one names as its causes. */
  readonly linkedSpanIds: readonly string[];
  readonly hasErrorStatus: boolean;
  readonly statusMessage: string | undefined;
}

const kindNames = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
export type SpanKindName = (typeof kindNames)[number];

/** OTLP/JSON allows numbers only; some exporters write the names all the same. */
function enumNumber(value: unknown, names: readonly string[], prefix: string): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? names.indexOf(value.replace(prefix, '').toLowerCase()) : 0;
}

/** Reads a span; undefined when its ids are not those of a span (logs posted as traces decode to such). */
export function readSpan({ item, resource, scopeName }: OtlpItem): Span | undefined {
  const traceId = hexId(item.traceId, 16);
  const spanId = hexId(item.spanId, 8);
  if (traceId === undefined || spanId === undefined) return undefined;
  const parentSpanId = hexId(item.parentSpanId, 8);
  const status = item.status;
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId === spanId ? undefined : parentSpanId,
    name: storableText(text(item, 'name') ?? ''),
    kind: kindNames[enumNumber(item.kind, kindNames, 'SPAN_KIND_')] ?? 'unspecified',
    startMs: nanosecondsMs(item.startTimeUnixNano),
    endMs: nanosecondsMs(item.endTimeUnixNano),
    attributes: attributes(list(item, 'attributes')),
    resource,
    scopeName,
    events: records(item, 'events').map((event) => ({
      name: storableText(text(event, 'name') ?? ''),
      timeMs: nanosecondsMs(event.timeUnixNano),
      attributes: attributes(list(event, 'attributes')),
    })),
    linkedSpanIds: records(item, 'links').flatMap((link) => (hexId(link.traceId, 16) === traceId ? [hexId(link.spanId, 8) ?? ''] : [])),
    hasErrorStatus: enumNumber(record(status)?.code, ['unset', 'ok', 'error'], 'STATUS_CODE_') === 2,
    statusMessage: text(status, 'message'),
  };
}

function record(value: unknown): { readonly code?: unknown } | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}
