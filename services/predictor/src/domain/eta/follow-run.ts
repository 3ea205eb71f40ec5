import type { Transition } from '../next-task/transition.js';
import { learnShape } from './learn-shape.js';
import { advanceRun, type FollowedExecution, type RunProgress } from './run-progress.js';
import type { WorkflowShape } from './workflow-shape.js';

export interface FollowedRun {
  readonly shape: WorkflowShape;
  readonly progress: RunProgress;
}

export interface FollowedStep extends FollowedRun {
  /** What came after what: null for a repeat, and for the end of a run, which `learnLength` learns from. */
  readonly transition: Transition | null;
}

/**
 * Takes one execution into the run that it belongs to and into the shape of its workflow. Shape and transitions depend on the order of
 * tasks in the log alone; when the end of a run comes does not matter to them.
 *
 * @example
 * const { shape, progress, transition } = followRun({ shape: known ?? emptyShape, progress: stored ?? emptyProgress }, execution);
 */
export function followRun({ shape, progress: before }: FollowedRun, execution: FollowedExecution): FollowedStep {
  const advanced = advanceRun(before, execution);
  const newest = advanced.tasks.at(-1);
  if (newest === undefined || newest === before.tasks.at(-1)) return { shape, progress: advanced, transition: null };
  const after = advanced.ordinal === null ? { ...advanced, ordinal: shape.runs + 1 } : advanced;
  return { shape: learnShape(shape, before, after), progress: after, transition: { context: before.tasks.map(({ name }) => name), next: newest.name } };
}
