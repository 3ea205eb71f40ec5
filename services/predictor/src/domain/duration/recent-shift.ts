import { median } from '@orrery/stats';

/** Where a series stands now, and how well that would have told its last values. */
export interface RecentShift {
  /** To add to what the whole history says. */
  readonly shift: number;
  readonly isRecent: boolean;
  /** What was left each time, oldest first. */
  readonly errors: readonly number[];
}

type Follower = (before: readonly number[]) => number;

const leastLength = 6;
const leastBefore = 3;
const steps = 16;
const decay = 0.87;
const trendLength = 16;
// Following recent values costs precision on a series that only scatters, so it has to be clearly better, the more so the fewer values it rests on.
const followers: readonly { readonly margin: number; readonly follow: Follower }[] = [
  { margin: 0.8, follow: (before) => median(before.slice(-3)) },
  { margin: 0.85, follow: (before) => median(before.slice(-8)) },
  { margin: 0.9, follow: (before) => median(before.slice(-20)) },
  { margin: 0.8, follow: trend },
];
// Less than this is rounding.
const leastLoss = 1e-9;

/**
 * Follows a series of errors (ln real / expected, in order of time) that has moved: a new level, a trend. Stays at zero unless a median of the
 * last few, or their trend, would have told the last values clearly better.
 */
export function followRecent(errors: readonly number[]): RecentShift {
  const stay: RecentShift = { shift: 0, isRecent: false, errors };
  if (errors.length < leastLength) return stay;
  const from = Math.max(leastBefore, errors.length - steps);
  let best = lossOf(errors.slice(from)) - leastLoss;
  let found: { follow: Follower; left: number[] } | null = null;
  for (const { margin, follow } of followers) {
    const left = errors.slice(from).map((error, index) => error - follow(errors.slice(0, from + index)));
    const loss = lossOf(left) / margin;
    if (loss >= best) continue;
    best = loss;
    found = { follow, left };
  }
  return found === null ? stay : { shift: found.follow(errors), isRecent: true, errors: found.left };
}

// Recent misses weigh most; one huge outlier does not decide.
function lossOf(left: readonly number[]): number {
  return left.reduce((sum, error, index) => sum + decay ** (left.length - 1 - index) * Math.min(1, Math.abs(error)), 0);
}

// Steps over half the stretch are long enough for noise to cancel.
function trend(before: readonly number[]): number {
  const last = before.slice(-trendLength);
  const lag = last.length >> 1;
  const slope = median(last.slice(lag).map((error, index) => (error - (last[index] ?? error)) / lag));
  return median(last.map((error, index) => error - slope * index)) + slope * last.length;
}
