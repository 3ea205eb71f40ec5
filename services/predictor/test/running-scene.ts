import type { Observation, OutcomeWord } from '@orrery/contracts';
import { followRun, type FollowedRun } from '../src/domain/eta/follow-run.js';
import { emptyProgress, type FollowedExecution } from '../src/domain/eta/run-progress.js';
import { emptyShape, type WorkflowShape } from '../src/domain/eta/workflow-shape.js';

export const minute = 60_000;
export const startMs = Date.UTC(2026, 2, 2, 9);

/** A task of a run as specs write it; times in minutes after the run's start. */
export interface SpecTask {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly after?: readonly string[];
  readonly in?: string;
  readonly outcome?: OutcomeWord;
  readonly attempt?: number;
  /** Where several have the same name. */
  readonly id?: string;
}

const measures = { durationMs: null, queueMs: null, peakMemoryBytes: null, cpuSeconds: null, outputSizeBytes: null, inputTokens: null, outputTokens: null, costUsd: null };

const observation: Observation = {
  ...{ kind: 'finished', observationId: '', tenantId: 'team-a', subject: 'run', engine: 'github', namespace: 'acme/shop', workflow: 'release', task: '', taskKind: '' },
  ...{ image: '', commandHash: '', executorClass: '', runId: 'run', taskId: '', attempt: 1, trigger: 'push', refName: 'main', revision: '', inputsId: '', outcome: 'success' },
  ...{ failureType: '', queuedAtMs: null, startedAtMs: null, finishedAtMs: null, observedAtMs: 0, measures, memoryLimitBytes: null, errorLines: [] },
};

/** The end of a task. */
export function taskEnd({ name, from, to, after = [], in: parent = '', outcome = 'success', attempt = 1, id = name }: SpecTask, runStartMs = startMs): FollowedExecution {
  const [startedAtMs, finishedAtMs] = [runStartMs + from * minute, runStartMs + to * minute];
  return {
    observation: { ...observation, subject: 'task', task: name, taskId: id, taskKind: 'job', attempt, outcome, startedAtMs, finishedAtMs, observedAtMs: finishedAtMs },
    ...{ inputSizeBytes: null, dependsOn: after, parentTaskId: parent, isOutOfMemory: false, taskCount: 0 },
  };
}

/** The end of a run. */
export function runEnd(to: number, outcome: OutcomeWord = 'success', runStartMs = startMs): FollowedExecution {
  const finishedAtMs = runStartMs + to * minute;
  return { observation: { ...observation, outcome, startedAtMs: runStartMs, finishedAtMs, observedAtMs: finishedAtMs }, inputSizeBytes: null, dependsOn: [], parentTaskId: '', isOutOfMemory: false, taskCount: 0 };
}

/** A run as far as it was told, and what its workflow learned from it. */
export function follow(shape: WorkflowShape, executions: readonly FollowedExecution[]): FollowedRun {
  return executions.reduce<FollowedRun>((followed, execution) => followRun(followed, execution), { shape, progress: emptyProgress });
}

/** The shape after runs that had these tasks. */
export function shapeAfter(...runs: readonly (readonly SpecTask[])[]): WorkflowShape {
  return runs.reduce((shape, tasks, index) => follow(shape, tasks.map((task) => taskEnd(task, startMs - (runs.length - index) * 1440 * minute))).shape, emptyShape);
}

/** A duration whose 80 % interval goes from half to twice the median. */
export const around = (minutes: number) => ({ p10Ms: (minutes * minute) / 2, p50Ms: minutes * minute, p90Ms: minutes * minute * 2 });
