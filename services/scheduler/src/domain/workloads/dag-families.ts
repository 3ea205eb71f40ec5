import { OrreryError } from '@orrery/errors';
import { seededRandom, type Random } from '@orrery/stats';
import type { Workload } from '../simulation/workload.js';
import { drawnTemplate, logNormal, type DrawnStage } from './drawn-stage.js';
import { defaultLevels } from './synthetic-queries.js';

/** Shapes of workflows: one after the other, many side by side between two ends, map and reduce, layers with random edges. */
export const dagFamilies = ['chain', 'fork-join', 'map-reduce', 'layered'] as const;
export type DagFamily = (typeof dagFamilies)[number];

export interface FamilyOptions {
  /** Equal seeds give equal jobs. */
  readonly seed: number;
  /** @default all of {@link dagFamilies} */
  readonly families?: readonly DagFamily[];
  /** Of each family. @default 6 */
  readonly kindCount?: number;
  /** How many times the tasks of its kind a job has. @default defaultScales */
  readonly scales?: readonly number[];
  /** Numbers of executors that durations are given for, ascending. @default defaultLevels */
  readonly levels?: readonly number[];
  /** How much more than usual tasks slow each other down: 0 not at all. @default 1 */
  readonly crowding?: number;
}

export const defaultScales: readonly number[] = [1, 2, 4, 8, 16];

const gib = 2 ** 30;

/** A stage without its tasks' durations. */
interface Node {
  readonly taskCount: number;
  readonly parents: readonly number[];
}

const shapes: Readonly<Record<DagFamily, (random: Random) => readonly Node[]>> = {
  chain: (random) => Array.from({ length: 3 + random.below(10) }, (_, index) => ({ taskCount: 1 + random.below(6), parents: index === 0 ? [] : [index - 1] })),
  'fork-join': (random) => {
    const branches = Array.from({ length: 3 + random.below(12) }, () => ({ taskCount: 1 + random.below(4), parents: [0] }));
    return [{ taskCount: 1, parents: [] }, ...branches, { taskCount: 1, parents: branches.map((_, index) => index + 1) }];
  },
  'map-reduce': (random) =>
    Array.from({ length: 1 + random.below(3) }).flatMap((_, round) => [
      { taskCount: 8 + random.below(56), parents: round === 0 ? [] : [2 * round - 1] },
      { taskCount: 1 + random.below(8), parents: [2 * round] },
    ]),
  layered,
};

/** Two to six layers of one to five stages; each waits for one to three of the layer before. */
function layered(random: Random): readonly Node[] {
  const nodes: Node[] = [];
  let before: readonly number[] = [];
  for (let layers = 2 + random.below(5); layers > 0; layers -= 1) {
    const first = nodes.length;
    for (let count = 1 + random.below(5); count > 0; count -= 1) {
      const parents = new Set(before.length === 0 ? [] : Array.from({ length: 1 + random.below(3) }, () => before[random.below(before.length)] as number));
      nodes.push({ taskCount: 1 + Math.floor(12 * random.next() ** 2), parents: [...parents] });
    }
    before = nodes.slice(first).map((_, index) => first + index);
  }
  return nodes;
}

/**
 * Jobs of other shapes than queries, so that what is learned does not lean on one kind of graph. Durations are log-normal around 3 s, from one stage to the
 * other by far, within a stage less; memory around 1 GiB a task.
 *
 * @throws ORRERY_VALIDATION without a family.
 */
export function familyWorkload({ seed, families = dagFamilies, kindCount = 6, scales = defaultScales, levels = defaultLevels, crowding = 1 }: FamilyOptions): Workload {
  if (families.length === 0 || kindCount < 1) throw new OrreryError('ORRERY_VALIDATION', 'expected at least one family of jobs');
  const random = seededRandom(seed);
  const kinds = families.flatMap((family) => Array.from({ length: kindCount }, (_, index) => ({ name: `${family} ${index + 1}`, stages: stagesOf(shapes[family](random), random, crowding) })));
  const scaled = (stages: readonly DrawnStage[], scale: number) => stages.map((stage) => ({ ...stage, taskCount: Math.max(1, Math.round(stage.taskCount * scale)) }));
  return { name: `${families.join(', ')} ${seed}`, sizes: scales.map((scale) => kinds.map(({ name, stages }) => drawnTemplate(`${name} x ${scale}`, scaled(stages, scale), levels))) };
}

function stagesOf(nodes: readonly Node[], random: Random, crowding: number): readonly DrawnStage[] {
  const hardness = crowding * logNormal(random, 0.008, 0.8);
  return nodes.map(({ taskCount, parents }, index) => {
    const meanMs = logNormal(random, 3000, 1);
    const spread = logNormal(random, 0.25, 0.5);
    const slope = hardness * logNormal(random, 1, 0.3);
    return {
      ...{ name: `stage ${index + 1}`, taskCount, parents },
      firstWave: { meanMs: meanMs * (1 + logNormal(random, 0.2, 0.8)), spread, slope },
      restWave: { meanMs, spread, slope },
      freshExtraMs: random.next() < 0.5 ? Math.round(logNormal(random, 500, 0.8)) : undefined,
      memory: { meanBytes: Math.round(logNormal(random, gib, 0.9)), spread: 0.15 },
    };
  });
}

export interface MixturePart {
  readonly workload: Workload;
  /** Whole, at least 1: so many times as likely for each of its sizes. @default 1 */
  readonly weight?: number;
}

/**
 * Jobs of several workloads. A size is drawn with equal chances, so a part is drawn in proportion to its sizes x its weight.
 *
 * @throws ORRERY_VALIDATION without parts, or when a weight is no whole number of at least 1.
 */
export function mixtureOf(name: string, parts: readonly MixturePart[]): Workload {
  if (parts.length === 0) throw new OrreryError('ORRERY_VALIDATION', `mixture ${name} has no parts`);
  const sizes = parts.flatMap(({ workload, weight = 1 }) => {
    if (!Number.isInteger(weight) || weight < 1) throw new OrreryError('ORRERY_VALIDATION', `mixture ${name}: expected a whole weight of at least 1 for ${workload.name}, got ${weight}`);
    return Array.from({ length: weight }, () => workload.sizes).flat();
  });
  return { name, sizes };
}
