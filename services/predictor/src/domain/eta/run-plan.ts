import type { RunProgress } from './run-progress.js';
import { splitLogNormal, type DurationQuantiles, type SplitLogNormal } from './split-log-normal.js';
import { expectedCountOf, orderOf, passedTasks, taskStatesOf, type TaskOrder, type TaskState } from './task-state.js';
import { inOrder } from './topological-order.js';
import { occurrenceOf, retryShareOf, type ShapeTask, type WorkflowShape } from './workflow-shape.js';

/** A task of a run, or for one that contains others its opening and its closing. */
export interface Step {
  readonly task: string;
  /** Whether it is a task by itself, the only sort that takes time and can be awaited. */
  readonly isTask: boolean;
  /** Places of steps that must have ended before, all smaller than its own. */
  readonly predecessors: readonly number[];
  /** When it ended; null while it has not. */
  readonly endedAtMs: number | null;
  /** Whether it ended in a failure, so that what waits for it does not begin. */
  readonly isFailed: boolean;
  /** How likely a failed one is tried again. */
  readonly retryShare: number;
  /** How likely a run has it at all. */
  readonly occurrence: number;
  readonly lagMs: number;
  /** Of tasks in turn: when the last one ended, which is when the next could begin. */
  readonly notBeforeMs: number;
  /** Of all that is left of it; null where nothing is known, which is taken as no time. */
  readonly duration: SplitLogNormal | null;
  readonly quantiles: DurationQuantiles | null;
}

/** What is left of a run and in which order; steps in an order in which each comes after its predecessors. */
export interface RunPlan {
  readonly steps: readonly Step[];
  readonly startedAtMs: number;
  /** End of the last task that ended, whether the shape knows it or not. */
  readonly lastEndedAtMs: number;
}

/** Below that, a task is one that once was and not one that is expected. */
const leastOccurrence = 0.02;

export interface PlanInput {
  readonly shape: WorkflowShape;
  readonly progress: RunProgress;
  readonly durationOf: (task: string) => DurationQuantiles | null;
  readonly nowMs: number;
}

/** Lays what a run has done over what runs of its workflow usually do. */
export function planRun({ shape, progress, durationOf, nowMs }: PlanInput): RunPlan {
  const states = taskStatesOf(progress);
  const tasks = shape.tasks.filter((task) => states.has(task.name) || occurrenceOf(shape, task) >= leastOccurrence);
  const order = orderOf(tasks);
  const passed = passedTasks(order, states);
  const drafts = tasks.flatMap((task) => {
    const quantiles = durationOf(task.name) ?? usualDuration(task);
    return draftsOf(order.get(task.name) ?? { task, awaits: [], isTold: true, children: [] }, { shape, quantiles, order, state: states.get(task.name), passedAtMs: passed.get(task.name) });
  });
  const ends = progress.tasks.map(({ finishedAtMs }) => Math.min(finishedAtMs, nowMs));
  const startedAtMs = Math.min(progress.startedAtMs ?? nowMs, ...ends);
  return { steps: ordered(drafts), startedAtMs, lastEndedAtMs: Math.max(startedAtMs, ...ends) };
}

/** Half to twice as long: what little the average of the last runs says. */
function usualDuration({ durationMs }: ShapeTask): DurationQuantiles | null {
  return durationMs === null ? null : { p10Ms: durationMs / 2, p50Ms: durationMs, p90Ms: durationMs * 2 };
}

type LooseStep = Omit<Step, 'predecessors'>;

/** A step that names what it waits for. */
interface Draft {
  readonly id: string;
  readonly awaits: readonly string[];
  readonly step: LooseStep;
}

interface DraftContext {
  readonly shape: WorkflowShape;
  readonly order: ReadonlyMap<string, TaskOrder>;
  readonly quantiles: DurationQuantiles | null;
  readonly state: TaskState | undefined;
  readonly passedAtMs: number | undefined;
}

const opening = (name: string) => `${name}\u0000opening`;

function draftsOf(place: TaskOrder, context: DraftContext): readonly Draft[] {
  const { task, awaits, children } = place;
  const { order, shape, state } = context;
  const isContainer = children.reduce((sum, child) => sum + occurrenceOf(shape, order.get(child)?.task ?? task), 0) >= 0.5;
  const begins = [...awaits, ...(order.has(task.parent) && isContained(task, order, shape) ? [opening(task.parent)] : [])];
  const leaf = leafOf(task, context);
  if (!isContainer) return [{ id: task.name, awaits: begins, step: leaf }];
  const begun = state?.firstStartedAtMs ?? null;
  const bare = { ...leaf, isTask: false, duration: null, notBeforeMs: 0, occurrence: 1, retryShare: 0 };
  return [
    { id: opening(task.name), awaits: begins, step: { ...bare, endedAtMs: leaf.endedAtMs === null ? null : (begun ?? leaf.endedAtMs), isFailed: false } },
    { id: task.name, awaits: [opening(task.name), ...children], step: { ...bare, lagMs: 0 } },
  ];
}

function isContained(task: ShapeTask, order: ReadonlyMap<string, TaskOrder>, shape: WorkflowShape): boolean {
  const siblings = order.get(task.parent)?.children ?? [];
  return siblings.reduce((sum, name) => sum + occurrenceOf(shape, order.get(name)?.task ?? task), 0) >= 0.5;
}

function leafOf(task: ShapeTask, { shape, state, passedAtMs, quantiles }: DraftContext): LooseStep {
  const common = { task: task.name, isTask: true, lagMs: task.lagMs, quantiles };
  const durationOf = (count: number) => (quantiles === null ? null : splitLogNormal(quantiles, task.isInTurn ? Math.max(count, 1) : 1));
  const notEnded = { ...common, isFailed: false, retryShare: 0 };
  if (state === undefined) return { ...notEnded, endedAtMs: passedAtMs ?? null, occurrence: occurrenceOf(shape, task), notBeforeMs: 0, duration: durationOf(expectedCountOf(task)) };
  const left = expectedCountOf(task) - state.endedCount;
  // What began once in this run will go on as often as usual.
  if (left > 0) return { ...notEnded, endedAtMs: null, occurrence: 1, notBeforeMs: task.isInTurn ? state.lastFinishedAtMs : 0, duration: durationOf(left) };
  const { isFailed, lastFinishedAtMs: endedAtMs } = state;
  return { ...common, endedAtMs, isFailed, retryShare: isFailed ? retryShareOf(shape) : 0, occurrence: 1, notBeforeMs: 0, duration: durationOf(1) };
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
