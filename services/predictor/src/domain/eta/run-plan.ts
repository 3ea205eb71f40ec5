import { agreeing, contentsOf, type RunContents } from './run-contents.js';
import type { RunProgress } from './run-progress.js';
import { splitLogNormal, type DurationQuantiles, type SplitLogNormal } from './split-log-normal.js';
import { expectedCountOf, orderOf, passedTasks, taskStatesOf, type TaskOrder, type TaskState } from './task-state.js';
import { inOrder } from './topological-order.js';
import { occurrenceOf, retryShareOf, type ShapeTask, type WorkflowShape } from './workflow-shape.js';

/** A task of a run, or for one that contains others its opening and its closing. */
export interface Step {
  readonly task: string;
  /** Whether it is a task by itself, the only sort that takes time. */
  readonly isTask: boolean;
  /** Places of steps that must have ended before, all smaller than its own. */
  readonly predecessors: readonly number[];
  /** When it ended, as far as it did; null where nothing of it has. */
  readonly endedAtMs: number | null;
  /** Whether it ended in a failure, so that what waits for it does not begin. */
  readonly isFailed: boolean;
  /** How likely a failed one is tried again. */
  readonly retryShare: number;
  /** How many of it are left in each of the plan's contents; 0 for a run that has no more. */
  readonly left: readonly number[];
  /** How likely a run has what is left. */
  readonly occurrence: number;
  readonly lagMs: number;
  /** Whether those that are left come one after the other. */
  readonly isInTurn: boolean;
  /** Of one; null where nothing is known, which is taken as no time. */
  readonly duration: SplitLogNormal | null;
  readonly quantiles: DurationQuantiles | null;
}

/** What is left of a run and in which order; steps in an order in which each comes after its predecessors. */
export interface RunPlan {
  readonly steps: readonly Step[];
  /** How likely what is left is that of each of the contents; these sum to 1. */
  readonly weights: readonly number[];
  readonly startedAtMs: number;
}

/** Below that, a task is one that once was and not one that is expected. */
const leastOccurrence = 0.02;
/** Of children, how many a run must have for their parent to be no more than what holds them. */
const leastChildren = 0.5;

export interface PlanInput {
  readonly shape: WorkflowShape;
  readonly progress: RunProgress;
  /** Names of the tasks of runs that ended well, the latest first; where there are none, the shape says what is likely. */
  readonly recentRuns: readonly (readonly string[])[];
  readonly durationOf: (task: string) => DurationQuantiles | null;
  readonly nowMs: number;
}

interface Draw {
  readonly shape: WorkflowShape;
  readonly order: ReadonlyMap<string, TaskOrder>;
  readonly contents: readonly RunContents[];
  readonly occurrences: ReadonlyMap<string, number>;
}

/** Lays what a run has done over what runs of its workflow usually do. */
export function planRun({ shape, progress, recentRuns, durationOf, nowMs }: PlanInput): RunPlan {
  const states = taskStatesOf(progress);
  const contents = contentsOf(recentRuns);
  const occurrences = new Map(shape.tasks.map((task) => [task.name, contents.length === 0 ? occurrenceOf(shape, task) : shareWith(contents, task.name)]));
  const tasks = shape.tasks.filter(({ name }) => states.has(name) || (occurrences.get(name) ?? 0) >= leastOccurrence);
  const order = orderOf(tasks);
  const passed = passedTasks(order, states);
  const fitting = agreeing(contents, states);
  const draw = { shape, order, contents: fitting, occurrences };
  const drafts = [...order.values()].flatMap((place) => {
    const { task } = place;
    const quantiles = durationOf(task.name) ?? usualDuration(task);
    return draftsOf(place, stepOf(task, draw, { state: states.get(task.name), passedAtMs: passed.get(task.name), quantiles }), draw);
  });
  const starts = progress.tasks.map(({ startedAtMs, finishedAtMs }) => startedAtMs ?? finishedAtMs);
  return { steps: ordered(drafts), weights: fitting.length === 0 ? [1] : fitting.map(({ weight }) => weight), startedAtMs: Math.min(progress.startedAtMs ?? nowMs, nowMs, ...starts) };
}

