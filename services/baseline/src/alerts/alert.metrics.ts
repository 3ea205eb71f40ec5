import { metrics, type Counter, type Histogram } from '@opentelemetry/api';
import { metricNames } from '@orrery/telemetry';

/** The numbers that alerts give to operators. */
export class AlertMetrics {
  private readonly attempts: Counter;
  private readonly deliveries: Counter;
  private readonly faults: Counter;
  private readonly attemptDuration: Histogram;

  constructor() {
    const meter = metrics.getMeter('orrery-baseline');
    this.attempts = meter.createCounter(metricNames.alertAttempts, { description: 'Attempts to send an alert, by target and outcome' });
    this.deliveries = meter.createCounter(metricNames.alertDeliveries, { description: 'Deliveries that came to an end, by target and status: delivered, failed, cancelled' });
    this.faults = meter.createCounter(metricNames.alertDispatchFaults, { description: 'Queue items that could not be worked off; they come again' });
    this.attemptDuration = meter.createHistogram(metricNames.alertAttemptDuration, {
      description: 'Time that an attempt took',
      advice: { explicitBucketBoundaries: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20] },
    });
  }

  countAttempt(target: string, outcome: string, durationMs: number): void {
    this.attempts.add(1, { target, outcome });
    this.attemptDuration.record(durationMs / 1000, { target });
  }

  countEnd(target: string, status: string): void {
    this.deliveries.add(1, { target, status });
  }

  countFault(): void {
    this.faults.add(1);
  }
}
