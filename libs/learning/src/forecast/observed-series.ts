/** So few missing steps are bridged by a line; more would cut off a season's hills. */
const longestBridge = 2;

/**
 * Fills gaps (NaN, infinite): short ones by a line between the neighbours; longer ones, and those at the edges, by what was seen a season before or after,
 * of the longest season that shows it, else by the nearest value.
 */
export function withoutGaps(values: readonly number[], seasons: readonly number[]): number[] {
  const known = values.map((value) => (Number.isFinite(value) ? value : Number.NaN));
  if (!known.some(Number.isNaN)) return known;
  const isMissing = (index: number) => Number.isNaN(known[index] ?? 0);
  const longestFirst = [...seasons].reverse();
  const filled = [...known];
  for (let start = 0; start < known.length; start++) {
    if (!isMissing(start)) continue;
    let end = start;
    while (isMissing(end)) end++;
    const isBridged = end - start <= longestBridge && start > 0 && end < known.length;
    for (let index = start; !isBridged && index < end; index++) filled[index] = seasonAway(filled, index, longestFirst);
    start = end;
  }
  return interpolated(filled);
}

function seasonAway(values: readonly number[], index: number, seasons: readonly number[]): number {
  const candidates = seasons.flatMap((season) => [values[index - season], values[index + season]]);
  return candidates.find((value) => value !== undefined && !Number.isNaN(value)) ?? Number.NaN;
}

function interpolated(values: readonly number[]): number[] {
  const known = values.flatMap((value, index) => (Number.isNaN(value) ? [] : [index]));
  let next = 0;
  return values.map((value, index) => {
    while ((known[next] ?? Number.POSITIVE_INFINITY) < index) next++;
    if (!Number.isNaN(value)) return value;
    const left = known[next - 1];
    const right = known[next];
    if (left === undefined || right === undefined) return values[left ?? right ?? index] ?? Number.NaN;
    const share = (index - left) / (right - left);
    return (values[left] ?? 0) * (1 - share) + (values[right] ?? 0) * share;
  });
}

const hourMs = 3_600_000;

/** The seasons that a step length suggests, in steps: a day and a week, where both are whole numbers of steps. */
export function calendarSeasons(stepMs: number): number[] {
  return [24 * hourMs, 168 * hourMs].map((seasonMs) => seasonMs / stepMs).filter((season) => Number.isInteger(season) && season >= 2);
}

/** Seasons that can be learnt from a history of this length: at least two whole ones. Ascending. */
export function learnableSeasons(seasons: readonly number[], length: number): number[] {
  return [...new Set(seasons)].filter((season) => Number.isInteger(season) && season >= 2 && length >= 2 * season).sort((left, right) => left - right);
}

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sums of the first 0, 1, 2, ... values. */
export function runningSums(values: readonly number[]): number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return sums;
}
