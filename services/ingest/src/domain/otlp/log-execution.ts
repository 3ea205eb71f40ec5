import { deterministicId, eventIdOf } from '@orrery/contracts';
import { integer, list, text } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { failureOf, isInt32, type EventStatement } from '../statements.js';
import type { OtlpItem } from './otlp-request.js';
import { anyValue, attributes, clipped, hexId, nanosecondsMs, shownAttribute, textAttribute, type Attributes } from './otlp-values.js';
import { attributesJsonOf } from './span-event.js';
import { rootTaskIdOf, traceRunOf, type TraceRun } from './trace-context.js';
import { runIdentityOf } from './trace-execution.js';

/** A log record that belongs to a trace. */
export interface TracedLog {
  readonly source: OtlpItem;
  readonly run: TraceRun;
  readonly traceId: string;
}

/** Takes a log record as part of its trace's run; undefined for a record without a trace. */
export function tracedLogOf(source: OtlpItem, tenantId: string): TracedLog | undefined {
  const traceId = hexId(source.item.traceId, 16);
  return traceId === undefined ? undefined : { source, run: traceRunOf(tenantId, source.resource, traceId), traceId };
}

/** Log records of one run as events of kind `log`, under the span that they were written in. */
export function logExecution(run: TraceRun, logs: readonly TracedLog[]): Execution {
  const traceIds = [...new Set(logs.map(({ traceId }) => traceId))];
  return {
    run: runIdentityOf(run, traceIds[0]),
    tasks: traceIds.map((traceId) => ({ taskId: rootTaskIdOf(run.runId, traceId), externalId: traceId })),
    events: logs.map(logEventOf),
  };
}

/** When a log record was written; when it was seen where its source kept no time. */
export function logTimeMs({ item }: OtlpItem): number | undefined {
  return nanosecondsMs(item.timeUnixNano) ?? nanosecondsMs(item.observedTimeUnixNano);
}

const longestBody = 32 * 1024;

function logEventOf({ source, run, traceId }: TracedLog): EventStatement {
  const { item, resource } = source;
  const spanId = hexId(item.spanId, 8);
  const own = attributes(list(item, 'attributes'));
  const atMs = logTimeMs(source);
  const body: Attributes = { body: anyValue(item.body) };
  const output = shownAttribute(body, 'body') ?? shownAttribute(own, 'exception.stacktrace', 'exception.message');
  const name = text(item, 'eventName') ?? textAttribute(own, 'event.name');
  const severity = integer(item, 'severityNumber');
  const externalId = `log:${deterministicId(spanId ?? '', String(atMs), name ?? '', output ?? '', JSON.stringify(own))}`;
  return {
    eventId: eventIdOf(run.runId, externalId),
    externalId,
    taskId: rootTaskIdOf(run.runId, traceId),
    parentEventId: spanId === undefined ? undefined : eventIdOf(run.runId, spanId),
    kind: 'log',
    name: name ?? text(item, 'severityText') ?? 'log',
    actor: textAttribute(resource, 'service.name'),
    startedAtMs: atMs,
    finishedAtMs: atMs,
    severityNumber: isInt32(severity) ? severity : undefined,
    failure: failureOf(textAttribute(own, 'exception.type'), textAttribute(own, 'exception.message')),
    output: clipped(output, longestBody),
    attributesJson: attributesJsonOf(own, (key) => key === 'exception.stacktrace'),
  };
}
