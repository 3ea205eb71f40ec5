import { durationCandidates, type DurationCandidate, type HistoryPoint } from '../history/history.js';

/** Share of its weight that an error keeps when the next one comes. */
const decay = 0.9;
/** Scored executions that a candidate must have before it can take the place of the history's own answer. */
const enough = 5;
/**
 * What a candidate must be better by: of several that are as good, the one that was luckiest lately looks a few percent better. Of 0.98, 0.95
 * and 0.9, and decays of 0.8 to 1, on recorded runs of CI and tasks of scientific workflows.
 */
const margin = 0.9;

/**
 * Which candidate to serve for a key: the one that was nearest lately, as the points of its history tell. The history's own answer where
 * none was clearly nearer.
 *
 * @param available the candidates that have an answer now, in the order of {@link durationCandidates}.
 */
export function chooseCandidate(points: readonly HistoryPoint[], available: readonly boolean[]): DurationCandidate {
  const own = lossOf(points, 0) * margin;
  let [best, least]: [DurationCandidate, number] = ['history', own];
  durationCandidates.forEach((candidate, index) => {
    if (index === 0 || available[index] !== true) return;
    const loss = lossOf(points, index);
    if (loss < least) [best, least] = [candidate, loss];
  });
  return best;
}

/** The decayed mean error; infinite while too little was scored. */
function lossOf(points: readonly HistoryPoint[], index: number): number {
  let [sum, weight, count] = [0, 0, 0];
  for (const { errors } of points) {
    const error = errors[index] ?? Number.NaN;
    if (Number.isNaN(error)) continue;
    sum = sum * decay + error;
    weight = weight * decay + 1;
    count++;
  }
  return count < enough ? Number.POSITIVE_INFINITY : sum / weight;
}
