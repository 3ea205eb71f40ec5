/** So many tasks of a stage of a run are started in a pool. */
export interface Placement {
  readonly runId: string;
  readonly task: string;
  readonly poolId: string;
  readonly count: number;
}

/** How far two policies would do the same in the same state. */
export interface Agreement {
  /** They start the same tasks in the same pools. */
  readonly isSame: boolean;
  /** Slots that both give to the same task in the same pool. */
  readonly sharedSlots: number;
  /** Slots that either gives out: the larger number of the two. */
  readonly slots: number;
}

/** Compares what two policies would start; the order in which they name it does not matter. */
export function agreementOf(left: readonly Placement[], right: readonly Placement[]): Agreement {
  const first = bySlot(left);
  const second = bySlot(right);
  let sharedSlots = 0;
  for (const [key, count] of first) sharedSlots += Math.min(count, second.get(key) ?? 0);
  const slots = Math.max(total(first), total(second));
  return { isSame: sharedSlots === slots, sharedSlots, slots };
}

function bySlot(placements: readonly Placement[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { runId, task, poolId, count } of placements) {
    const key = JSON.stringify([runId, task, poolId]);
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return counts;
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
