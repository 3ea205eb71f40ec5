import { madConsistency, sketchLogScale, sketchMad, sketchOf, sketchQuantile, type Sketch } from '@orrery/stats';
import type { MetricState } from '../baseline-state.js';

/** Where a metric lies and how wide it is; both deviations are robust, have room for what few values cannot show and are above zero. */
export interface MetricScale {
  readonly median: number;
  readonly deviation: number;
  /** The same on ln(1 + value), where durations and sizes are nearly symmetric: small values and changes of level are told there. */
  readonly logMedian: number;
  readonly logDeviation: number;
  /** The last one to two windows. */
  readonly sketch: Sketch;
}

/** The least relative spread that is believed: five percent of jitter is nobody's fault. */
const leastDeviation = 0.05;

/** The least change of level that counts as one: a third. */
export const leastLogShift = Math.log(1.33);

// A state is never changed, so neither is its scale; judging and learning ask for the same one.
const scales = new WeakMap<MetricState, MetricScale>();

/** The scale of what was learned. */
export function scaleOf(state: MetricState): MetricScale {
  const known = scales.get(state);
  if (known !== undefined) return known;
  const sketch = sketchOf(state.sketch);
  const room = 1 + 4 / Math.max(sketch.count, 1);
  const median = sketchQuantile(sketch, 0.5);
  const log = sketchLogScale(sketch);
  const scale = {
    ...{ median, logMedian: log.median, sketch },
    deviation: Math.max(madConsistency * sketchMad(sketch), leastDeviation * median, 1e-9) * room,
    logDeviation: Math.max(madConsistency * log.mad, leastDeviation) * room,
  };
  scales.set(state, scale);
  return scale;
}
