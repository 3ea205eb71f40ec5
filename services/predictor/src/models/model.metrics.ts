import { metrics, type Counter, type Histogram } from '@opentelemetry/api';

/** Names follow those of the platform (see `metricNames` of telemetry). */
export const modelMetricNames = {
  trainings: 'orrery_predictor_trainings_total',
  trainingDuration: 'orrery_predictor_training_duration_seconds',
  promotions: 'orrery_predictor_model_promotions_total',
  damaged: 'orrery_predictor_models_damaged_total',
  trainingFaults: 'orrery_predictor_training_faults_total',
  runtime: 'orrery_predictor_runtime_info',
} as const;

/** What networks were last computed on. */
interface KnownRuntime {
  readonly runtime: string;
  readonly requested: string;
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
    this.trainings = meter.createCounter(modelMetricNames.trainings, { description: 'Trainings that came to an end, by kind and status: succeeded, failed, cancelled, lost' });
    this.promotions = meter.createCounter(modelMetricNames.promotions, { description: 'Models that were put into service, by kind and who did it: rule or hand' });
    this.damaged = meter.createCounter(modelMetricNames.damaged, { description: 'Stored models that could not be read when they were to serve, by kind; an earlier one or the floors answer instead' });
    this.faults = meter.createCounter(modelMetricNames.trainingFaults, { description: 'Rounds of the training queue that failed; the next tries again' });
    meter.createObservableGauge(modelMetricNames.runtime, { description: 'What networks are trained on: always 1, with the runtime, what was asked for, and the adapter' }).addCallback((result) => {
      if (this.runtime === undefined) return;
      const { runtime, requested, adapter } = this.runtime;
      result.observe(1, { runtime, requested, adapter: adapter?.description ?? '', is_software: adapter?.software ?? true });
    });
    this.trainingDuration = meter.createHistogram(modelMetricNames.trainingDuration, {
      description: 'Time that a training took, by kind',
      advice: { explicitBucketBoundaries: [1, 2, 5, 10, 20, 60, 120, 300, 600, 1800] },
    });
  }

  noteRuntime(runtime: KnownRuntime): void {
    this.runtime = runtime;
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
