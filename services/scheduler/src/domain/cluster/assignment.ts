import type { Given } from './cluster.js';

/** So many tasks of one stage of a run are to be started now in a pool. */
export interface Assignment {
  readonly runId: string;
  readonly task: string;
  readonly poolId: string;
  readonly count: number;
  /** What each is to be given; undefined where nobody knows. */
  readonly memoryBytes: number | undefined;
  readonly bid: number | undefined;
  readonly price: number | undefined;
  /** How many slots the run should have in all. */
  readonly desiredSlots: number;
  /** In words. */
  readonly reason: string;
}

/** What was given, one entry for each stage and pool, in the order in which it was decided. */
export function assignmentsOf(given: readonly Given[], policyName: string): readonly Assignment[] {
  const merged = new Map<string, Given>();
  for (const one of given) {
    const key = `${one.job.terms.number} ${one.stage.shape.index} ${one.pool.id}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? one : { ...before, count: before.count + one.count, desiredCount: one.desiredCount });
  }
  return [...merged.values()].map((one) => assignmentOf(one, policyName));
}

function assignmentOf(given: Given, policyName: string): Assignment {
  const { job, stage, pool, count, supplyBefore, bid, price, desiredCount = 0 } = given;
  const { memoryBytes } = stage.shape;
  return {
    ...{ runId: job.terms.id, task: stage.shape.name, poolId: pool.id, count, memoryBytes: memoryBytes > 0 ? memoryBytes : undefined, bid, price },
    desiredSlots: Math.max(Math.round(desiredCount), supplyBefore + count),
    reason: reasonOf(given, policyName),
  };
}

function reasonOf({ job, stage, count, supplyBefore, waitingBefore, bid, desiredCount = 0, forcedBy }: Given, policyName: string): string {
  const { criticalWorkMs, meanTaskMs } = stage.shape;
  const wanted = desiredCount > 0 ? `, should have ${Math.round(desiredCount)}` : '';
  const offered = bid === undefined ? '' : `, bids ${bid.toPrecision(3)}`;
  const behind = criticalWorkMs > meanTaskMs * count ? `, ${durationWords(criticalWorkMs)} of work from here to its end` : '';
  return `${policyName}: the run has ${supplyBefore} ${supplyBefore === 1 ? 'slot' : 'slots'}${wanted}${offered}; ${waitingBefore} of ${stage.shape.name} can start, ${durationWords(meanTaskMs)} each${behind}; ${durationWords(job.remainingWorkMs)} left in all${forcedBy === undefined ? '' : `; ${forcedBy}`}`;
}

function durationWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1000).toPrecision(3))} s`;
  if (ms < 7_200_000) return `${Number((ms / 60_000).toPrecision(3))} min`;
  return `${Number((ms / 3_600_000).toPrecision(3))} h`;
}
