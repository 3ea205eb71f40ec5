import type { EventLog, LogBatch, LogConsumer, LogRecord } from '@orrery/event-log';
import type { Logger } from '@orrery/telemetry';
import type { SourceTopic } from './ingest.config.js';
import type { IngestService, NormalisedEvent } from './ingest.service.js';

export interface Sources {
  readonly topics: readonly SourceTopic[];
  /** Of installations that read the same topics, each has its own group and so gets everything. */
  readonly group: string;
}

/**
 * Reads the topics of other producers and appends what they say, keyed by run, to the execution topic. Its offsets move only
 * after that append, so a crash repeats records, and their ids make the repeats harmless.
 */
export class SourceTopicsConsumer {
  private consumers: LogConsumer[] = [];
  private starting: Promise<void> | undefined;

  constructor(
    private readonly ingest: IngestService,
    private readonly log: EventLog,
    private readonly sources: Sources,
    private readonly logger: Logger,
  ) {}

  /** Begins reading; Nest asks once for the application and once for each of its microservices. */
  start(): Promise<void> {
    return (this.starting ??= this.subscribeAll());
  }

  private async subscribeAll(): Promise<void> {
    for (const source of this.sources.topics) {
      const consumer = await this.log.subscribe({
        // A group for each topic: all members of one must read the same.
        groupId: `${this.sources.group}.${source.topic}`,
        topics: [source.topic],
        decode: (record) => this.decode(record, source),
        handle: (batch) => this.handle(batch),
        onBreakerOpen: (reason) => this.logger.error({ topic: source.topic, reason }, 'stopped reading a source topic: too much of it is bad'),
      });
      this.consumers.push(consumer);
      this.logger.info({ topic: source.topic, format: source.format ?? 'auto' }, 'reading a source topic');
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    this.consumers = [];
  }

  /** Why a source is not read; undefined when all are. */
  fault(): string | undefined {
    const broken = this.consumers.find((consumer) => consumer.state() === 'broken' || consumer.state() === 'retrying');
    return broken?.reason();
  }

  private decode(record: LogRecord, source: SourceTopic): readonly NormalisedEvent[] {
    if (record.value === null) return [];
    const payload = {
      body: record.value,
      contentType: record.headers['content-type'] ?? '',
      headers: record.headers,
      ...(source.format === undefined ? {} : { format: source.format }),
    };
    const events = this.ingest.normalise(payload, source.tenantId);
    const transport = `${record.topic}/${record.partition}/${record.offset}`;
    for (const { origin } of events.flatMap(({ records }) => records)) if (origin !== undefined) origin.transport = transport;
    return events;
  }

  private async handle(batch: LogBatch<readonly NormalisedEvent[]>): Promise<void> {
    await this.ingest.append(batch.records.flatMap(({ value }) => value));
  }
}
