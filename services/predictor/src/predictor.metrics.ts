import { metrics, type Counter, type Histogram } from '@opentelemetry/api';
import { metricNames, timeWork } from '@orrery/telemetry';

/** The numbers that the predictor gives to operators. */
export class PredictorMetrics {
  private readonly learned: Counter;
  private readonly repeated: Counter;
  private readonly scored: Counter;
  private readonly made: Counter;
  private readonly unwritten: Counter;
  private readonly unkeptSamples: Counter;
  private readonly drifts: Counter;
  private readonly sweepFaults: Counter;
  private readonly writeDuration: Histogram;
  private readonly answerDuration: Histogram;

  constructor() {
    const meter = metrics.getMeter('orrery-predictor');
    this.learned = meter.createCounter(metricNames.predictorFactsLearned, { description: 'Facts that were learned from' });
    this.repeated = meter.createCounter(metricNames.predictorFactsRepeated, { description: 'Facts that were known already' });
    this.scored = meter.createCounter(metricNames.predictionsScored, { description: 'Predictions that were held against what happened, by target and grade' });
    this.made = meter.createCounter(metricNames.predictionsMade, { description: 'Predictions that somebody asked for, by target' });
    this.unwritten = meter.createCounter(metricNames.predictionsUnwritten, { description: 'Answers that are not in the ledger, because it could not be written' });
    this.unkeptSamples = meter.createCounter(metricNames.predictorSeriesUnkept, { description: 'Readings of series beyond the number that a tenant can have' });
    this.drifts = meter.createCounter(metricNames.predictionDrifts, { description: 'Times that predictions of a workflow became twice as wrong as usual' });
    this.sweepFaults = meter.createCounter(metricNames.predictorSweepFaults, { description: 'Rounds of housekeeping that failed; the next tries again' });
    this.writeDuration = meter.createHistogram(metricNames.predictorWriteDuration, {
      description: 'Time to learn one batch and store it',
      advice: { explicitBucketBoundaries: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] },
    });
    this.answerDuration = meter.createHistogram(metricNames.predictorAnswerDuration, {
      description: 'Time to answer one question',
      advice: { explicitBucketBoundaries: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1] },
    });
  }

  countBatch(factCount: number, newCount: number): void {
    this.learned.add(newCount);
    this.repeated.add(factCount - newCount);
  }

  countScored(target: string, grade: string | null): void {
    this.scored.add(1, { target, ...(grade === null ? {} : { grade }) });
  }

  countMade(target: string): void {
    this.made.add(1, { target });
  }

  countUnwritten(count: number): void {
    this.unwritten.add(count);
  }

  countUnkeptSamples(count: number): void {
    this.unkeptSamples.add(count);
  }

  countDrifts(count: number): void {
    if (count > 0) this.drifts.add(count);
  }

  countSweepFault(): void {
    this.sweepFaults.add(1);
  }

  /** Runs the work and records how long it took, also when it fails. */
  timeWrite<Result>(work: () => Promise<Result>): Promise<Result> {
    return timeWork(this.writeDuration, work);
  }

  timeAnswer<Result>(work: () => Promise<Result>): Promise<Result> {
    return timeWork(this.answerDuration, work);
  }
}
