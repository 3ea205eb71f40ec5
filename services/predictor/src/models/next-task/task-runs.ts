import type { PastExecution, Timed } from '../../domain/boosted/index.js';

/** A run as the names of its tasks, in the order in which they ended. */
export interface TaskRun extends Timed {
  readonly runId: string;
  readonly tasks: readonly string[];
}

/**
 * The runs of a workflow in the order in which they began. Where it is known of any run that it ended, only such runs count: of the
 * others the end may be yet to come.
 *
 * @param executions of runs (without a task) and of tasks, in any order.
 */
export function taskRunsOf(executions: readonly PastExecution[]): readonly TaskRun[] {
  const ended = new Set(executions.filter(({ task }) => task === '').map(({ runId }) => runId));
  const tasks = executions.filter(({ task, runId }) => task !== '' && (ended.size === 0 || ended.has(runId)));
  const inOrder = tasks.sort((left, right) => left.finishedAtMs - right.finishedAtMs || left.startedAtMs - right.startedAtMs || (left.exampleId < right.exampleId ? -1 : 1));
  const byRun = new Map<string, PastExecution[]>();
  for (const execution of inOrder) {
    const known = byRun.get(execution.runId);
    if (known === undefined) byRun.set(execution.runId, [execution]);
    else known.push(execution);
  }
  const runs = Array.from(byRun, ([runId, own]) => ({
    ...{ runId, tasks: own.map(({ task }) => task) },
    ...{ startedAtMs: Math.min(...own.map(({ startedAtMs }) => startedAtMs)), finishedAtMs: own.at(-1)?.finishedAtMs ?? 0 },
  }));
  return runs.sort((left, right) => left.startedAtMs - right.startedAtMs || left.finishedAtMs - right.finishedAtMs || (left.runId < right.runId ? -1 : 1));
}
