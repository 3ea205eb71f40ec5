import { isFailing, type EndedTask, type RunProgress } from './run-progress.js';
import { fade, mostShapeTasks, recentWeight, type ShapeTask, type WorkflowShape } from './workflow-shape.js';

/** Runs that begin without anything being heard of a task before it is forgotten; where runs overlap, its own may be long ago by then. */
const forgottenAfterRuns = 100;
const mostDependencies = 200;
/** A run that fails still says something: tasks that are gone are forgotten even where every run fails. */
const failedRunWeight = 0.25;
/** About the last twenty failures say how many are tried again. */
const failureKeep = 0.95;

/**
 * What a run's step from one state to the next teaches of its workflow's shape. Only tasks teach: the order of the log within one topic
 * decides, so that a replay learns the same.
 */
export function learnShape(shape: WorkflowShape, before: RunProgress, after: RunProgress): WorkflowShape {
  const newest = after.tasks.at(-1);
  if (newest === undefined || newest === before.tasks.at(-1)) return shape;
  return learnTask(before.ordinal === null ? beginRun(shape, after.ordinal ?? 1) : shape, { before, after, newest });
}

function beginRun(shape: WorkflowShape, ordinal: number): WorkflowShape {
  return { ...shape, runs: ordinal, tasks: shape.tasks.filter(({ lastSeenRun }) => ordinal - lastSeenRun <= forgottenAfterRuns) };
}

interface Lesson {
  readonly before: RunProgress;
  readonly after: RunProgress;
  readonly newest: EndedTask;
}

function learnTask(shape: WorkflowShape, lesson: Lesson): WorkflowShape {
  const { before, after, newest } = lesson;
  const known = shape.tasks.find(({ name }) => name === newest.name) ?? newTask(newest);
  const learned = seen(known, lesson, shape.runs);
  const isKnown = shape.tasks.includes(known);
  const tasks = isKnown ? shape.tasks.map((task) => (task === known ? learned : task)) : [...withRoom(shape.tasks), learned];
  const failed = Number(hasFailed(after.tasks)) - Number(hasFailed(before.tasks));
  return { ...shape, ...retriesAfter(shape, before, newest), runs: shape.runs - failed * (1 - failedRunWeight), tasks: relate(tasks, after.tasks, newest) };
}

/** Whether a task stands failed, which no later attempt mended. */
function hasFailed(tasks: readonly EndedTask[]): boolean {
  const failed = tasks.filter(({ outcome }) => isFailing(outcome));
  return failed.some((task) => !tasks.some(({ taskId, attempt }) => taskId === task.taskId && attempt > task.attempt));
}

function newTask({ name, kind }: EndedTask): ShapeTask {
  return { name, kind, parent: '', dependsOn: [], follows: '', seen: 0, fadedAtRun: 0, occurrences: 0, laterRuns: 0, lastSeenRun: 0, isBesideOthers: false, isInTurn: false, lagMs: 0, durationMs: null };
}

// The one that was seen the longest ago makes room.
function withRoom(tasks: readonly ShapeTask[]): readonly ShapeTask[] {
  if (tasks.length < mostShapeTasks) return tasks;
  const oldest = tasks.reduce((least, task) => (task.lastSeenRun < least.lastSeenRun ? task : least));
  return tasks.filter((task) => task !== oldest);
}

function retriesAfter({ failures, retries }: WorkflowShape, before: RunProgress, { taskId, attempt, outcome }: EndedTask): Pick<WorkflowShape, 'failures' | 'retries'> {
  const isRetry = before.tasks.some((ended) => ended.taskId === taskId && ended.attempt < attempt && isFailing(ended.outcome));
  const keep = isFailing(outcome) ? failureKeep : 1;
  return { failures: failures * keep + (isFailing(outcome) ? 1 : 0), retries: (retries + (isRetry ? 1 : 0)) * keep };
}

function seen(known: ShapeTask, lesson: Lesson, runs: number): ShapeTask {
  const { after, newest } = lesson;
  const ordinal = after.ordinal ?? 1;
  const durationMs = newest.startedAtMs === null ? null : newest.finishedAtMs - newest.startedAtMs;
  const isTimed = durationMs !== null && durationMs >= 0 && !isFailing(newest.outcome) && newest.outcome !== 'skip';
  return {
    ...known,
    ...(newest.outcome === 'skip' ? {} : occurred(known, lesson, runs)),
    kind: newest.kind || known.kind,
    laterRuns: blended(known.lastSeenRun === 0 ? null : known.laterRuns, Math.max(runs - ordinal, 0)),
    lastSeenRun: runs,
    durationMs: isTimed ? blended(known.durationMs, durationMs) : known.durationMs,
    ...placeInOrder(known, lesson),
  };
}

