import { seededRandom, type Random } from '@orrery/stats';
import type { JobTemplate, Workload } from '../simulation/workload.js';
import { drawnTemplate, logNormal, type DrawnStage, type Wave } from './drawn-stage.js';

export interface QueryOptions {
  /** Equal seeds give equal jobs; every seed gives other queries. */
  readonly seed: number;
  /** @default 22 */
  readonly kindCount?: number;
  /** Volumes of data, GB. @default defaultSizesGb */
  readonly sizesGb?: readonly number[];
  /** Numbers of executors that durations are given for, ascending. @default defaultLevels */
  readonly levels?: readonly number[];
  /** How much more than usual tasks slow each other down: 0 not at all, 1 as usual. @default 1 */
  readonly crowding?: number;
}

export const defaultSizesGb: readonly number[] = [2, 4, 8, 16, 32, 64, 100];
export const defaultLevels: readonly number[] = [5, 10, 20, 40, 50, 60, 80, 100];

/** A table of a decision-support benchmark: how often queries read it beside the first, and in how many blocks it lies. */
interface Table {
  readonly name: string;
  readonly share: number;
  readonly blocksPerGb: number;
}

const tables: readonly Table[] = [
  { name: 'lines', share: 0.12, blocksPerGb: 5.85 },
  { name: 'orders', share: 0.2, blocksPerGb: 1.35 },
  { name: 'supplies', share: 0.1, blocksPerGb: 0.9 },
  { name: 'customers', share: 0.28, blocksPerGb: 0.2 },
  { name: 'regions', share: 0.3, blocksPerGb: 0 },
];
const shares = tables.map(({ share }) => share);
const fewestBlocks = 2;
/** Tasks of a stage that shuffles, whatever the volume: the usual default of such engines. */
const shuffleTaskCount = 200;
/** How many of 22 queries read 1, 2, … tables. */
const queriesByTableCount = [3, 6, 4, 3, 2, 2, 1, 1];
/** Share of the queries that begin with the largest table. */
const largestFirstShare = 0.7;

/** What one stage of a kind is like at any volume. */
interface StagePlan {
  readonly name: string;
  readonly parents: readonly number[];
  readonly taskCountAt: (gb: number) => number;
  readonly firstWaveAt: (gb: number) => Wave;
  readonly restWaveAt: (gb: number) => Wave;
  readonly freshExtraMs: number | undefined;
}

/**
 * Jobs like the queries of a decision-support benchmark on a data-parallel engine: trees of joins over scanned tables, 2 to 19 stages, every kind at every
 * volume. Scans have a task a block of their table; joins and aggregates shuffle with 200 short tasks; the last stage is small, as a rule.
 * The first tasks of an executor take longer than the later ones, work is heavy-tailed, and executors of one job slow each other down.
 *
 * The figures are round ones after the statistics of TPC-H on Spark (Mao et al. 2019, SIGCOMM): medians and deciles of numbers of tasks and of durations
 * by wave and number of executors. No measured value is in here.
 *
 * @example arrivalsOf(syntheticQueries({ seed: 100_000 }), { initialJobs: 20, laterJobs: 0, meanGapMs: 0 }, 100_000)
 */
export function syntheticQueries({ seed, kindCount = 22, sizesGb = defaultSizesGb, levels = defaultLevels, crowding = 1 }: QueryOptions): Workload {
  const random = seededRandom(seed);
  const kinds = Array.from({ length: kindCount }, () => kindOf(random, crowding));
  const templateOf = (plan: readonly StagePlan[], kind: number, gb: number): JobTemplate =>
    drawnTemplate(
      `query ${kind + 1} of ${gb} GB`,
      plan.map((stage) => ({ ...stage, taskCount: stage.taskCountAt(gb), firstWave: stage.firstWaveAt(gb), restWave: stage.restWaveAt(gb) }) satisfies DrawnStage),
      levels,
    );
  return { name: `synthetic queries ${seed}`, sizes: sizesGb.map((gb) => kinds.map((plan, kind) => templateOf(plan, kind, gb))) };
}

