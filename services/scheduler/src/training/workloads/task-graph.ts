import { OrreryError } from '@orrery/errors';
import { shapeOf, type JobTemplate, type StageExpectation } from '../../domain/index.js';

/** One task of a run that was recorded. */
export interface RecordedTask {
  readonly id: string;
  /** Tasks of one name at one depth of the graph make a stage. */
  readonly name: string;
  readonly durationMs: number;
  /** 0 where nobody knows. */
  readonly memoryBytes: number;
  /** Ids of the tasks that were done before. */
  readonly parents: readonly string[];
}

/** A stage whose durations were measured without knowing on how many executors. */
export interface MeasuredStage {
  readonly name: string;
  readonly taskCount: number;
  /** At least one, ms. */
  readonly durationsMs: readonly number[];
  readonly memoryBytes: number;
  readonly parents: readonly number[];
}

/** A job of stages. @throws ORRERY_VALIDATION when its graph has a cycle or a figure is none. */
export function templateOfStages(name: string, stages: readonly MeasuredStage[]): JobTemplate {
  const lists = stages.map(({ durationsMs }) => [Float64Array.from(durationsMs).sort()]);
  const expectations = stages.map(({ durationsMs, ...stage }): StageExpectation => ({ ...stage, meanTaskMs: durationsMs.reduce((sum, value) => sum + value, 0) / durationsMs.length }));
  return { shape: shapeOf(name, expectations), durations: lists.map((list) => ({ fresh: list, firstWave: list, restWave: list })) };
}

/** A job of single tasks, those alike made one stage. @throws ORRERY_VALIDATION when tasks wait for each other in a circle or for one that is not there. */
export function templateOfTasks(name: string, tasks: readonly RecordedTask[]): JobTemplate {
  const depths = depthsOf(name, tasks);
  const keyOf = (task: RecordedTask) => `${depths.get(task.id) ?? 0} ${task.name}`;
  const groups = new Map<string, RecordedTask[]>();
  for (const task of tasks) {
    const members = groups.get(keyOf(task));
    if (members === undefined) groups.set(keyOf(task), [task]);
    else members.push(task);
  }
  const keys = [...groups.keys()];
  const indexes = new Map(keys.map((key, index) => [key, index]));
  const stageOf = new Map(tasks.map((task) => [task.id, indexes.get(keyOf(task)) ?? 0]));
  const stages = keys.map((key): MeasuredStage => {
    const members = groups.get(key) as readonly RecordedTask[];
    return {
      name: (members[0] as RecordedTask).name,
      taskCount: members.length,
      durationsMs: members.map(({ durationMs }) => durationMs),
      memoryBytes: Math.max(...members.map(({ memoryBytes }) => memoryBytes)),
      parents: [...new Set(members.flatMap(({ parents }) => parents.map((parent) => stageOf.get(parent) ?? 0)))],
    };
  });
  return templateOfStages(name, stages);
}

/** How many tasks come before each on the longest way to it. */
function depthsOf(job: string, tasks: readonly RecordedTask[]): ReadonlyMap<string, number> {
  const children = childrenOf(job, tasks);
  const waitingFor = new Map(tasks.map(({ id, parents }) => [id, new Set(parents).size]));
  const order = tasks.flatMap(({ id, parents }) => (parents.length === 0 ? [id] : []));
  const depths = new Map(order.map((id) => [id, 0]));
  for (const id of order) {
    const below = (depths.get(id) as number) + 1;
    for (const child of children.get(id) as readonly string[]) {
      const left = (waitingFor.get(child) as number) - 1;
      waitingFor.set(child, left);
      depths.set(child, Math.max(depths.get(child) ?? 0, below));
      if (left === 0) order.push(child);
    }
  }
  if (order.length < tasks.length) throw new OrreryError('ORRERY_VALIDATION', `job ${job}: tasks wait for each other in a circle`);
  return depths;
}

function childrenOf(job: string, tasks: readonly RecordedTask[]): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>(tasks.map(({ id }) => [id, []]));
  if (children.size < tasks.length) throw new OrreryError('ORRERY_VALIDATION', `job ${job}: two tasks have the same id`);
  for (const { id, parents } of tasks) {
    for (const parent of new Set(parents)) {
      const siblings = children.get(parent);
      if (siblings === undefined) throw new OrreryError('ORRERY_VALIDATION', `job ${job}: task ${id} waits for ${parent}, which is not there`);
      siblings.push(id);
    }
  }
  return children;
}
