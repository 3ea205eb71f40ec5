import { toBinary } from '@bufbuild/protobuf';
import { context, propagation } from '@opentelemetry/api';
import { ExecutionRecordSchema, executionTopic, type ExecutionRecord } from '@orrery/contracts';
import type { LogHeaders, OutgoingRecord } from '@orrery/event-log';
import { assembleRecords } from './domain/assemble-records.js';
import { mapPayload } from './domain/map-payload.js';
import type { IncomingPayload, MappedEvent } from './domain/source-event.js';
import type { IngestMetrics } from './ingest.metrics.js';
import type { RecordAppender } from './record-appender.js';

/** A source event and the records that tell it: one for each run it speaks of, and further ones when it is large. */
export interface NormalisedEvent {
  readonly event: MappedEvent;
  readonly records: readonly ExecutionRecord[];
}

/** Turns payloads of any engine into records of the execution topic. */
export class IngestService {
  constructor(
    private readonly appender: RecordAppender,
    private readonly metrics: IngestMetrics,
    private readonly now: () => number,
  ) {}

  /**
   * Maps a payload and resolves once its records are in the log for good.
   *
   * @throws ORRERY_VALIDATION when it cannot be parsed; ORRERY_LIMIT and ORRERY_DEPENDENCY when the log cannot take it now.
   */
  async accept(payload: IncomingPayload, tenantId: string): Promise<readonly NormalisedEvent[]> {
    const events = this.normalise(payload, tenantId);
    await this.append(events);
    return events;
  }

  /** Maps a payload without appending it. @throws ORRERY_VALIDATION when it cannot be parsed. */
  normalise(payload: IncomingPayload, tenantId: string): readonly NormalisedEvent[] {
    const mappingContext = { tenantId, receivedAtMs: this.now() };
    return mapPayload(payload, mappingContext).map((event) => ({ event, records: assembleRecords(event, payload, mappingContext) }));
  }

  /** Appends what was normalised before. @throws ORRERY_LIMIT and ORRERY_DEPENDENCY as {@link accept} does. */
  async append(events: readonly NormalisedEvent[]): Promise<void> {
    if (events.length === 0) return;
    const headers = traceHeaders();
    const records = events.flatMap((event) => event.records.map((record) => toOutgoing(record, headers)));
    await this.metrics.timeAck(() => this.appender.append(records));
    this.metrics.countAccepted(events.map(({ event }) => event));
  }
}

/**
 * The trace that records belong to: requests share commits, so the log itself cannot know. What else a request may pass on (baggage)
 * is its sender's, was not searched for secrets and stays out.
 */
function traceHeaders(): LogHeaders {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return Object.fromEntries(Object.entries(carrier).filter(([name]) => name === 'traceparent' || name === 'tracestate'));
}

function toOutgoing(record: ExecutionRecord, headers: LogHeaders): OutgoingRecord {
  // Records without a run have nothing to keep in order; their own id spreads them over the partitions.
  const key = record.runId === '' ? record.recordId : record.runId;
  return { topic: executionTopic.name, key, value: toBinary(ExecutionRecordSchema, record), headers };
}