function kindOf(random: Random, crowding: number): readonly StagePlan[] {
  // Some queries are hard on the machines in all their stages.
  const hardness = crowding * logNormal(random, 1, 0.25);
  const stages: StagePlan[] = [];
  const add = (stage: StagePlan): number => stages.push(stage) - 1;
  const tableCount = 1 + drawn(random, queriesByTableCount);
  let open: number[] = [];
  for (let table = 0; table < tableCount; table += 1) {
    const isLargest = table === 0 && (tableCount === 1 || random.next() < largestFirstShare);
    open.push(add(scan(random, isLargest ? 0 : drawn(random, shares), hardness)));
    if (open.length > 1 && random.next() < 0.8) open = joined(open, (parents) => add(shuffle(random, parents, hardness)));
  }
  while (open.length > 1) open = joined(open, (parents) => add(shuffle(random, parents, hardness)));
  for (let aggregates = aggregateCount(random, tableCount); aggregates > 0; aggregates -= 1) open = [add(shuffle(random, open, hardness))];
  if (stages.length < 2 || random.next() < 0.9) add(summary(random, open, hardness));
  return stages;
}

function aggregateCount(random: Random, tableCount: number): number {
  return tableCount === 1 && random.next() < 0.5 ? 0 : Math.floor(random.next() ** 1.5 * 4);
}

/** Joins the last two of what is open: mostly left-deep trees, bushy where scans were left open before. */
function joined(open: readonly number[], join: (parents: readonly number[]) => number): number[] {
  return [...open.slice(0, -2), join(open.slice(-2))];
}

/** An index, in proportion to its weight. */
function drawn(random: Random, weights: readonly number[]): number {
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  return Math.max(0, weights.findIndex((weight) => (left -= weight) < 0));
}

function scan(random: Random, tableIndex: number, hardness: number): StagePlan {
  const table = tables[tableIndex] as Table;
  // Blocks of a large table are full; those of a small one hold anything.
  const restMs = table.blocksPerGb >= 1 ? logNormal(random, 2000, 0.1) : logNormal(random, 1100, 0.7);
  const firstRatio = 1 + logNormal(random, 0.5, 0.5);
  const slope = { rest: 0.003 * hardness * logNormal(random, 1, 0.3), first: 0.006 * hardness * logNormal(random, 1, 0.8) };
  return {
    name: `scan ${table.name}`,
    parents: [],
    taskCountAt: (gb) => Math.max(fewestBlocks, Math.round(table.blocksPerGb * gb)),
    firstWaveAt: () => ({ meanMs: restMs * firstRatio, spread: 0.09, slope: slope.first }),
    restWaveAt: () => ({ meanMs: restMs, spread: 0.09, slope: slope.rest }),
    freshExtraMs: Math.round(logNormal(random, 60, 1)),
  };
}

function shuffle(random: Random, parents: readonly number[], hardness: number): StagePlan {
  const startMs = logNormal(random, 17, 0.5);
  const perGbMs = logNormal(random, parents.length > 1 ? 0.7 : 0.25, 1.4);
  const firstMs = logNormal(random, parents.length > 1 ? 200 : 90, 0.7);
  const spread = logNormal(random, 0.4, 0.45);
  const slope = { rest: 0.028 * hardness * logNormal(random, 1, 0.4), first: 0.0165 * hardness * logNormal(random, 1, 0.5) };
  return {
    name: parents.length > 1 ? 'join' : 'aggregate',
    parents,
    taskCountAt: () => shuffleTaskCount,
    firstWaveAt: (gb) => ({ meanMs: firstMs + startMs + perGbMs * gb, spread: spread / 3, slope: slope.first }),
    restWaveAt: (gb) => ({ meanMs: startMs + perGbMs * gb, spread, slope: slope.rest }),
    freshExtraMs: random.next() < 0.2 ? Math.round(logNormal(random, 400, 0.8)) : undefined,
  };
}

/** Sorts, limits, writes: few tasks as a rule. */
function summary(random: Random, parents: readonly number[], hardness: number): StagePlan {
  const taskCount = random.next() < 0.1 ? shuffleTaskCount : 1 + Math.floor(random.next() ** 3 * 8);
  const firstMs = logNormal(random, 170, 0.15);
  return {
    name: 'summary',
    parents,
    taskCountAt: () => taskCount,
    firstWaveAt: () => ({ meanMs: firstMs, spread: 0.08, slope: 0.006 * hardness }),
    restWaveAt: () => ({ meanMs: 23, spread: 0.25, slope: 0.022 * hardness }),
    freshExtraMs: undefined,
  };
}
