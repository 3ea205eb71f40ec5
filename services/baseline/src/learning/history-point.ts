import { betaMean, sketchOf, sketchQuantile } from '@orrery/stats';
import type { BaselineState } from '../domain/index.js';
import type { HistoryPoint } from '../storage/history.repository.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Observations below which a baseline changes so fast that it gets a point each hour. */
const youngCount = 100;

/** The point of the day, or of the hour while it is young, that a baseline knew last. Only what a point shows is worked out: it is made while learning. */
export function historyPointOf(state: BaselineState): HistoryPoint {
  const { duration, memory } = state.metrics;
  const { successes, failures } = state.rate;
  const durations = duration === null ? null : sketchOf(duration.sketch);
  const sizes = memory === null ? null : sketchOf(memory.sketch);
  return {
    atMs: periodOf(state),
    count: state.count,
    duration: duration === null || durations === null ? null : { p50Ms: sketchQuantile(durations, 0.5), p95Ms: sketchQuantile(durations, 0.95), meanMs: duration.steady.mean },
    memory: sizes === null ? null : { p50Bytes: sketchQuantile(sizes, 0.5), maxBytes: sizes.maximum },
    successRate: successes + failures === 0 ? null : betaMean(state.rate),
  };
}

/** The point that is final now, because what was learned next belongs to another day or hour; null when there is none. */
export function finishedHistoryPoint(before: BaselineState | null, after: BaselineState): HistoryPoint | null {
  return before === null || before.count === 0 || periodOf(before) === periodOf(after) ? null : historyPointOf(before);
}

function periodOf({ lastUpdatedMs, count }: BaselineState): number {
  const lengthMs = count < youngCount ? hourMs : dayMs;
  return Math.floor(lastUpdatedMs / lengthMs) * lengthMs;
}
