import { leastSquares } from '@orrery/learning';
import { median } from '@orrery/stats';
import { followRecent } from '../duration/recent-shift.js';
import { memoised } from '../history/memoised.js';
import { logSpread } from '../duration/log-spread.js';
import { leastWaste, withTail, type Possibility } from './expected-waste.js';
import { knownTooLittle, needsOf, retriesThatWorked, type Need } from './known-failures.js';
import { checkMemory, type MemoryPoint, type MemoryQuery, type MemorySizing } from './memory-point.js';

// A line of the input's size has to waste clearly less than one level for all inputs.
const lineMargin = 0.9;
const leastSizes = 3;
const usualSpread = 0.1;
const recentLength = 8;
// Attempts after which one counts half.
const halfLife = 24;
const ladderLength = 4;
const growth = 1.5;
const greatestGrowth = 2;

type Expectation = (sizeBytes: number | null) => number;

interface NeedModel {
  readonly name: 'level' | 'line';
  readonly expectedBytes: Expectation;
  /** Needs as multiples of what was expected, and beyond. */
  readonly possibilities: readonly Possibility[];
  /** Expected at the inputs seen, in bytes x ms. */
  readonly waste: number;
  /** In order of time. */
  readonly needs: readonly Need[];
}

/**
 * How much memory to allocate for a task, from its last finished attempts, so that the expected waste is least: allocation x time of what is not
 * used, and the whole allocation x time of an attempt that fails. Never at or below a size that is known to have been too little for an input no
 * greater. Equivariant: peaks and limits times c give allocations times c.
 *
 * @param history one attempt or more, at most some 64, in any order. Not to be changed afterwards: what was worked out from it is kept with it.
 * @throws ORRERY_VALIDATION without history, or when a number is not in its range.
 * @example
 * sizeMemory(points, { inputSizeBytes: 4e9, attempt: 1, nowMs }) // { allocationBytes: 6.1e9, ladder: [7.4e9, 14.8e9, …], … }
 */
export function sizeMemory(history: readonly MemoryPoint[], query: MemoryQuery): MemorySizing {
  checkMemory(history, query);
  const { model, middle, spread } = query.inputSizeBytes === null ? fitUnsized(history) : fitSized(history);
  const expected = model.expectedBytes(query.inputSizeBytes);
  const possibilities = model.possibilities.map((one) => ({ ...one, need: one.need * expected }));
  const steps = stepsUp(possibilities, knownTooLittle(history, query.inputSizeBytes), retriesThatWorked(history));
  const taken = Math.min(Math.max(0, Math.floor(query.attempt) - 1), ladderLength);
  const p50Bytes = expected * Math.exp(middle);
  const { below, above } = spread;
  return {
    allocationBytes: steps[taken] ?? p50Bytes,
    p10Bytes: p50Bytes * Math.exp(-below),
    p50Bytes,
    p90Bytes: p50Bytes * Math.exp(above),
    ladder: steps.slice(taken + 1, taken + 1 + ladderLength),
    basis: { model: model.name, samples: model.needs.length },
  };
}

const fitSized = memoised((history: readonly MemoryPoint[]) => fitted(history, true));
const fitUnsized = memoised((history: readonly MemoryPoint[]) => fitted(history, false));

/** What does not depend on the question. */
function fitted(history: readonly MemoryPoint[], isSized: boolean) {
  const model = recentModel(modelOf(needsOf(history), isSized));
  const logs = logsOf(model.needs, model.expectedBytes);
  const middle = median(logs);
  return { model, middle, spread: logSpread(logs.map((log) => log - middle), usualSpread) };
}

/** The allocation and its retries: each the best one knowing that the one before was too little. */
function stepsUp(possibilities: readonly Possibility[], knownFailure: number, worked: readonly number[]): number[] {
  const steps: number[] = [];
  let tooLittle = knownFailure;
  let factor = growth;
  while (steps.length < 1 + 2 * ladderLength) {
    let next = leastWaste(possibilities, tooLittle)?.best;
    if (next === undefined) {
      // Beyond all that is thought possible: what a retry got away with, else ever greater steps.
      const above = tooLittle;
      next = worked.find((bytes) => bytes > above && bytes <= above * greatestGrowth) ?? above * factor;
      factor = greatestGrowth;
    }
    steps.push(next);
    tooLittle = next;
  }
  return steps;
}

/** What the last attempts alone show where they clearly differ from those before: a new version that needs more, or less. */
function recentModel(model: NeedModel): NeedModel {
  const { name, needs, expectedBytes } = model;
  const logs = logsOf(needs, expectedBytes);
  const middle = median(logs);
  const hasMoved = isOrdered(needs) && followRecent(logs.map((log) => log - middle)).isRecent;
  return hasMoved ? needModel(name, needs.slice(-recentLength), expectedBytes) : model;
}

function isOrdered(needs: readonly Need[]): boolean {
  return needs[0]?.atMs !== needs.at(-1)?.atMs;
}

function logsOf(needs: readonly Need[], expectedBytes: Expectation): number[] {
  return needs.map(({ bytes, sizeBytes }) => Math.log(bytes / expectedBytes(sizeBytes)));
}

function modelOf(needs: readonly Need[], isSized: boolean): NeedModel {
  const middleBytes = median(needs.map(({ bytes }) => bytes));
  const level = needModel('level', needs, () => middleBytes);
  const sized = needs.filter((need) => need.sizeBytes !== null);
  const usable = isSized && sized.length === needs.length && new Set(sized.map((need) => need.sizeBytes)).size >= leastSizes;
  const line = usable ? lineOf(sized) : null;
  if (line === null) return level;
  const rival = needModel('line', sized, line);
  return rival.waste * (1 + 1 / sized.length) < lineMargin * level.waste ? rival : level;
}

function lineOf(needs: readonly Need[]): Expectation | null {
  const { slope, intercept } = leastSquares(needs.map(({ sizeBytes, bytes }) => ({ x: sizeBytes ?? 0, y: bytes, weight: 1 })));
  if (!(slope > 0)) return null;
  const least = Math.min(...needs.map(({ bytes }) => bytes)) / 2;
  return (sizeBytes) => Math.max(least, intercept + slope * (sizeBytes ?? 0));
}

function needModel(name: NeedModel['name'], needs: readonly Need[], expectedBytes: Expectation): NeedModel {
  // A multiple of a great need wastes more than the same multiple of a small one.
  const weightAt = (index: number): number => (isOrdered(needs) ? 0.5 ** ((needs.length - 1 - index) / halfLife) : 1);
  const seen = needs.map(({ bytes, sizeBytes, durationMs }, index) => ({ need: bytes / expectedBytes(sizeBytes), durationMs: durationMs * expectedBytes(sizeBytes), weight: weightAt(index) }));
  const possibilities = withTail(seen);
  return { name, expectedBytes, possibilities, waste: leastWaste(possibilities)?.leastWaste ?? 0, needs };
}
