/** When something began and ended. */
export interface Timed {
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
}

export interface TimeSplit<Item> {
  readonly training: readonly Item[];
  readonly validation: readonly Item[];
  /** Never looked at before the end. */
  readonly heldOut: readonly Item[];
}

const trainingShare = 0.7;
const validationShare = 0.15;

/**
 * The oldest 70 % to learn from, the next 15 % to choose by, the newest 15 % to measure on. What had not ended when the next part began is
 * left out: whoever trained then could not have known it.
 *
 * @param items in the order in which they began.
 */
export function splitByTime<Item extends Timed>(items: readonly Item[]): TimeSplit<Item> {
  const validationFromMs = items[Math.floor(items.length * trainingShare)]?.startedAtMs ?? 0;
  const heldOutFromMs = items[Math.floor(items.length * (trainingShare + validationShare))]?.startedAtMs ?? 0;
  return {
    training: items.filter(({ startedAtMs, finishedAtMs }) => startedAtMs < validationFromMs && finishedAtMs <= validationFromMs),
    validation: items.filter(({ startedAtMs, finishedAtMs }) => startedAtMs >= validationFromMs && startedAtMs < heldOutFromMs && finishedAtMs <= heldOutFromMs),
    heldOut: items.filter(({ startedAtMs }) => startedAtMs >= heldOutFromMs),
  };
}
