import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Link } from '@opentelemetry/api';
import { executionTopic, type ExecutionRecord } from '@orrery/contracts';
import { eventLogTransport, type LogBatch, type LogHeaders } from '@orrery/event-log';
import { attributeNames, spanNames } from '@orrery/telemetry';
import { checkRecords } from './check-records.js';
import { consumerGroup, EventStoreService } from './event-store.service.js';

const tracer = trace.getTracer('orrery-event-store');
const maxLinks = 32;

/** Takes batches of records from the log. */
@Controller()
export class EventStoreConsumer {
  constructor(@Inject(EventStoreService) private readonly store: EventStoreService) {}

  @EventPattern<string>(executionTopic.name, eventLogTransport(consumerGroup))
  async apply(@Payload() batch: LogBatch<ExecutionRecord>): Promise<void> {
    await inStoreSpan(batch, async () => {
      checkRecords(batch);
      await this.store.apply(batch);
    });
  }
}

/** One span for the batch: it continues the trace of the first producer and links to those of the others. */
async function inStoreSpan(batch: LogBatch<ExecutionRecord>, work: () => Promise<void>): Promise<void> {
  const [parent = ROOT_CONTEXT, ...others] = producersOf(batch).map((headers) => propagation.extract(ROOT_CONTEXT, headers));
  const links = [context.active(), ...others].flatMap((producer): Link[] => {
    const span = trace.getSpanContext(producer);
    return span === undefined ? [] : [{ context: span }];
  });
  const options = { kind: SpanKind.CONSUMER, links, attributes: { [attributeNames.recordCount]: batch.records.length } };
  await tracer.startActiveSpan(spanNames.storeBatch, options, parent, async (span) => {
    try {
      await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

function producersOf(batch: LogBatch<ExecutionRecord>): readonly LogHeaders[] {
  const producers = new Map<string, LogHeaders>();
  for (const { record } of batch.records) {
    const parent = record.headers['traceparent'];
    if (parent !== undefined && !producers.has(parent)) producers.set(parent, record.headers);
    if (producers.size === maxLinks) break;
  }
  return [...producers.values()];
}
