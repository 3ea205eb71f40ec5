import { metrics, type Counter, type Histogram } from '@opentelemetry/api';

/** Names follow the platform's (base units, `_total` on counters); labels are bounded. */
export const baselineMetricNames = {
  learned: 'orrery_baseline_facts_learned_total',
  repeated: 'orrery_baseline_facts_repeated_total',
  anomalies: 'orrery_baseline_anomalies_total',
  writeDuration: 'orrery_baseline_write_duration_seconds',
  sweepFaults: 'orrery_baseline_sweep_faults_total',
} as const;

/** The numbers that the baseline service gives to operators. */
export class BaselineMetrics {
  private readonly learned: Counter;
  private readonly repeated: Counter;
  private readonly anomalies: Counter;
  private readonly writeDuration: Histogram;
  private readonly sweepFaults: Counter;

  constructor() {
    const meter = metrics.getMeter('orrery-baseline');
    this.learned = meter.createCounter(baselineMetricNames.learned, { description: 'Facts that were learned from' });
    this.repeated = meter.createCounter(baselineMetricNames.repeated, { description: 'Facts that were known already' });
    this.anomalies = meter.createCounter(baselineMetricNames.anomalies, { description: 'Anomalies that were opened, by type' });
    this.sweepFaults = meter.createCounter(baselineMetricNames.sweepFaults, { description: 'Rounds of the clock that failed; the next tries again' });
    this.writeDuration = meter.createHistogram(baselineMetricNames.writeDuration, {
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

  /** Runs the work and records how long it took, also when it fails. */
  async timeWrite<Result>(work: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.writeDuration.record((performance.now() - startedAt) / 1000);
    }
  }
}
