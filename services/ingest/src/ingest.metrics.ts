import { metrics, type Counter, type Histogram } from '@opentelemetry/api';
import { metricNames } from '@orrery/telemetry';
import { unrecognisedFlagOf } from './acceptance.js';
import type { MappedEvent } from './domain/source-event.js';
import type { RejectionReason } from './rejection.js';

/** The numbers that ingest gives to operators. */
export class IngestMetrics {
  private readonly accepted: Counter;
  private readonly rejected: Counter;
  private readonly unrecognised: Counter;
  private readonly ackDuration: Histogram;

  /** @param waitingBytes how much is on its way into the log at the moment */
  constructor(waitingBytes: () => number) {
    const meter = metrics.getMeter('orrery-ingest');
    this.accepted = meter.createCounter(metricNames.recordsAccepted, { description: 'Source events that are durable in the log, by format' });
    this.rejected = meter.createCounter(metricNames.recordsRejected, { description: 'Payloads refused, and spans refused of requests that were taken otherwise, by reason' });
    this.unrecognised = meter.createCounter(metricNames.recordsUnrecognised, {
      description: 'Source events kept without being understood, by format and by why: of no known format (unrecognised) or not as their format has it (unmapped)',
    });
    this.ackDuration = meter.createHistogram(metricNames.ackDuration, {
      description: 'Time from mapped to durable in the log',
      advice: { explicitBucketBoundaries: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] },
    });
    const inFlight = meter.createObservableGauge(metricNames.bytesInFlight, { description: 'Bytes of records that wait for the log' });
    inFlight.addCallback((result) => result.observe(waitingBytes()));
  }

  countAccepted(events: readonly MappedEvent[]): void {
    const countByFormat = new Map<string, number>();
    for (const event of events) {
      countByFormat.set(event.format, (countByFormat.get(event.format) ?? 0) + 1);
      const flag = unrecognisedFlagOf(event);
      if (flag !== undefined) this.unrecognised.add(1, { format: event.format, flag });
    }
    for (const [format, count] of countByFormat) this.accepted.add(count, { format });
  }

  countRejected(reason: RejectionReason, count = 1): void {
    this.rejected.add(count, { reason });
  }

  /** Runs the work and records how long it took, also when it fails. */
  async timeAck(work: () => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    try {
      await work();
    } finally {
      this.ackDuration.record((performance.now() - startedAt) / 1000);
    }
  }
}
