import { floorNames } from '../estimate/floors.js';
import type { PredictionOrigin, PredictionTarget, ScoredPrediction } from './ledger-entry.js';
import { gradeOf, pinballLoss } from './score.js';

/** What scores are summed up by. */
export interface AccuracyKey {
  readonly workflowId: string;
  readonly engine: string;
  readonly namespace: string;
  readonly workflow: string;
  readonly task: string;
  readonly target: PredictionTarget;
  readonly origin: PredictionOrigin;
  readonly model: string;
  readonly version: number;
  /** The Monday of the week (UTC), as YYYY-MM-DD, in which it was known what really happened. */
  readonly week: string;
}

/** Sums of scores; those of two parts add up to those of the whole. */
export interface AccuracySums {
  readonly count: number;
  readonly excellent: number;
  readonly good: number;
  readonly fair: number;
  readonly poor: number;
  readonly apeSum: number;
  readonly pinballSum: number;
  readonly covered: number;
  readonly brierSum: number;
  readonly rightCount: number;
  /** In the order of `floorNames`, as are the others: predictions that the rule had an answer for. */
  readonly floorCounts: readonly number[];
  /** Of those, within 25 %. */
  readonly floorHits: readonly number[];
  readonly floorApeSums: readonly number[];
  /** Of the median alone: a plain rule has no other quantile. */
  readonly floorPinballSums: readonly number[];
}

const dayMs = 86_400_000;

/** The Monday of a moment's week (UTC). @example weekOf(Date.UTC(2026, 2, 5)) // '2026-03-02' */
export function weekOf(atMs: number): string {
  const days = Math.floor(atMs / dayMs);
  // The first of January 1970 was a Thursday.
  return new Date((days - ((days + 3) % 7)) * dayMs).toISOString().slice(0, 10);
}

export function accuracyKeyOf({ prediction, outcome }: ScoredPrediction): AccuracyKey {
  const { workflowId, workflow, task, target, origin, basis } = prediction;
  return { workflowId, ...workflow, task, target, origin, model: basis.model, version: basis.version, week: weekOf(outcome.scoredAtMs) };
}

/** What one scored prediction adds. */
export function accuracySumsOf({ prediction, outcome }: ScoredPrediction): AccuracySums {
  const { ape, grade, pinball, isCovered, brier, isRight, actual } = outcome;
  const is = (name: string) => Number(grade === name);
  const floors = floorNames.map((_, index) => floorScore(prediction.floors[index], ape === null ? null : actual));
  return {
    ...{ count: 1, excellent: is('excellent'), good: is('good'), fair: is('fair'), poor: is('poor') },
    ...{ apeSum: summable(ape ?? 0), pinballSum: summable(pinball ?? 0), covered: Number(isCovered ?? false), brierSum: summable(brier ?? 0), rightCount: Number(isRight ?? false) },
    floorCounts: floors.map((floor) => Number(floor !== null)),
    floorHits: floors.map((floor) => Number(floor !== null && (gradeOf(floor.ape) === 'excellent' || gradeOf(floor.ape) === 'good'))),
    floorApeSums: floors.map((floor) => summable(floor?.ape ?? 0)),
    floorPinballSums: floors.map((floor) => summable(floor?.pinball ?? 0)),
  };
}

const grain = 2 ** 20;
const most = 2 ** 20;

/**
 * A value to the nearest millionth or so (2^-20), and a million at most: sums below 2^33 are exact in double precision,
 * and so the same in whichever batches they are added up.
 */
function summable(value: number): number {
  return Math.round(Math.min(value, most) * grain) / grain;
}

function floorScore(predicted: number | undefined, actual: number | null): { readonly ape: number; readonly pinball: number } | null {
  if (predicted === undefined || Number.isNaN(predicted) || actual === null) return null;
  return { ape: Math.abs(predicted - actual) / actual, pinball: pinballLoss(0.5, predicted, actual) / actual };
}

/** Adds up what belongs together; one entry a key, in the order of the keys. */
export function sumAccuracy(scored: readonly ScoredPrediction[]): readonly { readonly key: AccuracyKey; readonly sums: AccuracySums }[] {
  const byKey = new Map<string, { key: AccuracyKey; sums: AccuracySums }>();
  for (const one of scored) {
    const key = accuracyKeyOf(one);
    const id = JSON.stringify([key.workflowId, key.task, key.target, key.model, key.version, key.week, key.origin]);
    const known = byKey.get(id);
    byKey.set(id, { key, sums: known === undefined ? accuracySumsOf(one) : addSums(known.sums, accuracySumsOf(one)) });
  }
  return [...byKey].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, entry]) => entry);
}

export function addSums(left: AccuracySums, right: AccuracySums): AccuracySums {
  const add = (one: number | readonly number[], other: number | readonly number[]) =>
    typeof one === 'number' ? one + (other as number) : one.map((value, index) => value + ((other as readonly number[])[index] ?? 0));
  return Object.fromEntries(Object.entries(left).map(([name, value]) => [name, add(value as number, right[name as keyof AccuracySums])])) as unknown as AccuracySums;
}
