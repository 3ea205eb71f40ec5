import { median } from '@orrery/stats';
import { decidedBefore, isKnown, type DecidedPoint, type FailureQuery, type OutcomePoint } from './outcome-point.js';
import { tallyOf, type Tally } from './tally.js';

/** What a history says that bears on the next run: the features are made of it, and the reasons are told from it. */
export interface FailureFacts {
  /** Known results, oldest first. */
  readonly points: readonly DecidedPoint[];
  readonly latest: DecidedPoint | null;
  /** How many runs in a row ended like the latest. */
  readonly streak: number;
  readonly last3: Tally;
  readonly last10: Tally;
  /** Before the last ten. */
  readonly earlier: Tally;
  readonly all: Tally;
  /** Runs of the revision that is asked for; null where it is not told. */
  readonly sameRevision: readonly DecidedPoint[] | null;
  /** Reruns of one revision, and how many of them (`failed`) ended other than the run before: the sign of a flaky one. */
  readonly changedReruns: Tally;
  /** First runs of a revision, where there was one before; oldest first. */
  readonly firstRuns: readonly DecidedPoint[];
  /** Neighbouring runs that ended differently (`failed`), among the last eleven. */
  readonly changes: Tally;
  /** What followed on a result like the latest one. */
  readonly afterSuch: Tally;
  readonly sameRef: readonly DecidedPoint[] | null;
  readonly sameTrigger: readonly DecidedPoint[] | null;
  /** Started within two hours of this time of day. */
  readonly sameHour: Tally;
  readonly neighbours: readonly DecidedPoint[];
  /** The latest run's duration over the usual one of a success; null where either is not known. */
  readonly durationRatio: number | null;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** @param history in any order; what ended after the moment that is asked for is not looked at. */
export function failureFacts(history: readonly OutcomePoint[], query: FailureQuery): FailureFacts {
  const points = decidedBefore(history, query.atMs);
  const latest = points.at(-1) ?? null;
  const same = (key: 'revision' | 'refName' | 'trigger') => (isKnown(query[key]) ? points.filter((point) => point[key] === query[key]) : null);
  const pairs = points.slice(1).map((point, index) => ({ point, before: points[index] ?? point }));
  return {
    ...{ points, latest, streak: streakOf(points) },
    ...{ last3: tallyOf(points.slice(-3)), last10: tallyOf(points.slice(-10)), earlier: tallyOf(points.slice(0, -10)), all: tallyOf(points) },
    ...{ sameRevision: same('revision'), changedReruns: changedReruns(points), firstRuns: firstRuns(points) },
    changes: { failed: pairs.slice(-10).filter(({ point, before }) => point.failed !== before.failed).length, runs: Math.min(pairs.length, 10) },
    afterSuch: tallyOf(pairs.filter(({ before }) => before.failed === latest?.failed).map(({ point }) => point)),
    ...{ sameRef: same('refName'), sameTrigger: same('trigger') },
    sameHour: tallyOf(points.filter((point) => hoursApart(startOf(point), query.atMs) <= 2)),
    neighbours: decidedBefore(query.neighbours ?? [], query.atMs),
    durationRatio: durationRatio(points),
  };
}

function streakOf(points: readonly DecidedPoint[]): number {
  const latest = points.at(-1);
  const other = points.findLastIndex((point) => point.failed !== latest?.failed);
  return points.length - 1 - other;
}

function byRevision(points: readonly DecidedPoint[]): DecidedPoint[][] {
  const groups = new Map<string, DecidedPoint[]>();
  for (const point of points) {
    if (!isKnown(point.revision)) continue;
    const group = groups.get(point.revision);
    if (group === undefined) groups.set(point.revision, [point]);
    else group.push(point);
  }
  return [...groups.values()];
}

function changedReruns(points: readonly DecidedPoint[]): Tally {
  const reruns = byRevision(points).flatMap((group) => group.slice(1).map((point, index) => point.failed !== group[index]?.failed));
  return { failed: reruns.filter(Boolean).length, runs: reruns.length };
}

// The oldest revision that is remembered may have run before what is remembered.
function firstRuns(points: readonly DecidedPoint[]): DecidedPoint[] {
  return byRevision(points)
    .slice(1)
    .flatMap(([first]) => (first === undefined ? [] : [first]));
}

function startOf({ finishedAtMs, durationMs }: OutcomePoint): number {
  return finishedAtMs - (durationMs ?? 0);
}

/** Between times of day, 0 to 12. */
function hoursApart(left: number, right: number): number {
  const apart = Math.abs(left - right) % dayMs;
  return Math.min(apart, dayMs - apart) / hourMs;
}

function durationRatio(points: readonly DecidedPoint[]): number | null {
  const latest = points.at(-1)?.durationMs ?? null;
  const usual = median(points.flatMap(({ failed, durationMs }) => (failed || durationMs === null ? [] : [durationMs])));
  return latest === null || !(usual > 0) ? null : latest / usual;
}
