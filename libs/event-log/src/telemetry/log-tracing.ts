import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Link, type Span } from '@opentelemetry/api';
import { messageOf } from '@orrery/errors';
import type { LogBatch, LogHeaders, OutgoingRecord } from '../event-log.js';
import { instrumentationName, logSpanNames, messagingAttributeNames as attributes } from './names.js';

const maxLinks = 32;

/** Opens the spans of a log and carries the W3C trace context in record headers; costs nothing to speak of without an SDK. */
export class LogTracing {
  constructor(
    private readonly system: 'kafka' | 'postgresql',
    private readonly clientId: string,
  ) {}

  /** Runs `send` in a producer span; records that bring no trace context of their own get the span's. */
  async append(records: readonly OutgoingRecord[], send: (records: readonly OutgoingRecord[]) => Promise<void>): Promise<void> {
    const destination = destinationOf(records);
    const options = {
      kind: SpanKind.PRODUCER,
      attributes: {
        [attributes.system]: this.system,
        [attributes.operationName]: 'send',
        [attributes.operationType]: 'send',
        [attributes.clientId]: this.clientId,
        [attributes.messageCount]: records.length,
        ...(destination === 'batch' ? {} : { [attributes.destination]: destination }),
      },
    };
    await tracer().startActiveSpan(logSpanNames.send(destination), options, (span) => inSpan(span, () => send(withTraceContext(records))));
  }

  /** Runs `handle` in a consumer span that links to whoever sent the records (at most 32 distinct contexts). */
  async process(groupId: string, batch: LogBatch<unknown>, handle: () => Promise<void>): Promise<void> {
    const options = {
      kind: SpanKind.CONSUMER,
      links: linksOf(batch),
      root: true,
      attributes: {
        [attributes.system]: this.system,
        [attributes.operationName]: 'process',
        [attributes.operationType]: 'process',
        [attributes.clientId]: this.clientId,
        [attributes.destination]: batch.topic,
        [attributes.partition]: String(batch.partition),
        [attributes.consumerGroup]: groupId,
        [attributes.messageCount]: batch.records.length,
      },
    };
    await tracer().startActiveSpan(logSpanNames.process(batch.topic), options, ROOT_CONTEXT, (span) => inSpan(span, handle));
  }
}

/** Headers that carry the active trace context; empty outside a trace. */
export function traceHeaders(): LogHeaders {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** Gives every record the active trace context, unless it has one already. */
export function withTraceContext(records: readonly OutgoingRecord[]): readonly OutgoingRecord[] {
  const carrier = traceHeaders();
  if (Object.keys(carrier).length === 0) return records;
  return records.map((record) =>
    record.headers?.['traceparent'] === undefined ? { ...record, headers: { ...record.headers, ...carrier } } : record,
  );
}

function linksOf(batch: LogBatch<unknown>): Link[] {
  const carriers = new Map<string, LogHeaders>();
  for (const { record } of batch.records) {
    const parent = record.headers['traceparent'];
    if (parent === undefined || carriers.has(parent)) continue;
    carriers.set(parent, record.headers);
    if (carriers.size === maxLinks) break;
  }
  return [...carriers.values()].flatMap((headers) => {
    const producer = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers));
    return producer === undefined ? [] : [{ context: producer }];
  });
}

function destinationOf(records: readonly OutgoingRecord[]): string {
  const first = records[0]?.topic ?? 'batch';
  return records.every((record) => record.topic === first) ? first : 'batch';
}

async function inSpan(span: Span, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
    throw error;
  } finally {
    span.end();
  }
}

function tracer(): ReturnType<typeof trace.getTracer> {
  return trace.getTracer(instrumentationName);
}
