import type { MetricName } from '@orrery/contracts';
import { betaSummary, ewDeviation, sketchMad, sketchOf, sketchQuantile, type BetaSummary } from '@orrery/stats';
import { metricNames, quickAlpha, steadyAlpha } from './baseline-learning.js';
import type { BaselineState, MetricState } from './baseline-state.js';
import { leastValuesToSpeak } from './detection/judge-context.js';
import { describeFlakiness, type FlakinessFigures } from './flakiness.js';

export interface MetricFigures {
  /** Values since the last level shift. */
  readonly count: number;
  /** UCUM. */
  readonly unit: string;
  /** Exponentially weighted, alpha 0.1. */
  readonly mean: number;
  readonly deviation: number;
  /** The same with alpha 0.3. */
  readonly meanQuick: number;
  readonly deviationQuick: number;
  /** Of the last 128 to 256 values. */
  readonly median: number;
  readonly mad: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly maximum: number;
}

export interface BaselineFigures {
  readonly count: number;
  readonly lastUpdatedMs: number;
  /** When durations were last learned anew after a level shift. */
  readonly shiftedAtMs: number | null;
  /** Whether it knows enough for its durations to be judged. */
  readonly isSpeaking: boolean;
  /** Posterior of the share of successes, with its 95 % interval; null before the first result. */
  readonly successRate: (BetaSummary & { readonly weight: number }) | null;
  readonly metrics: Readonly<Record<MetricName, MetricFigures | null>>;
  /** On the subject level only. */
  readonly flakiness: FlakinessFigures | null;
}

const units: Readonly<Record<MetricName, string>> = { duration: 'ms', queueTime: 'ms', memory: 'By', cpu: 's', outputSize: 'By', inputTokens: '{token}', outputTokens: '{token}', cost: 'USD' };

/** What a baseline knows, in the figures that people and the API read. */
export function describeBaseline(state: BaselineState): BaselineFigures {
  const { successes, failures } = state.rate;
  return {
    count: state.count,
    lastUpdatedMs: state.lastUpdatedMs,
    shiftedAtMs: state.shiftedAtMs === 0 ? null : state.shiftedAtMs,
    isSpeaking: (state.metrics.duration?.count ?? 0) >= leastValuesToSpeak,
    successRate: successes + failures === 0 ? null : { ...betaSummary(state.rate), weight: successes + failures },
    metrics: Object.fromEntries(metricNames.map((name) => [name, figuresOf(state.metrics[name], units[name])])) as Record<MetricName, MetricFigures | null>,
    flakiness: state.history === null ? null : describeFlakiness(state.history),
  };
}

function figuresOf(metric: MetricState | null, unit: string): MetricFigures | null {
  if (metric === null) return null;
  const sketch = sketchOf(metric.sketch);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => sketchQuantile(sketch, q)) as [number, number, number];
  return {
    count: metric.count,
    unit,
    mean: metric.steady.mean,
    deviation: ewDeviation(metric.steady, steadyAlpha),
    meanQuick: metric.quick.mean,
    deviationQuick: ewDeviation(metric.quick, quickAlpha),
    median: p50,
    mad: sketchMad(sketch),
    ...{ p50, p95, p99 },
    maximum: sketch.maximum,
  };
}
