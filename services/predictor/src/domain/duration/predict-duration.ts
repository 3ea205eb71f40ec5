import { OrreryError } from '@orrery/errors';
import { checkQuery, runsOf, type DurationPoint, type DurationPrediction, type DurationQuery, type Run } from './duration-point.js';
import { memoised } from '../history/memoised.js';
import { followRecent, type RecentShift } from './recent-shift.js';
import { fitSizeModel, type SizeModel } from './size-model.js';
import { logSpread } from './log-spread.js';

// What a task's durations usually scatter by, while it has shown too few runs to tell.
const usualSpread = 0.2;
const halfConfidentRuns = 2;
// Beyond the inputs seen, the growth itself is uncertain: a tenth of the exponent.
const growthSpread = 0.1;
const greatestDistance = 10;
const dayMs = 86_400_000;
const staleHalfLifeMs = 90 * dayMs;

/**
 * How long a task will take, from its last finished runs: a model of the input's size where that helps, corrected for a recent change of level,
 * with an interval from errors on held-out runs. Equivariant: durations times c give predictions times c.
 *
 * @param history one run or more, at most some 64, in any order; runs of equal `finishedAtMs` throughout count as unordered. Not to be changed
 * afterwards: what was worked out from it is kept with it.
 * @throws ORRERY_VALIDATION without history (ask a coarser key), or when a number is negative or not finite.
 * @example
 * predictDuration(points, { inputSizeBytes: 4e9, machineFactor: null, nowMs }) // { p10Ms: 51_000, p50Ms: 60_000, p90Ms: 71_000, … }
 */
export function predictDuration(history: readonly DurationPoint[], query: DurationQuery): DurationPrediction {
  checkQuery(query);
  const { runs, sized, unsized } = fitsOf(history);
  const last = runs.at(-1);
  if (last === undefined) throw new OrreryError('ORRERY_VALIDATION', 'a duration is predicted from one finished run or more; got none');
  if (runs.every(({ ms }) => ms === 0)) return { p10Ms: 0, p50Ms: 0, p90Ms: 0, confidence: confidenceOf(runs.length, 0, query.nowMs - last.atMs), basis: { model: 'level', samples: runs.length } };
  const { model, recent } = query.inputSizeBytes === null ? unsized() : sized();
  const { shift, isRecent, errors } = recent;
  const p50Ms = bounded(model.expectedMs(query.inputSizeBytes) * Math.exp(shift) * (query.machineFactor ?? 1));
  const beyond = model.name === 'level' ? 0 : growthSpread * distanceBeyond(model.runs, query.inputSizeBytes ?? 0);
  const { below, above } = logSpread(errors, query.pooledSpread ?? usualSpread, Math.hypot(beyond, query.machineSpread ?? 0));
  return {
    p10Ms: p50Ms * Math.exp(-below),
    p50Ms,
    p90Ms: bounded(p50Ms * Math.exp(above)),
    confidence: confidenceOf(runs.length, (below + above) / 2, query.nowMs - last.atMs),
    basis: { model: isRecent ? `${model.name}-recent` : model.name, samples: model.runs.length },
  };
}

interface Fitted {
  readonly model: SizeModel;
  readonly recent: RecentShift;
}

/** What does not depend on the question: made once for each history, and only where it is asked for. */
const fitsOf = memoised((history: readonly DurationPoint[]) => {
  const runs = runsOf(history);
  const fit = (isSized: boolean): Fitted => {
    const model = fitSizeModel(runs, isSized);
    const isOrdered = runs[0]?.atMs !== runs.at(-1)?.atMs;
    return { model, recent: isOrdered ? followRecent(model.heldOutErrors) : { shift: 0, isRecent: false, errors: model.heldOutErrors } };
  };
  return { runs, sized: once(() => fit(true)), unsized: once(() => fit(false)) };
});

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function distanceBeyond(runs: readonly Run[], sizeBytes: number): number {
  const sizes = runs.map((run) => run.sizeBytes ?? 0);
  const least = Math.min(...sizes);
  const greatest = Math.max(...sizes);
  if (sizeBytes >= least && sizeBytes <= greatest) return 0;
  const ratio = sizeBytes > greatest ? sizeBytes / greatest : least / sizeBytes;
  return Math.min(greatestDistance, Math.log(ratio));
}

function confidenceOf(samples: number, width: number, ageMs: number): number {
  return (samples / (samples + halfConfidentRuns)) * Math.exp(-width) * 0.5 ** (Math.max(0, ageMs) / staleHalfLifeMs);
}

function bounded(ms: number): number {
  return Math.min(ms, Number.MAX_VALUE);
}
