import { metrics, type Counter, type Histogram } from '@opentelemetry/api';
import { metricNames, timeWork } from '@orrery/telemetry';

/** The numbers that the baseline service gives to operators. */
export class BaselineMetrics {
  private readonly learned: Counter;
  private readonly repeated: Counter;
  private readonly anomalies: Counter;
  private readonly writeDuration: Histogram;
  private readonly sweepFaults: Counter;
  private readonly unwatched: Counter;

  constructor() {
    const meter = metrics.getMeter('orrery-baseline');
    this.learned = meter.createCounter(metricNames.baselineFactsLearned, { description: 'Facts that were learned from' });
    this.repeated = meter.createCounter(metricNames.baselineFactsRepeated, { description: 'Facts that were known already' });
    this.anomalies = meter.createCounter(metricNames.anomaliesOpened, { description: 'Anomalies that were opened, by type' });
    this.sweepFaults = meter.createCounter(metricNames.baselineSweepFaults, { description: 'Rounds of the clock that failed; the next tries again' });
    this.unwatched = meter.createCounter(metricNames.baselineSeriesUnwatched, { description: 'Values of series beyond the number that a tenant can have watched, by kind' });
    this.writeDuration = meter.createHistogram(metricNames.baselineWriteDuration, {
      description: 'Time to learn one batch and store it',
      advice: { explicitBucketBoundaries: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] },
    });
  }

  countBatch(factCount: number, newCount: number): void {
    this.learned.add(newCount);
    this.repeated.add(factCount - newCount);
  }

  countOpened(type: string): void {
    this.anomalies.add(1, { type });
  }

  countSweepFault(): void {
    this.sweepFaults.add(1);
  }

  countUnwatched(kind: string, valueCount: number): void {
    this.unwatched.add(valueCount, { kind });
  }

  /** Runs the work and records how long it took, also when it fails. */
  timeWrite<Result>(work: () => Promise<Result>): Promise<Result> {
    return timeWork(this.writeDuration, work);
  }
}
