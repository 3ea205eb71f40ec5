import { OrreryError } from '@orrery/errors';
import { shapeOf, type JobShape, type StageExpectation } from '../state/job-shape.js';
import type { AskedRun, AskedTask, ExpectationOf } from './cluster-request.js';

/** Where neither the engine nor the past says how long a task takes, and nothing else in the request does. */
const unknownDurationMs = 60_000;

/** What is taken for known where an engine does not say it. */
export interface Expecting {
  readonly expectationOf: ExpectationOf;
  /** What a task of unknown duration is taken for, ms. */
  readonly usualMs: number;
}

/**
 * The graph of a run that an engine asks about.
 *
 * @throws ORRERY_VALIDATION when two tasks have one name, a task waits for one that is not there, or some wait for each other.
 */
export function shapeOfRun({ runId, workflow, tasks }: AskedRun, expecting: Expecting): JobShape {
  const indexes = new Map<string, number>();
  for (let index = 0; index < tasks.length; index += 1) indexes.set((tasks[index] as AskedTask).name, index);
  if (indexes.size < tasks.length) throw fault(runId, `two tasks are called ${repeated(tasks)}`);
  const levels = levelsOf(tasks);
  return shapeOf(
    runId,
    tasks.map((task): StageExpectation => {
      const { meanTaskMs, memoryBytes } = expectedOf(workflow, task, expecting);
      const stage = { name: task.name, taskCount: task.count, meanTaskMs, memoryBytes, parents: parentsOf(runId, task, indexes) };
      const byLevel = levels.length === 0 ? stage : { ...stage, meanTaskMsByLevel: levels.map((slots) => durationAt(task, slots) ?? meanTaskMs) };
      return task.poolIds.length === 0 ? byLevel : { ...byLevel, poolIds: task.poolIds };
    }),
    levels,
  );
}

/** What a task is taken to need: what the engine says, else what was seen, else what is usual. */
export function expectedOf(workflow: string, task: AskedTask, { expectationOf, usualMs }: Expecting): { readonly meanTaskMs: number; readonly memoryBytes: number } {
  const known = task.durationMs === undefined || task.memoryBytes === undefined ? expectationOf(workflow, task.name) : undefined;
  return { meanTaskMs: task.durationMs ?? measuredMean(task) ?? known?.durationMs ?? usualMs, memoryBytes: task.memoryBytes ?? known?.memoryBytes ?? 0 };
}

/** What tasks take on the whole, for those that nothing is known of, ms. In two digits, so that it does not change with every question. */
export function usualDuration(runs: readonly AskedRun[], expectationOf: ExpectationOf): number {
  let sumMs = 0;
  let count = 0;
  for (const { workflow, tasks } of runs) {
    for (const task of tasks) {
      const durationMs = task.durationMs ?? measuredMean(task) ?? expectationOf(workflow, task.name)?.durationMs;
      if (durationMs === undefined) continue;
      sumMs += durationMs;
      count += 1;
    }
  }
  return count === 0 ? unknownDurationMs : Number((sumMs / count).toPrecision(2));
}

function parentsOf(runId: string, { name, dependsOn }: AskedTask, indexes: ReadonlyMap<string, number>): readonly number[] {
  if (dependsOn.length === 0) return none;
  return dependsOn.map((parent) => {
    const index = indexes.get(parent);
    if (index === undefined) throw fault(runId, `task ${name} depends on ${parent}, which the run does not have`);
    return index;
  });
}

const none: readonly number[] = [];

function levelsOf(tasks: readonly AskedTask[]): readonly number[] {
  let levels: Set<number> | undefined;
  for (const { durationByParallelism } of tasks) for (const { slots } of durationByParallelism) (levels ??= new Set()).add(slots);
  return levels === undefined ? none : [...levels].sort((one, other) => one - other);
}

function measuredMean({ durationByParallelism }: AskedTask): number | undefined {
  if (durationByParallelism.length === 0) return undefined;
  return durationByParallelism.reduce((sum, { durationMs }) => sum + durationMs, 0) / durationByParallelism.length;
}

/** The duration at the nearest number of slots that was told. */
function durationAt({ durationByParallelism }: AskedTask, slots: number): number | undefined {
  let nearest: { readonly slots: number; readonly durationMs: number } | undefined;
  for (const point of durationByParallelism) if (nearest === undefined || Math.abs(point.slots - slots) < Math.abs(nearest.slots - slots)) nearest = point;
  return nearest?.durationMs;
}

function repeated(tasks: readonly AskedTask[]): string {
  const seen = new Set<string>();
  return tasks.find(({ name }) => seen.has(name) || seen.add(name).size === 0)?.name ?? '';
}

function fault(runId: string, what: string): OrreryError {
  return new OrreryError('ORRERY_VALIDATION', `run ${runId}: ${what}`, { details: { run_id: runId } });
}
