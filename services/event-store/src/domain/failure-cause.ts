import { failureShownFor, hasFailed, type FailureCause } from './progress.js';
import { latestAttempt, type TaskState } from './task-state.js';

/** Where a failure began, and what ran before it. */
export interface FailureOrigin {
  readonly task: TaskState;
  /** Tasks that it waited for, directly or through others; the nearest first. */
  readonly upstream: readonly TaskState[];
}

const maxUpstream = 50;

/**
 * Finds the first failing task in causal order: one that failed although nothing it depends on had failed, and none of its own
 * sub-tasks; of several, the one that ended first. Null when no task failed.
 */
export function originOfFailure(tasks: readonly TaskState[]): FailureOrigin | null {
  const failed = tasks.filter((task) => hasFailed(latestAttempt(task).progress));
  if (failed.length === 0) return null;
  const graph = graphOf(tasks);
  const consequences = consequencesOf(failed, graph);
  const containers = containersOf(failed, graph);
  const innermost = failed.filter(({ taskId }) => !containers.has(taskId));
  const roots = innermost.filter(({ taskId }) => !consequences.has(taskId));
  // Producers may draw circles; then every failed task follows from another, and time alone has to tell.
  const candidates = roots.length > 0 ? roots : innermost.length > 0 ? innermost : failed;
  const [task] = [...candidates].sort((a, b) => endedAt(a) - endedAt(b) || (a.taskId < b.taskId ? -1 : 1));
  return task === undefined ? null : { task, upstream: upstreamOf(task, graph) };
}

/** The origin in one sentence for people. */
export function failureSentence({ task, upstream }: FailureOrigin): string {
  const { progress } = latestAttempt(task);
  const cause = failureShownFor(progress);
  const seconds = progress.startedAtUs === null || progress.finishedAtUs === null ? null : Math.max(0, progress.finishedAtUs - progress.startedAtUs) / 1e6;
  const when = seconds === null ? '' : ` after ${durationText(seconds)}`;
  const before = upstream.slice(0, 3).map(({ name, externalId, taskId }) => `"${name ?? externalId ?? taskId}"`);
  const after = before.length === 0 ? '' : `; before it ran ${before.join(', ')}${upstream.length > before.length ? ' and others' : ''}`;
  return `Task "${task.name ?? task.externalId ?? task.taskId}" failed${when}${causeText(cause)}${after}.`;
}

function durationText(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${Number(seconds.toFixed(1))} s`;
}

const maxCauseLength = 200;

/** `: type: first line of the message (exit code n)`, as far as known. */
export function causeText(cause: FailureCause | null): string {
  if (cause === null) return '';
  const firstLine = (cause.message ?? '').split('\n', 1)[0]?.trim().slice(0, maxCauseLength).replace(/[.:;,\s]+$/, '') ?? '';
  const words = [cause.type ?? '', firstLine].filter((word) => word !== '').join(': ');
  const isExitTold = cause.exitCode === null || words.includes(`exit code ${cause.exitCode}`);
  const exit = isExitTold ? '' : `exit code ${cause.exitCode}`;
  if (words === '') return exit === '' ? '' : ` with ${exit}`;
  return `: ${words}${exit === '' ? '' : ` (${exit})`}`;
}

interface TaskGraph {
  readonly byId: ReadonlyMap<string, TaskState>;
  readonly dependents: ReadonlyMap<string, readonly string[]>;
  readonly children: ReadonlyMap<string, readonly string[]>;
}

function graphOf(tasks: readonly TaskState[]): TaskGraph {
  const dependents = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for (const task of tasks) {
    for (const upstream of task.dependsOn) append(dependents, upstream, task.taskId);
    if (task.parentTaskId !== null) append(children, task.parentTaskId, task.taskId);
  }
  return { byId: new Map(tasks.map((task) => [task.taskId, task])), dependents, children };
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Everything that comes after a failed task: what depends on it, further on, and what lies inside those. */
function consequencesOf(failed: readonly TaskState[], { dependents, children }: TaskGraph): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = failed.flatMap(({ taskId }) => dependents.get(taskId) ?? []);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    open.push(...(dependents.get(id) ?? []), ...(children.get(id) ?? []));
  }
  return reached;
}

/** The tasks that contain a failed task: they failed because something inside them did. */
function containersOf(failed: readonly TaskState[], { byId }: TaskGraph): ReadonlySet<string> {
  const containers = new Set<string>();
  for (const { parentTaskId } of failed) {
    for (let id = parentTaskId; id !== null && !containers.has(id); id = byId.get(id)?.parentTaskId ?? null) containers.add(id);
  }
  return containers;
}

function upstreamOf(task: TaskState, { byId }: TaskGraph): readonly TaskState[] {
  const seen = new Set([task.taskId]);
  const found: TaskState[] = [];
  const open = [task];
  for (let next = open.shift(); next !== undefined && found.length < maxUpstream; next = open.shift()) {
    for (const id of [...next.dependsOn, ...(byId.get(next.parentTaskId ?? '')?.dependsOn ?? [])]) {
      const upstream = byId.get(id);
      if (upstream === undefined || seen.has(id)) continue;
      seen.add(id);
      found.push(upstream);
      open.push(upstream);
    }
  }
  return found.slice(0, maxUpstream);
}

function endedAt(task: TaskState): number {
  const { finishedAtUs, startedAtUs, queuedAtUs } = latestAttempt(task).progress;
  return finishedAtUs ?? startedAtUs ?? queuedAtUs ?? Infinity;
}
