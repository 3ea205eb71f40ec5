import { metrics, type Counter, type Histogram } from '@opentelemetry/api';
import { metricNames, timeWork } from '@orrery/telemetry';

/** The numbers that the event store gives to operators. */
export class EventStoreMetrics {
  private readonly stored: Counter;
  private readonly repeated: Counter;
  private readonly facts: Counter;
  private readonly writeDuration: Histogram;

  constructor() {
    const meter = metrics.getMeter('orrery-event-store');
    this.stored = meter.createCounter(metricNames.recordsStored, { description: 'Records that are in the tables for good' });
    this.repeated = meter.createCounter(metricNames.recordsRepeated, { description: 'Records that were there already' });
    this.facts = meter.createCounter(metricNames.factsPublished, { description: 'Facts handed to the outbox' });
    this.writeDuration = meter.createHistogram(metricNames.writeDuration, {
      description: 'Time to bring one batch into the tables',
      advice: { explicitBucketBoundaries: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] },
    });
  }

  countBatch(recordCount: number, { kept, facts }: { readonly kept: number; readonly facts: number }): void {
    this.stored.add(kept);
    this.repeated.add(recordCount - kept);
    this.facts.add(facts);
  }

  /** Runs the work and records how long it took, also when it fails. */
  timeWrite<Result>(work: () => Promise<Result>): Promise<Result> {
    return timeWork(this.writeDuration, work);
  }
}
