import { normalQuantile, type Random } from '@orrery/stats';
import type { JobTemplate, StageDurations } from '../simulation/workload.js';
import { shapeOf, type StageExpectation } from '../state/job-shape.js';

/** One wave of a stage: log-normal durations that grow with the executors that the job holds. */
export interface Wave {
  /** Mean at few executors, ms. */
  readonly meanMs: number;
  /** Deviation / mean. */
  readonly spread: number;
  /** By how much of the mean a task gets longer with every executor beyond {@link fewExecutors}. */
  readonly slope: number;
}

/** A stage as it is drawn: from it follow what is expected of it and what its tasks take. */
export interface DrawnStage {
  readonly name: string;
  readonly taskCount: number;
  readonly parents: readonly number[];
  readonly firstWave: Wave;
  readonly restWave: Wave;
  /** How much longer than in the first wave it takes an executor that comes from elsewhere, ms; undefined where nobody measured it: the simulator adds its own. */
  readonly freshExtraMs: number | undefined;
  /** What its tasks need, bytes, and their deviation / mean; none where memory does not matter. */
  readonly memory?: { readonly meanBytes: number; readonly spread: number };
}

/** Up to so many executors a job's tasks do not get in each other's way. */
const fewExecutors = 5;
/** Stages are expected to need so many deviations more than the mean of memory: about 1 task in 30 needs more still. */
const memoryReserve = 2;
/** Longest list of one wave at one level: enough for its tails, and little to hold in memory. */
const listLength = 40;

/** Log-normal with this median; `sigma` is the deviation of its logarithm. */
export function logNormal(random: Random, median: number, sigma: number): number {
  return median * Math.exp(sigma * random.normal());
}

/** The job of drawn stages. @param levels numbers of executors that it gets durations for, ascending. */
export function drawnTemplate(name: string, stages: readonly DrawnStage[], levels: readonly number[]): JobTemplate {
  const durations = stages.map((stage) => durationsOf(stage, levels));
  const expectations = stages.map((stage, index): StageExpectation => {
    const byLevel = levels.map((level, at) => meanAtLevel(stage.taskCount, durations[index] as StageDurations, { level, at }));
    return {
      ...{ name: stage.name, taskCount: stage.taskCount, parents: stage.parents },
      meanTaskMs: meanOf(byLevel),
      meanTaskMsByLevel: byLevel,
      ...(stage.memory === undefined ? {} : { memoryBytes: Math.round(stage.memory.meanBytes * (1 + memoryReserve * stage.memory.spread)) }),
    };
  });
  const peakMemoryBytes = stages.map(({ memory, taskCount }) => (memory === undefined ? Float64Array.of(0) : quantilesOf(memory.meanBytes, memory.spread, Math.min(taskCount, listLength))));
  return { shape: shapeOf(name, expectations, levels), durations, ...(stages.some(({ memory }) => memory !== undefined) ? { peakMemoryBytes } : {}) };
}

function durationsOf({ taskCount, firstWave, restWave, freshExtraMs }: DrawnStage, levels: readonly number[]): StageDurations {
  const wave = ({ meanMs, spread, slope }: Wave, extraMs: number, countAt: (level: number) => number) =>
    levels.map((level) => quantilesOf(meanMs * (1 + slope * Math.max(0, level - fewExecutors)) + extraMs, spread, Math.min(countAt(level), listLength)));
  const firstCount = (level: number) => Math.min(level, taskCount);
  return {
    fresh: wave(firstWave, freshExtraMs ?? 0, freshExtraMs === undefined ? () => 0 : firstCount),
    firstWave: wave(firstWave, 0, firstCount),
    restWave: wave(restWave, 0, (level) => taskCount - firstCount(level)),
  };
}

/** So many equally likely values of a log-normal, ascending, whole ms or bytes of at least 1. */
function quantilesOf(mean: number, spread: number, count: number): Float64Array {
  const sigma = Math.sqrt(Math.log(1 + spread ** 2));
  return Float64Array.from({ length: count }, (_, index) => Math.max(1, Math.round(mean * Math.exp(sigma * normalQuantile((index + 0.5) / count) - sigma ** 2 / 2))));
}

function meanAtLevel(taskCount: number, { firstWave, restWave }: StageDurations, { level, at }: { readonly level: number; readonly at: number }): number {
  const first = Math.min(level, taskCount);
  return (first * meanOf(firstWave[at] ?? []) + (taskCount - first) * meanOf(restWave[at] ?? [])) / taskCount;
}

function meanOf(values: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    sum += value;
    count += 1;
  }
  return sum / Math.max(count, 1);
}
