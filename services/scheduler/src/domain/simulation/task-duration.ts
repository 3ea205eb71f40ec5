import { commonDraw } from './common-draws.js';
import type { Executor, SimulatedStage } from './simulated-job.js';

/** What it costs an executor to begin in a job it was not warmed up for, ms, where no duration of such a beginning was measured. */
const warmUpMs = 1000;
/** Tells apart what is drawn for one task. */
const durationDraw = 0;
const levelDraw = 1;

interface Levels {
  readonly lower: number;
  readonly upper: number;
  readonly lowerCount: number;
  readonly upperCount: number;
}

/**
 * Draws how long tasks take: from what was measured with as many executors as their job holds now, and of an executor with the same past.
 *
 * Between two measured numbers of executors one is drawn; as in the simulator that the measurements were published with, the lower one is
 * the likelier the farther it is. Source: Mao et al. 2019, Learning Scheduling Algorithms for Data Processing Clusters (SIGCOMM).
 */
export class TaskDurations {
  private readonly levelsOf = new Map<readonly number[], readonly Levels[]>();

  constructor(private readonly executorCount: number) {}

  /** Of the next task of a stage on an executor, ms. */
  draw(seed: number, stage: SimulatedStage, { lastTask }: Executor): number {
    const { job, shape } = stage;
    const task = 2 * stage.startedCount;
    const level = this.levelFor(job.shape.levels, job.executorCount, () => commonDraw(seed, job.terms.number, shape.index, task + levelDraw));
    const { list, extraMs } = listFor(stage, lastTask, level);
    return (list[Math.floor(commonDraw(seed, job.terms.number, shape.index, task + durationDraw) * list.length)] ?? shape.meanTaskMs) + extraMs;
  }

  private levelFor(levels: readonly number[], executors: number, uniform: () => number): number {
    let known = this.levelsOf.get(levels);
    if (known === undefined) this.levelsOf.set(levels, (known = Array.from({ length: this.executorCount + 1 }, (_, count) => between(levels, count))));
    const { lower, upper, lowerCount, upperCount } = known[Math.min(executors, this.executorCount)] as Levels;
    if (lower === upper) return lower;
    return 1 + Math.floor(uniform() * (upperCount - lowerCount)) <= executors - lowerCount ? lower : upper;
  }
}

function listFor(stage: SimulatedStage, lastTask: SimulatedStage | undefined, level: number): { readonly list: Float64Array; readonly extraMs: number } {
  const fresh = stage.durations.fresh[level] as Float64Array;
  const firstWave = stage.durations.firstWave[level] as Float64Array;
  const restWave = stage.durations.restWave[level] as Float64Array;
  if (lastTask?.job !== stage.job) return fresh.length > 0 ? { list: fresh, extraMs: 0 } : { list: firstWave, extraMs: warmUpMs };
  if (lastTask === stage && restWave.length > 0) return { list: restWave, extraMs: 0 };
  return { list: firstWave.length > 0 ? firstWave : fresh, extraMs: 0 };
}

function between(levels: readonly number[], count: number): Levels {
  const first = levels.findIndex((level) => count <= level);
  const upper = first === -1 ? Math.max(levels.length - 1, 0) : first;
  const upperCount = levels[upper] ?? 0;
  const lower = first <= 0 || upperCount === count ? upper : upper - 1;
  return { lower, upper, lowerCount: levels[lower] ?? 0, upperCount };
}