function shareWith(contents: readonly RunContents[], name: string): number {
  return contents.reduce((share, { counts, weight }) => share + (counts.has(name) ? weight : 0), 0);
}

/** Half to twice as long: what little the average of the last runs says. */
function usualDuration({ durationMs }: ShapeTask): DurationQuantiles | null {
  return durationMs === null ? null : { p10Ms: durationMs / 2, p50Ms: durationMs, p90Ms: durationMs * 2 };
}

type LooseStep = Omit<Step, 'predecessors'>;

interface Known {
  readonly state: TaskState | undefined;
  readonly passedAtMs: number | undefined;
  readonly quantiles: DurationQuantiles | null;
}

function stepOf(task: ShapeTask, { shape, contents, occurrences }: Draw, { state, passedAtMs, quantiles }: Known): LooseStep {
  const { name, lagMs, isInTurn } = task;
  const common = { task: name, isTask: true, lagMs, isInTurn, quantiles, duration: quantiles === null ? null : splitLogNormal(quantiles) };
  const expected = contents.length === 0 ? [expectedCountOf(task)] : contents.map(({ counts }) => counts.get(name) ?? 0);
  if (state !== undefined) {
    const { endedCount, lastFinishedAtMs: endedAtMs, isFailed } = state;
    return { ...common, endedAtMs, isFailed, retryShare: isFailed ? retryShareOf(shape) : 0, left: expected.map((count) => Math.max(count - endedCount, 0)), occurrence: 1 };
  }
  // Contents say whether a run has it; where there are none, chance does.
  const occurrence = contents.length === 0 ? (occurrences.get(name) ?? 0) : 1;
  return { ...common, endedAtMs: passedAtMs ?? null, isFailed: false, retryShare: 0, left: passedAtMs === undefined ? expected : expected.map(() => 0), occurrence };
}

/** A step that names what it waits for. */
interface Draft {
  readonly id: string;
  readonly awaits: readonly string[];
  readonly step: LooseStep;
}

const opening = (name: string) => `${name}\u0000opening`;

function draftsOf({ task, awaits, children }: TaskOrder, step: LooseStep, draw: Draw): readonly Draft[] {
  const parent = draw.order.get(task.parent);
  const begins = [...awaits, ...(parent !== undefined && holds(parent, draw) ? [opening(task.parent)] : [])];
  if (!holds({ task, awaits, children, isTold: true }, draw)) return [{ id: task.name, awaits: begins, step }];
  const bare = { ...step, isTask: false, duration: null, occurrence: 1, retryShare: 0, isInTurn: false };
  return [
    { id: opening(task.name), awaits: begins, step: { ...bare, isFailed: false } },
    { id: task.name, awaits: [opening(task.name), ...children], step: { ...bare, lagMs: 0 } },
  ];
}

/** Whether a task is no more than what holds its children: it then ends when the last of them has. */
function holds({ children }: TaskOrder, { occurrences }: Draw): boolean {
  return children.reduce((sum, name) => sum + (occurrences.get(name) ?? 0), 0) >= leastChildren;
}

function ordered(drafts: readonly Draft[]): readonly Step[] {
  const placeOf = new Map(drafts.map(({ id }, index) => [id, index]));
  const edges = drafts.map(({ awaits }) => awaits.flatMap((name) => placeOf.get(name) ?? []));
  const order = inOrder(edges);
  const newPlace = new Map(order.map((old, place) => [old, place]));
  return order.flatMap((old, place) => {
    const draft = drafts[old];
    if (draft === undefined) return [];
    // An edge that goes back closes a circle: nothing can wait for itself.
    return [{ ...draft.step, predecessors: (edges[old] ?? []).flatMap((edge) => newPlace.get(edge) ?? []).filter((edge) => edge < place) }];
  });
}
