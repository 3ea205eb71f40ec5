import { metrics, type Counter, type Histogram } from '@opentelemetry/api';
import { metricNames, timeWork } from '@orrery/telemetry';

/** The numbers that the scheduler gives to operators. */
export class SchedulerMetrics {
  private readonly decisions: Counter;
  private readonly fallbacks: Counter;
  private readonly assigned: Counter;
  private readonly unwritten: Counter;
  private readonly learned: Counter;
  private readonly repeated: Counter;
  private readonly damaged: Counter;
  private readonly sweepFaults: Counter;
  private readonly decisionDuration: Histogram;
  private readonly writeDuration: Histogram;

  constructor() {
    const meter = metrics.getMeter('orrery-scheduler');
    this.decisions = meter.createCounter(metricNames.scheduleDecisions, { description: 'Decisions, by kind of the policy that made them' });
    this.fallbacks = meter.createCounter(metricNames.scheduleFallbacks, { description: 'Decisions that the heuristic made in place of the policy, by reason' });
    this.assigned = meter.createCounter(metricNames.scheduleAssigned, { description: 'Tasks that were told to start' });
    this.unwritten = meter.createCounter(metricNames.scheduleUnwritten, { description: 'Decisions that are not in the ledger, because it could not be written' });
    this.learned = meter.createCounter(metricNames.schedulerFactsLearned, { description: 'Facts that estimates were learned from' });
    this.repeated = meter.createCounter(metricNames.schedulerFactsRepeated, { description: 'Facts that were known already' });
    this.damaged = meter.createCounter(metricNames.schedulerPoliciesDamaged, { description: 'Policies that should serve and could not be read' });
    this.sweepFaults = meter.createCounter(metricNames.schedulerSweepFaults, { description: 'Rounds of housekeeping that failed; the next tries again' });
    this.decisionDuration = meter.createHistogram(metricNames.scheduleDecisionDuration, {
      description: 'Time to decide, from the checked question to the answer',
      advice: { explicitBucketBoundaries: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5] },
    });
    this.writeDuration = meter.createHistogram(metricNames.schedulerWriteDuration, {
      description: 'Time to learn one batch and store it',
      advice: { explicitBucketBoundaries: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] },
    });
  }

  countDecision(kind: 'heuristic' | 'learned', fallback: string, taskCount: number, tookMs: number): void {
    this.decisions.add(1, { kind });
    if (fallback !== '') this.fallbacks.add(1, { reason: fallback });
    this.assigned.add(taskCount);
    this.decisionDuration.record(tookMs / 1000);
  }

  countUnwritten(count: number): void {
    this.unwritten.add(count);
  }

  countBatch(factCount: number, newCount: number): void {
    this.learned.add(newCount);
    this.repeated.add(factCount - newCount);
  }

  countDamaged(): void {
    this.damaged.add(1);
  }

  countSweepFault(): void {
    this.sweepFaults.add(1);
  }

  /** Runs the work and records how long it took, also when it fails. */
  timeWrite<Result>(work: () => Promise<Result>): Promise<Result> {
    return timeWork(this.writeDuration, work);
  }
}
