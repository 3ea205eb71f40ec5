import { messageOf } from '@orrery/errors';
import type { Choice, Policy } from '../policy.js';
import type { StageState } from '../state/job-state.js';
import type { Cluster, ClusterPool, Given } from './cluster.js';

/** What came of asking a policy again and again. */
export interface Played {
  readonly given: readonly Given[];
  /** Why it was broken off; undefined when the policy had its say to the end. */
  readonly fault: { readonly kind: 'deadline' | 'invalid' | 'failure'; readonly words: string } | undefined;
}

/**
 * Lets a policy decide about all free slots, pool by pool, the fastest first; the cluster is afterwards as it was.
 *
 * @param isLate asked between two choices: no single choice is broken off.
 */
export function playPolicy(cluster: Cluster, policy: Policy, isLate: () => boolean): Played {
  const fault = play(cluster, policy, isLate);
  return { given: cluster.takeBack(), fault };
}

/** The same, with what was not decided in time given away first come, first served: an answer that needs no more than one look at each run. */
export function playToTheEnd(cluster: Cluster, policy: Policy, isLate: () => boolean): Played {
  const fault = play(cluster, policy, isLate);
  if (fault !== undefined) giveInOrder(cluster);
  return { given: cluster.takeBack(), fault };
}

function play(cluster: Cluster, policy: Policy, isLate: () => boolean): Played['fault'] {
  try {
    for (const pool of fastestFirst(cluster.pools)) {
      const fault = playPool(cluster, pool, () => (isLate() ? late : choose(cluster, policy)));
      if (fault !== undefined) return fault;
    }
    return undefined;
  } catch (error) {
    return { kind: 'failure', words: messageOf(error) };
  }
}

const late: Played['fault'] = { kind: 'deadline', words: 'there was no time left' };

/** Rounds in which each stage is chosen once, as long as slots are free and anything is ready. */
function playPool(cluster: Cluster, pool: ClusterPool, step: () => Played['fault']): Played['fault'] {
  cluster.offer(pool);
  while (cluster.freeCount > 0 && (cluster.isAnyReady() || (cluster.beginRound() && cluster.isAnyReady()))) {
    const fault = step();
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function choose(cluster: Cluster, policy: Policy): Played['fault'] {
  const choice = policy.decide(cluster);
  const words = faultOf(cluster, choice);
  if (words !== undefined) return { kind: 'invalid', words };
  if (choice.stage === undefined) cluster.rest(choice.count);
  else cluster.give(choice.stage, choice);
  return undefined;
}

function fastestFirst(pools: readonly ClusterPool[]): readonly ClusterPool[] {
  return pools.length === 1 ? pools : pools.toSorted((one, other) => one.timeFactor - other.timeFactor);
}

/** A choice that no policy should make. */
function faultOf(cluster: Cluster, { stage, count, bid, price, desiredCount }: Choice): string | undefined {
  if (!Number.isInteger(count) || count < 1 || count > cluster.freeCount) return `it chose ${count} slots of ${cluster.freeCount}`;
  if (stage === undefined) return undefined;
  for (const [what, value] of [['bid', bid], ['price', price], ['number of slots wanted', desiredCount]] as const) {
    if (value !== undefined && !Number.isFinite(value)) return `its ${what} is ${value}`;
  }
  return cluster.canTake(stage) ? undefined : `it chose stage ${stage.shape.name}, which cannot start a task there`;
}

function giveInOrder(cluster: Cluster): void {
  for (const pool of fastestFirst(cluster.pools)) {
    cluster.offer(pool);
    for (const job of cluster.jobs) {
      if (cluster.freeCount === 0) break;
      for (const stage of job.runnable) giveAll(cluster, stage);
    }
  }
}

function giveAll(cluster: Cluster, stage: StageState): void {
  if (cluster.freeCount > 0 && cluster.isReady(stage)) cluster.give(stage, { stage, count: cluster.freeCount });
}
