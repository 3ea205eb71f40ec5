import { OrreryError } from '@orrery/errors';

/** What is expected of a stage: so many equal tasks, how long one takes, what must be done before. */
export interface StageExpectation {
  readonly name: string;
  /** Whole, at least 1. */
  readonly taskCount: number;
  /** Mean duration of one task, ms, over whatever was seen of it. */
  readonly meanTaskMs: number;
  /** Mean duration of one task, ms, when the job holds as many executors as the shape's {@link JobShape.levels} say; none where only the mean is known. */
  readonly meanTaskMsByLevel?: readonly number[];
  /** What one task needs, 0 where nobody knows. */
  readonly memoryBytes?: number;
  /** Which pools can run it; all where absent. */
  readonly poolIds?: readonly string[];
  /** Indexes of the stages that must be done before. */
  readonly parents: readonly number[];
}

/** A stage as part of its job's graph. */
export interface StageShape extends Required<Omit<StageExpectation, 'poolIds'>> {
  readonly index: number;
  readonly poolIds: readonly string[] | undefined;
  readonly children: readonly number[];
  /** Executor-ms on the heaviest path from here to the end of the job, this stage included: a stage weighs its tasks x their mean duration. */
  readonly criticalWorkMs: number;
  /** Ms on the longest path from here to the end of the job, this stage included, with every stage as long as one task. */
  readonly criticalPathMs: number;
}

/** What a job is made of: a directed acyclic graph of stages. Jobs of one kind share their shape. */
export interface JobShape {
  readonly name: string;
  /** Numbers of executors for which durations are known, ascending; empty where none are. */
  readonly levels: readonly number[];
  readonly stages: readonly StageShape[];
  /** Indexes of the stages, parents before children. */
  readonly order: readonly number[];
  /** All tasks x their mean durations. */
  readonly workMs: number;
  readonly taskCount: number;
}

/**
 * Makes the shape of a job from what is expected of its stages.
 *
 * @throws ORRERY_VALIDATION when a parent is missing, the graph has a cycle or a figure is none.
 * @example shapeOf('nightly', [{ name: 'build', taskCount: 1, meanTaskMs: 60_000, parents: [] }, { name: 'test', taskCount: 8, meanTaskMs: 20_000, parents: [0] }])
 */
export function shapeOf(name: string, expectations: readonly StageExpectation[], levels: readonly number[] = []): JobShape {
  const sizes = { stageCount: expectations.length, levelCount: levels.length };
  for (const expectation of expectations) check(name, expectation, sizes);
  const parents = expectations.map((expectation) => distinct(expectation.parents));
  const children = childrenOf(parents);
  const order = topologicalOrder(name, expectations, { parents, children });
  const { criticalWorkMs, criticalPathMs } = criticalOf(expectations, order, children);
  let workMs = 0;
  let allTasks = 0;
  const stages = expectations.map((expectation, index): StageShape => {
    const { taskCount, meanTaskMs, meanTaskMsByLevel = none, memoryBytes = 0, poolIds } = expectation;
    workMs += taskCount * meanTaskMs;
    allTasks += taskCount;
    return {
      index,
      name: expectation.name,
      taskCount,
      meanTaskMs,
      meanTaskMsByLevel,
      memoryBytes,
      poolIds,
      parents: parents[index] as readonly number[],
      children: children[index] as readonly number[],
      criticalWorkMs: criticalWorkMs[index] as number,
      criticalPathMs: criticalPathMs[index] as number,
    };
  });
  return { name, levels, stages, order, workMs, taskCount: allTasks };
}

const none: readonly number[] = [];

/** Each once; most lists are short and have nothing twice. */
function distinct(indexes: readonly number[]): readonly number[] {
  return indexes.length < 2 || (indexes.length === 2 && indexes[0] !== indexes[1]) ? indexes : [...new Set(indexes)];
}

function childrenOf(parents: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const children = new Array<readonly number[]>(parents.length).fill(none);
  for (let index = 0; index < parents.length; index += 1) {
    for (const parent of parents[index] as readonly number[]) {
      const known = children[parent] as number[];
      if (known === none) children[parent] = [index];
      else known.push(index);
    }
  }
  return children;
}

function criticalOf(expectations: readonly StageExpectation[], order: readonly number[], children: readonly (readonly number[])[]): { readonly criticalWorkMs: Float64Array; readonly criticalPathMs: Float64Array } {
  const criticalWorkMs = new Float64Array(expectations.length);
  const criticalPathMs = new Float64Array(expectations.length);
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const index = order[at] as number;
    const { taskCount, meanTaskMs } = expectations[index] as StageExpectation;
    let workMs = 0;
    let pathMs = 0;
    for (const child of children[index] as readonly number[]) {
      workMs = Math.max(workMs, criticalWorkMs[child] as number);
      pathMs = Math.max(pathMs, criticalPathMs[child] as number);
    }
    criticalWorkMs[index] = workMs + taskCount * meanTaskMs;
    criticalPathMs[index] = pathMs + meanTaskMs;
  }
  return { criticalWorkMs, criticalPathMs };
}

interface Sizes {
  readonly stageCount: number;
  readonly levelCount: number;
}

function check(job: string, { name, taskCount, meanTaskMs, meanTaskMsByLevel = none, memoryBytes = 0, parents }: StageExpectation, { stageCount, levelCount }: Sizes): void {
  if (!Number.isInteger(taskCount) || taskCount < 1) throw fault(job, name, `expected at least one task, got ${taskCount}`);
  if (!isFigure(meanTaskMs)) throw fault(job, name, `expected a duration of 0 ms or more, got ${meanTaskMs}`);
  if (!isFigure(memoryBytes)) throw fault(job, name, `expected memory of 0 bytes or more, got ${memoryBytes}`);
  if (meanTaskMsByLevel.length > 0 && meanTaskMsByLevel.length !== levelCount) throw fault(job, name, `expected ${levelCount} durations by parallelism, got ${meanTaskMsByLevel.length}`);
  if (!meanTaskMsByLevel.every(isFigure)) throw fault(job, name, 'a duration by parallelism is no number of 0 or more');
  const stranger = parents.find((parent) => !isIndex(parent, stageCount));
  if (stranger !== undefined) throw fault(job, name, `depends on stage ${stranger}, of ${stageCount}`);
}

function isIndex(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count;
}

function isFigure(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function fault(job: string, stage: string, what: string): OrreryError {
  return new OrreryError('ORRERY_VALIDATION', `job ${job}, stage ${stage}: ${what}`);
}

/** Kahn 1962. */
function topologicalOrder(name: string, stages: readonly StageExpectation[], { parents, children }: Readonly<Record<'parents' | 'children', readonly (readonly number[])[]>>): readonly number[] {
  const waitingFor = parents.map(({ length }) => length);
  const order: number[] = [];
  for (let index = 0; index < waitingFor.length; index += 1) if (waitingFor[index] === 0) order.push(index);
  for (let at = 0; at < order.length; at += 1) {
    for (const child of children[order[at] as number] ?? []) {
      waitingFor[child] = (waitingFor[child] ?? 0) - 1;
      if (waitingFor[child] === 0) order.push(child);
    }
  }
  if (order.length < stages.length) {
    const inCycle = stages.filter((_, index) => (waitingFor[index] ?? 0) > 0).map((stage) => stage.name);
    throw new OrreryError('ORRERY_VALIDATION', `job ${name}: these stages wait for each other: ${inCycle.slice(0, 5).join(', ')}`);
  }
  return order;
}
