import type { Observation, OutcomeWord } from '@orrery/contracts';
import type { Execution } from '../history/execution.js';

/** One attempt of a task that ended. */
export interface EndedTask {
  readonly taskId: string;
  readonly name: string;
  readonly kind: string;
  /** Empty for a task that lies in none. */
  readonly parentTaskId: string;
  /** Ids of the tasks that it waited for. */
  readonly dependsOn: readonly string[];
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number;
  readonly outcome: OutcomeWord;
  /** @minimum 1 */
  readonly attempt: number;
}

/** How far a run is, as the facts told; plain JSON. */
export interface RunProgress {
  /** The earliest that was told, of the run or of a task of it. */
  readonly startedAtMs: number | null;
  /** Null while it runs. */
  readonly finishedAtMs: number | null;
  /** `unknown` while it runs. */
  readonly outcome: OutcomeWord;
  readonly refName: string;
  readonly trigger: string;
  /** The how-manieth run of its workflow it is, by its first task in the log; null before that. */
  readonly ordinal: number | null;
  /** In the order of the log, the last {@link mostEndedTasks}. */
  readonly tasks: readonly EndedTask[];
}

/** An execution with what a fact of a task says of its run beside it. */
export interface FollowedExecution extends Execution {
  /** When the run began; absent where nobody told. */
  readonly runStartedAtMs?: number | null;
}

export const mostEndedTasks = 1000;

export const emptyProgress: RunProgress = {
  ...{ startedAtMs: null, finishedAtMs: null, outcome: 'unknown', refName: '', trigger: '', ordinal: null, tasks: [] },
};

const failingOutcomes: ReadonlySet<OutcomeWord> = new Set(['failure', 'error', 'timeout', 'cancellation']);

export function isFailing(outcome: OutcomeWord): boolean {
  return failingOutcomes.has(outcome);
}

/**
 * The run with one execution more. Repeats change nothing (the same object comes back), and but for the order of `tasks`, which is the log's,
 * any order of the same executions gives the same.
 */
export function advanceRun(progress: RunProgress, execution: FollowedExecution): RunProgress {
  return execution.observation.subject === 'run' ? endRun(progress, execution) : endTask(progress, execution);
}

/** The run with what was told when it began. */
export function startRun(progress: RunProgress, { startedAtMs, refName, trigger }: Pick<Observation, 'startedAtMs' | 'refName' | 'trigger'>): RunProgress {
  const startMs = earliest(progress.startedAtMs, startedAtMs);
  if (startMs === progress.startedAtMs && (progress.refName || refName) === progress.refName && (progress.trigger || trigger) === progress.trigger) return progress;
  return { ...progress, startedAtMs: startMs, refName: progress.refName || refName, trigger: progress.trigger || trigger };
}

function endRun(progress: RunProgress, { observation }: FollowedExecution): RunProgress {
  if (progress.finishedAtMs !== null) return progress;
  const { startedAtMs, observedAtMs, outcome, refName, trigger } = observation;
  return {
    ...{ ...progress, startedAtMs: earliest(progress.startedAtMs, startedAtMs), finishedAtMs: observedAtMs, outcome },
    ...{ refName: progress.refName || refName, trigger: progress.trigger || trigger },
  };
}

function endTask(progress: RunProgress, { observation, dependsOn, parentTaskId, runStartedAtMs = null }: FollowedExecution): RunProgress {
  const { taskId, attempt, task: name, taskKind: kind, startedAtMs, observedAtMs: finishedAtMs, outcome, refName, trigger } = observation;
  if (progress.tasks.some((ended) => ended.taskId === taskId && ended.attempt === attempt)) return progress;
  const ended: EndedTask = { taskId, name, kind, parentTaskId, dependsOn, startedAtMs, finishedAtMs, outcome, attempt };
  return {
    ...progress,
    startedAtMs: earliest(progress.startedAtMs, earliest(runStartedAtMs, startedAtMs)),
    ...{ refName: progress.refName || refName, trigger: progress.trigger || trigger },
    tasks: [...progress.tasks.slice(Math.max(progress.tasks.length + 1 - mostEndedTasks, 0)), ended],
  };
}

function earliest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}
