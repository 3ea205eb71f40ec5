import { evaluate, levelsOf, workflowId, workloadKeyOf, type BaselineState, type Evaluation, type GuardState, type Observation } from '../domain/index.js';
import type { StoredBaseline } from '../storage/baseline.repository.js';
import type { CauseSettings } from '../storage/cause-setting.repository.js';
import type { NewHistoryPoint } from '../storage/history.repository.js';
import type { AnomalyBoard } from './anomaly-board.js';
import { finishedHistoryPoint } from './history-point.js';

/** An observation, and when the log took its fact. */
export interface RecordedObservation {
  readonly observation: Observation;
  readonly recordedAtMs: number;
  /** The month that its rows lie in. */
  readonly bucket: string;
}

export interface LearnerMemory {
  /** By key id. */
  readonly states: Map<string, BaselineState>;
  /** By workflow id. */
  readonly guards: Map<string, GuardState>;
  readonly settings: CauseSettings;
  /** By key, the runs that people were told take too long. */
  readonly reportedRuns: ReadonlyMap<string, ReadonlySet<string>>;
  readonly anomalies: AnomalyBoard;
}

/** Learns finished observations one after the other, in memory: what it needs was loaded before, and what it changed is saved after. */
export class BatchLearner {
  private readonly changed = new Map<string, StoredBaseline>();
  private readonly changedGuards = new Map<string, GuardState>();
  private readonly finishedPoints: NewHistoryPoint[] = [];
  /** Runs of this batch that ended: what was reported of them is over. */
  private readonly ended = new Set<string>();

  constructor(private readonly memory: LearnerMemory) {}

  learn({ observation, recordedAtMs, bucket }: RecordedObservation): void {
    const { states, guards, settings, anomalies } = this.memory;
    const levels = levelsOf(workloadKeyOf(observation)).map((level) => ({ ...level, state: states.get(level.keyId) ?? null }));
    const subjectKeyId = levels.find(({ isSubject }) => isSubject)?.keyId ?? '';
    const isTask = observation.subject === 'task';
    const workflow = workflowId(observation);
    const guard = isTask ? (guards.get(workflow) ?? null) : null;
    const evaluation = evaluate({ levels, guard, thresholds: (cause) => settings.of(subjectKeyId, cause).threshold }, observation);
    this.remember(evaluation, recordedAtMs, bucket);
    if (isTask) {
      guards.set(workflow, evaluation.guard);
      this.changedGuards.set(workflow, evaluation.guard);
    } else this.ended.add(observation.runId);
    for (const finding of evaluation.findings) anomalies.find(finding, recordedAtMs);
    this.tellNormal(evaluation, observation, subjectKeyId);
  }

  baselines(): readonly StoredBaseline[] {
    return [...this.changed.values()];
  }

  guards(): ReadonlyMap<string, GuardState> {
    return this.changedGuards;
  }

  history(): readonly NewHistoryPoint[] {
    // One row for each key and time, whatever one batch has seen of it.
    return [...new Map(this.finishedPoints.map((point) => [`${point.keyId} ${point.point.atMs} ${point.bucket}`, point])).values()];
  }

  private remember({ states }: Evaluation, recordedAtMs: number, bucket: string): void {
    for (const { keyId, level, key, state } of states) {
      const before = this.memory.states.get(keyId) ?? null;
      const point = finishedHistoryPoint(before, state);
      if (point !== null) this.finishedPoints.push({ keyId, bucket, point });
      this.memory.states.set(keyId, state);
      this.changed.set(keyId, { keyId, level, key, state, learnedAtMs: Math.max(recordedAtMs, this.changed.get(keyId)?.learnedAtMs ?? 0) });
    }
  }

  private tellNormal({ findings, normal }: Evaluation, observation: Observation, subjectKeyId: string): void {
    const found = new Set(findings.map(({ cause }) => cause));
    const { anomalies } = this.memory;
    const atMs = observation.observedAtMs;
    // Another run that still takes too long keeps that anomaly open.
    const isOverdue = [...(this.memory.reportedRuns.get(subjectKeyId) ?? [])].some((runId) => !this.ended.has(runId));
    anomalies.normal(subjectKeyId, normal, atMs, isOverdue ? new Set([...found, 'overrun']) : found);
    anomalies.normal(workflowId(observation), normal, atMs, found);
  }
}
