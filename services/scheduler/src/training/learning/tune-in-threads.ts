import { tunedFamily, type ListRules, type Workload } from '../../domain/index.js';
import type { Scenario } from '../../domain/release/scenario.js';
import type { EpisodePool, RunOptions } from '../episodes/episode-pool.js';
import type { EpisodeOutcome } from '../episodes/run-episodes.js';

/** Where a heuristic is looked for: one part or several, each with its own sequences. */
export interface TuningPlace {
  readonly workload: Workload;
  readonly scenario: Scenario;
  /** At least one; not those of an evaluation. */
  readonly seeds: readonly number[];
}

export interface TuningOptions extends RunOptions {
  /** Weight of executor-seconds of a job. @default 0 */
  readonly lambda?: number;
  /** How many times the worse half is dropped and the sequences of the others are doubled; 0 shows all sequences to every member. @default 3 */
  readonly halvings?: number;
  /** @default tunedFamily */
  readonly family?: readonly ListRules[];
}

/**
 * The member of the family of list schedulers with the least cost over all places: completion time + lambda x executor-seconds of a job, each place
 * as a share of what its first member needs, so that long jobs do not outweigh short ones. It is what a learned policy has to beat.
 *
 * Source: Karnin, Koren and Somekh 2013, Almost Optimal Exploration in Multi-Armed Bandits (sequential halving).
 */
export async function tuneInThreads(pool: EpisodePool, places: readonly TuningPlace[], { lambda = 0, halvings = 3, family = tunedFamily, onProgress, signal }: TuningOptions = {}): Promise<ListRules> {
  const all = episodeCount(places, family.length, halvings);
  const scales = places.map(() => Number.NaN);
  let done = 0;
  let left = family.map((rules) => ({ rules, cost: 0 }));
  let seen = 0;
  for (let round = halvings; round >= 0; round -= 1) {
    const share = 2 ** -round;
    const tasks = places.flatMap(({ workload, scenario, seeds }) =>
      left.map(({ rules }) => ({ policy: { kind: 'rules' as const, name: 'tuned', rules }, scenario, workload, seeds: seeds.slice(Math.ceil(seeds.length * seen), Math.ceil(seeds.length * share)) })),
    );
    const before = done;
    const outcomes = await pool.run(tasks, { signal, onProgress: (count) => onProgress?.((done = before + count), all) });
    for (const [place] of places.entries()) {
      const costs = left.map((_, index) => costOf(outcomes[place * left.length + index] as readonly EpisodeOutcome[], lambda));
      if (Number.isNaN(scales[place])) scales[place] = costs[0] || 1;
      left = left.map(({ rules, cost }, index) => ({ rules, cost: cost + (costs[index] as number) / (scales[place] as number) }));
    }
    seen = share;
    left = left.toSorted((one, other) => one.cost - other.cost);
    if (round > 0) left = left.slice(0, Math.max(2, Math.ceil(left.length / 2)));
  }
  return (left[0] as { readonly rules: ListRules }).rules;
}

/** Over all episodes, seconds; Infinity when a job was left undone. */
function costOf(outcomes: readonly EpisodeOutcome[], lambda: number): number {
  return outcomes.reduce((sum, { meanCompletionSeconds, executorSeconds, finishedCount, jobCount }) => sum + (finishedCount === jobCount ? meanCompletionSeconds + (lambda * executorSeconds) / jobCount : Infinity), 0);
}

function episodeCount(places: readonly TuningPlace[], memberCount: number, halvings: number): number {
  let [members, seen, sum] = [memberCount, 0, 0];
  for (let round = halvings; round >= 0; round -= 1) {
    const share = 2 ** -round;
    sum += members * places.reduce((count, { seeds }) => count + Math.ceil(seeds.length * share) - Math.ceil(seeds.length * seen), 0);
    seen = share;
    members = Math.max(2, Math.ceil(members / 2));
  }
  return sum;
}
