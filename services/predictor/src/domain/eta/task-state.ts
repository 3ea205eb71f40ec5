import { isFailing, type EndedTask, type RunProgress } from './run-progress.js';
import { timesOf, type ShapeTask } from './workflow-shape.js';

/** How far the tasks of one name are in a run. */
export interface TaskState {
  /** Different tasks of the name that ended. */
  readonly endedCount: number;
  /** Null where none has. */
  readonly firstStartedAtMs: number | null;
  readonly lastFinishedAtMs: number;
  /** Whether the last attempt failed of the one that ended last. */
  readonly isFailed: boolean;
}

/** By name, what ended in a run. */
export function taskStatesOf({ tasks }: RunProgress): Map<string, TaskState> {
  const byName = new Map<string, EndedTask[]>();
  for (const task of tasks) byName.set(task.name, [...(byName.get(task.name) ?? []), task]);
  return new Map([...byName].map(([name, ended]) => [name, taskStateOf(ended)]));
}

function taskStateOf(ended: readonly EndedTask[]): TaskState {
  const starts = ended.flatMap(({ startedAtMs }) => startedAtMs ?? []);
  const last = ended.reduce((latest, task) => (isAfter(task, latest) ? task : latest));
  return {
    endedCount: new Set(ended.map(({ taskId }) => taskId)).size,
    firstStartedAtMs: starts.length === 0 ? null : Math.min(...starts),
    lastFinishedAtMs: Math.max(...ended.map(({ finishedAtMs }) => finishedAtMs)),
    isFailed: isFailing(last.outcome),
  };
}

// Attempts of one task by their number, tasks by their end; the id decides between equals, so that no order of telling does.
function isAfter(task: EndedTask, other: EndedTask): boolean {
  if (task.taskId === other.taskId) return task.attempt > other.attempt;
  return task.finishedAtMs > other.finishedAtMs || (task.finishedAtMs === other.finishedAtMs && task.taskId > other.taskId);
}

/** What a task waits for by its own relations. */
export interface TaskOrder {
  readonly task: ShapeTask;
  /** Names of known tasks. */
  readonly awaits: readonly string[];
  /** Whether its engine told so; else the last run only showed it. */
  readonly isTold: boolean;
  readonly children: readonly string[];
}

/**
 * The relations of tasks, those to unknown ones left out. Where an engine tells no dependencies among the tasks of one parent, the order
 * that the last runs showed stands for them.
 */
export function orderOf(tasks: readonly ShapeTask[]): Map<string, TaskOrder> {
  const known = new Set(tasks.map(({ name }) => name));
  const told = new Set(tasks.filter(({ dependsOn }) => dependsOn.length > 0).map(({ parent }) => parent));
  const order = new Map(
    tasks.map((task) => {
      const isTold = told.has(task.parent) || task.follows === '';
      const awaits = (isTold ? task.dependsOn : [task.follows]).filter((name) => known.has(name) && name !== task.name);
      return [task.name, { task, awaits, isTold, children: [] as string[] }];
    }),
  );
  for (const { name, parent } of tasks) if (parent !== name) order.get(parent)?.children.push(name);
  return order;
}

/** How often a task of this name is expected in a run. */
export function expectedCountOf(task: ShapeTask): number {
  return Math.round(timesOf(task));
}

/**
 * By name, when a task must have ended of whose end nothing was told: something that waits for it has begun, or what contains it has
 * ended. Tasks that come several times are left out, since the rest of them may still come; and so are those that run beside others,
 * where no engine told that anything waits for them.
 */
export function passedTasks(order: ReadonlyMap<string, TaskOrder>, states: ReadonlyMap<string, TaskState>): Map<string, number> {
  const passed = new Map<string, number>();
  const open: { readonly name: string; readonly atMs: number }[] = [];
  const pass = (names: readonly string[], atMs: number) => open.push(...names.map((name) => ({ name, atMs })));
  for (const [name, place] of order) {
    const { children, task } = place;
    const state = states.get(name);
    if (state === undefined) continue;
    pass([...surelyAwaited(place, order), ...awaitedAbove(task, order)], state.firstStartedAtMs ?? state.lastFinishedAtMs);
    if (state.endedCount >= expectedCountOf(task)) pass(children, state.lastFinishedAtMs);
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, atMs } = next;
    const known = order.get(name);
    if (known === undefined || passed.has(name) || expectedCountOf(known.task) > 1 || states.has(name)) continue;
    passed.set(name, atMs);
    pass([...surelyAwaited(known, order), ...awaitedAbove(known.task, order), ...known.children], atMs);
  }
  return passed;
}

function surelyAwaited({ awaits, isTold }: TaskOrder, order: ReadonlyMap<string, TaskOrder>): readonly string[] {
  return isTold ? awaits : awaits.filter((name) => order.get(name)?.task.isBesideOthers === false);
}

/** What the tasks wait for that contain a task. */
function awaitedAbove(task: ShapeTask, order: ReadonlyMap<string, TaskOrder>): readonly string[] {
  const above = new Set<string>();
  const awaited: string[] = [];
  for (let parent = order.get(task.parent); parent !== undefined && !above.has(parent.task.name); parent = order.get(parent.task.parent)) {
    above.add(parent.task.name);
    awaited.push(...surelyAwaited(parent, order));
  }
  return awaited;
}
