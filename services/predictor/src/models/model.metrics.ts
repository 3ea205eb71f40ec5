import { metrics, type Counter, type Histogram } from '@opentelemetry/api';
import { metricNames } from '@orrery/telemetry';

/** What networks were last computed on. */
interface KnownRuntime {
  readonly runtime: string;
  readonly requested: string;
  readonly selectedBecause: string;
  readonly adapter: { readonly description: string; readonly software: boolean } | null;
}

/** The numbers that models and trainings give to operators. */
export class ModelMetrics {
  private readonly trainings: Counter;
  private readonly promotions: Counter;
  private readonly damaged: Counter;
  private readonly faults: Counter;
  private readonly trainingDuration: Histogram;
  private runtime: KnownRuntime | undefined;

  constructor() {
    const meter = metrics.getMeter('orrery-predictor');
    this.trainings = meter.createCounter(metricNames.predictorTrainings, { description: 'Trainings that came to an end, by kind and status: succeeded, failed, cancelled, lost' });
    this.promotions = meter.createCounter(metricNames.predictorModelPromotions, { description: 'Models that were put into service, by kind and who did it: rule or hand' });
    this.damaged = meter.createCounter(metricNames.predictorModelsDamaged, { description: 'Stored models that could not be read when they were to serve, by kind; an earlier one or the floors answer instead' });
    this.faults = meter.createCounter(metricNames.predictorTrainingFaults, { description: 'Rounds of the training queue that failed; the next tries again' });
    meter.createObservableGauge(metricNames.predictorRuntime, { description: 'What networks are trained on: always 1, with the runtime, what was asked for, and the adapter' }).addCallback((result) => {
      if (this.runtime === undefined) return;
      const { runtime, requested, adapter } = this.runtime;
      result.observe(1, { runtime, requested, adapter: adapter?.description ?? '', is_software: adapter?.software ?? true });
    });
    this.trainingDuration = meter.createHistogram(metricNames.predictorTrainingDuration, {
      description: 'Time that a training took, by kind',
      advice: { explicitBucketBoundaries: [1, 2, 5, 10, 20, 60, 120, 300, 600, 1800] },
    });
  }

  noteRuntime(runtime: KnownRuntime): void {
    this.runtime = runtime;
  }

  /** In words, for the health of the service; undefined while no network was computed. */
  runtimeInUse(): string | undefined {
    if (this.runtime === undefined) return undefined;
    const { runtime, requested, selectedBecause, adapter } = this.runtime;
    const on = adapter === null ? '' : ` on ${adapter.description}${adapter.software ? ' (software)' : ''}`;
    return `networks are trained with ${runtime}${on}; asked for: ${requested}; ${selectedBecause}`;
  }

  countTraining(kind: string, status: string, durationMs: number): void {
    this.trainings.add(1, { kind, status });
    this.trainingDuration.record(durationMs / 1000, { kind });
  }

  countPromotion(kind: string, by: 'rule' | 'hand'): void {
    this.promotions.add(1, { kind, by });
  }

  countDamaged(kind: string): void {
    this.damaged.add(1, { kind });
  }

  countFault(): void {
    this.faults.add(1);
  }
}
