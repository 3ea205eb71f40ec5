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
  for (const expectation of expectations) check(name, expectation, { stageCount: expectations.length, levelCount: levels.length });
  const children: number[][] = expectations.map(() => []);
  for (const [index, { parents }] of expectations.entries()) for (const parent of new Set(parents)) children[parent]?.push(index);
  const order = topologicalOrder(name, expectations, children);
  const criticalWorkMs = new Array<number>(expectations.length).fill(0);
  const criticalPathMs = new Array<number>(expectations.length).fill(0);
  for (const index of order.toReversed()) {
    const { taskCount, meanTaskMs } = expectations[index] as StageExpectation;
    const largest = (values: readonly number[]) => (children[index] ?? []).reduce((most, child) => Math.max(most, values[child] ?? 0), 0);
    criticalWorkMs[index] = largest(criticalWorkMs) + taskCount * meanTaskMs;
    criticalPathMs[index] = largest(criticalPathMs) + meanTaskMs;
  }
  const stages = expectations.map((expectation, index) => ({
    ...{ index, name: expectation.name, taskCount: expectation.taskCount, meanTaskMs: expectation.meanTaskMs },
    meanTaskMsByLevel: expectation.meanTaskMsByLevel ?? [],
    memoryBytes: expectation.memoryBytes ?? 0,
    poolIds: expectation.poolIds,
    parents: [...new Set(expectation.parents)],
    children: children[index] ?? [],
    criticalWorkMs: criticalWorkMs[index] ?? 0,
    criticalPathMs: criticalPathMs[index] ?? 0,
  }));
  const sum = (valueOf: (stage: StageShape) => number) => stages.reduce((total, stage) => total + valueOf(stage), 0);
  return { name, levels, stages, order, workMs: sum(({ taskCount, meanTaskMs }) => taskCount * meanTaskMs), taskCount: sum(({ taskCount }) => taskCount) };
}

interface Sizes {
  readonly stageCount: number;
  readonly levelCount: number;
}

function check(job: string, { name, taskCount, meanTaskMs, meanTaskMsByLevel = [], memoryBytes = 0, parents }: StageExpectation, { stageCount, levelCount }: Sizes): void {
  const fail = (what: string): never => {
    throw new OrreryError('ORRERY_VALIDATION', `job ${job}, stage ${name}: ${what}`);
  };
  const isFigure = (value: number) => Number.isFinite(value) && value >= 0;
  if (!Number.isInteger(taskCount) || taskCount < 1) fail(`expected at least one task, got ${taskCount}`);
  if (!isFigure(meanTaskMs)) fail(`expected a duration of 0 ms or more, got ${meanTaskMs}`);
  if (!isFigure(memoryBytes)) fail(`expected memory of 0 bytes or more, got ${memoryBytes}`);
  if (meanTaskMsByLevel.length > 0 && meanTaskMsByLevel.length !== levelCount) fail(`expected ${levelCount} durations by parallelism, got ${meanTaskMsByLevel.length}`);
  if (!meanTaskMsByLevel.every(isFigure)) fail('a duration by parallelism is no number of 0 or more');
  const stranger = parents.find((parent) => !Number.isInteger(parent) || parent < 0 || parent >= stageCount);
  if (stranger !== undefined) fail(`depends on stage ${stranger}, of ${stageCount}`);
}

/** Kahn 1962. */
function topologicalOrder(name: string, stages: readonly StageExpectation[], children: readonly (readonly number[])[]): readonly number[] {
  const waitingFor = stages.map(({ parents }) => new Set(parents).size);
  const order = stages.flatMap((_, index) => (waitingFor[index] === 0 ? [index] : []));
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