// However long after its run began it comes: as many come each run as runs begin, so that the delay cancels out.
function occurred({ seen: before, occurrences, fadedAtRun }: ShapeTask, { before: { tasks }, newest }: Lesson, runs: number): Partial<ShapeTask> {
  const same = tasks.filter(({ name, outcome }) => name === newest.name && outcome !== 'skip');
  if (same.some(({ taskId }) => taskId === newest.taskId)) return {};
  const isFirst = same.length === 0;
  return { seen: fade(before, runs - fadedAtRun) + Number(isFirst), occurrences: fade(occurrences, runs - fadedAtRun) + 1, fadedAtRun: runs };
}

/** What it came after, how long it waited, and whether occurrences come in turn. */
function placeInOrder(known: ShapeTask, { before, after, newest }: Lesson): Partial<ShapeTask> {
  const { startedAtMs } = newest;
  if (startedAtMs === null || newest.attempt > 1) return {};
  const own = before.tasks.filter(({ name, taskId }) => name === newest.name && taskId !== newest.taskId);
  if (own.length > 0) return { isInTurn: own.every(({ finishedAtMs }) => finishedAtMs <= startedAtMs) };
  const earlier = before.tasks.filter(({ parentTaskId, finishedAtMs, taskId }) => parentTaskId === newest.parentTaskId && taskId !== newest.taskId && finishedAtMs <= startedAtMs);
  const last = latestOf(earlier);
  const awaited = newest.dependsOn.length === 0 ? last : latestOf(before.tasks.filter(({ taskId }) => newest.dependsOn.includes(taskId)));
  const readyAtMs = awaited?.finishedAtMs ?? (newest.parentTaskId === '' ? firstStartOf(after.tasks) : null);
  return { follows: last?.name ?? '', isBesideOthers: false, ...(readyAtMs === null ? {} : { lagMs: blended(known.lastSeenRun === 0 ? null : known.lagMs, Math.max(startedAtMs - readyAtMs, 0)) }) };
}

// Not the run's own beginning, which another topic may tell at another time.
function firstStartOf(tasks: readonly EndedTask[]): number | null {
  const starts = tasks.flatMap(({ startedAtMs }) => startedAtMs ?? []);
  return starts.length === 0 ? null : Math.min(...starts);
}

function latestOf(tasks: readonly EndedTask[]): EndedTask | undefined {
  // Of equals the one that the log has last.
  return tasks.reduce<EndedTask | undefined>((latest, task) => (latest === undefined || task.finishedAtMs >= latest.finishedAtMs ? task : latest), undefined);
}

function blended(known: number | null, value: number): number {
  return known === null ? value : known + recentWeight * (value - known);
}

/** Writes down by name what the run told by id: the relations of the newest task, and those of others to it. */
function relate(tasks: readonly ShapeTask[], ended: readonly EndedTask[], newest: EndedTask): readonly ShapeTask[] {
  const names = new Map(ended.map(({ taskId, name }) => [taskId, name]));
  const beside = new Set(ended.filter((task) => ranBeside(task, newest)).map(({ name }) => name));
  const concerned = new Map(ended.filter((task) => task === newest || task.parentTaskId === newest.taskId || task.dependsOn.includes(newest.taskId)).map((task) => [task.name, task]));
  return tasks.map((known) => {
    const task = beside.has(known.name) || (beside.size > 0 && known.name === newest.name) ? { ...known, isBesideOthers: true } : known;
    const told = concerned.get(task.name);
    if (told === undefined) return task;
    const resolved = [...new Set(told.dependsOn.flatMap((id) => names.get(id) ?? []))].filter((name) => name !== task.name);
    const isWhole = told.dependsOn.every((id) => names.has(id));
    // What it waited for may come later in the log than itself: until then, earlier runs know the rest.
    const dependsOn = (isWhole ? resolved : [...new Set([...resolved, ...task.dependsOn])]).slice(0, mostDependencies);
    const parent = told.parentTaskId === '' ? '' : (names.get(told.parentTaskId) ?? task.parent);
    return { ...task, dependsOn, parent: parent === task.name ? '' : parent };
  });
}

function ranBeside(task: EndedTask, newest: EndedTask): boolean {
  if (task.parentTaskId !== newest.parentTaskId || task.name === newest.name || task.startedAtMs === null || newest.startedAtMs === null) return false;
  return task.startedAtMs < newest.finishedAtMs && newest.startedAtMs < task.finishedAtMs;
}
