import type { KeyLevel, Observation, WorkloadKey } from '@orrery/contracts';
import type { BaselineState } from '../baseline-state.js';
import type { Finding } from './finding.js';

/** A level of a key with what is known there. */
export interface LevelState extends KeyLevel {
  readonly state: BaselineState | null;
}

export interface JudgeContext {
  /** Finest first, as {@link levelsOf} gives them. */
  readonly levels: readonly LevelState[];
  /** How much wider than built a cause's bounds are on this subject; 1 unless people called it a false alarm. */
  readonly thresholds: (cause: string) => number;
}

/** Values that a baseline needs before it speaks; a coarser level answers until then. */
export const leastValuesToSpeak = 5;

/** The threshold after a false alarm. @maximum 10 */
export function raisedThreshold(threshold: number): number {
  return Math.min(threshold * 1.5, 10);
}

/** The level that anomalies are kept for. */
export function subjectOf(levels: readonly LevelState[]): LevelState | undefined {
  return levels.find(({ isSubject }) => isSubject);
}

/** The name people know it by: `build of release`, or the workflow's own for a run. */
export function nameOf({ task, workflow }: Pick<WorkloadKey, 'task' | 'workflow'>): string {
  return task === '' ? workflow || 'the workflow' : task;
}

/** The fields that every finding on an observation shares. */
export function onObservation(observation: Observation, subject: LevelState, baseline: LevelState | null) {
  return {
    subjectKeyId: subject.keyId,
    subject: subject.key,
    baselineKeyId: baseline?.keyId ?? null,
    level: baseline?.level ?? null,
    observationId: observation.observationId,
    runId: observation.runId,
    taskId: observation.taskId,
    evidence: [observation.runId],
    sinceMs: observation.startedAtMs ?? observation.observedAtMs,
    detectedAtMs: observation.observedAtMs,
  } satisfies Partial<Finding>;
}
