/** A box around pairs of numbers that were seen close together: [low, high] of the first and of the second number. */
export interface NoveltyBox {
  readonly low: Pair;
  readonly high: Pair;
  /** The step at which a pair last fell in it or made it grow. */
  readonly lastSeen: number;
}

export type Pair = readonly [number, number];

/** What one view of a series has seen: a bounded set of boxes in units of the series. */
export interface NoveltyMemory {
  readonly boxes: readonly NoveltyBox[];
  /** Pairs so far. */
  readonly step: number;
  /** Least and greatest number in the boxes. */
  readonly range: Pair;
}

export const emptyMemory: NoveltyMemory = { boxes: [], step: 0, range: [0, 0] };

/** Width of what is remembered, by which distances are measured: never less than a thousandth of the greatest number, lest a constant alarm at its first tremor. */
export function widthOf({ range: [low, high] }: NoveltyMemory): number {
  return Math.max(high - low, 1e-3 * Math.max(Math.abs(low), Math.abs(high)), 1e-12);
}

/** A box grows while its mean side is at most this share of the range. Scores are flat between 0.15 and 0.4; smaller needs more boxes for the same series. */
const largestSide = 0.25;
/** Boxes of that size cover the whole square of pairs with fewer; the bound keeps the memory constant when noise makes slivers. */
const boxLimit = 64;
/** What has not come back for so many values counts as unseen again: two weeks of samples every five minutes. */
export const rememberedSamples = 4096;

export interface Novelty {
  readonly memory: NoveltyMemory;
  /** How far the pair lies outside all that is remembered, in widths of the range, mean of the two axes; 0 inside a box and for the first pair. */
  readonly novelty: number;
}

function excess(value: number, low: number, high: number): number {
  if (value < low) return low - value;
  return value > high ? value - high : 0;
}

interface Nearest {
  /** Mean distance to the nearest box. */
  readonly distance: number;
  /** The nearest box that may grow to take the pair in; -1 when none may. */
  readonly index: number;
}

function nearestOf(boxes: readonly NoveltyBox[], [first, second]: Pair, width: number): Nearest {
  let distance = Number.POSITIVE_INFINITY;
  let growth = Number.POSITIVE_INFINITY;
  let index = -1;
  for (let at = 0; at < boxes.length; at += 1) {
    const box = boxes[at];
    if (box === undefined) continue;
    const outside = (excess(first, box.low[0], box.high[0]) + excess(second, box.low[1], box.high[1])) / (2 * width);
    if (outside < distance) distance = outside;
    const side = (box.high[0] - box.low[0] + box.high[1] - box.low[1]) / (2 * width);
    if (side + outside <= largestSide && outside < growth) {
      growth = outside;
      index = at;
    }
  }
  return { distance, index };
}

function grown(box: NoveltyBox, pair: Pair, step: number): NoveltyBox {
  return {
    low: [Math.min(box.low[0], pair[0]), Math.min(box.low[1], pair[1])],
    high: [Math.max(box.high[0], pair[0]), Math.max(box.high[1], pair[1])],
    lastSeen: step,
  };
}

function rangeOf(boxes: readonly NoveltyBox[]): Pair {
  return [Math.min(...boxes.flatMap(({ low }) => low)), Math.max(...boxes.flatMap(({ high }) => high))];
}

function widened([low, high]: Pair, [first, second]: Pair): Pair {
  return [Math.min(low, first, second), Math.max(high, first, second)];
}

function withoutOldest(boxes: readonly NoveltyBox[]): NoveltyBox[] {
  const oldest = Math.min(...boxes.map(({ lastSeen }) => lastSeen));
  return boxes.filter(({ lastSeen }) => lastSeen !== oldest);
}

/**
 * Says how unlike everything seen a pair is, then remembers it: an unlike pair is new only once.
 * After the categories of fuzzy ART (Carpenter, Grossberg and Rosen 1991, doi 10.1016/0893-6080(91)90056-B), here as plain boxes in the units of the series.
 *
 * @param width by which distances are measured, see {@link widthOf}. @minimum 0 (exclusive)
 */
export function recall(memory: NoveltyMemory, pair: Pair, width: number): Novelty {
  const step = memory.step + 1;
  const isAnyStale = memory.boxes.length > 1 && memory.boxes.some(({ lastSeen }) => step - lastSeen > rememberedSamples);
  const boxes = isAnyStale ? memory.boxes.filter(({ lastSeen }) => step - lastSeen <= rememberedSamples) : memory.boxes;
  const { distance, index } = nearestOf(boxes, pair, width);
  const home = boxes[index];
  if (home === undefined) return { memory: withNewBox(boxes, pair, step), novelty: boxes.length === 0 ? 0 : distance };
  const range = widened(isAnyStale ? rangeOf(boxes) : memory.range, pair);
  return { memory: { boxes: boxes.with(index, grown(home, pair, step)), step, range }, novelty: distance };
}

function withNewBox(boxes: readonly NoveltyBox[], pair: Pair, step: number): NoveltyMemory {
  const kept = boxes.length < boxLimit ? boxes : withoutOldest(boxes);
  const all = [...kept, { low: pair, high: pair, lastSeen: step }];
  return { boxes: all, step, range: rangeOf(all) };
}
