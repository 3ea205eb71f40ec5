import type { Measures, MetricName, Observation } from '@orrery/contracts';
import { addToBeta, addToDecaying, addToEw, emptyDecayingSketch, emptyEw, isLevelShift, type WindowLimits } from '@orrery/stats';
import type { BaselineState, MetricState, RateState } from './baseline-state.js';
import { learnHistory } from './flakiness.js';
import { leastLogShift, scaleOf } from './detection/metric-scale.js';

export const steadyAlpha = 0.1;
export const quickAlpha = 0.3;

/** Values that a sketch's window holds; quantiles speak for the last one to two windows. */
const windowLimits: WindowLimits = { values: 128, ageMs: 30 * 24 * 3_600_000, fewestValues: 20 };

/** Share of the old evidence that stays at each result: half of it after 34 results. */
const rateKeep = 0.98;

/** Values in a row that make a new level. */
export const shiftValues = 6;

/** A baseline that nothing was learned for so long is forgotten. */
const staleAfterMs = 90 * 24 * 3_600_000;

export const measureOfMetric: Readonly<Record<MetricName, keyof Measures>> = {
  duration: 'durationMs',
  queueTime: 'queueMs',
  memory: 'peakMemoryBytes',
  cpu: 'cpuSeconds',
  outputSize: 'outputSizeBytes',
  inputTokens: 'inputTokens',
  outputTokens: 'outputTokens',
  cost: 'costUsd',
};

/** The public names of the measures. */
export const metricWords: Readonly<Record<MetricName, string>> = {
  duration: 'duration_ms',
  queueTime: 'queue_ms',
  memory: 'peak_memory_bytes',
  cpu: 'cpu_seconds',
  outputSize: 'output_size_bytes',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  cost: 'cost_usd',
};

export const metricNames = Object.keys(measureOfMetric) as readonly MetricName[];

export interface LearnOptions {
  /** Whether this is the level that flakiness and error lines are kept for. */
  readonly isSubject: boolean;
  /** Most of the workflow fails at once: results say nothing of the single task. @default false */
  readonly isOutage?: boolean;
}

const emptyState: BaselineState = {
  count: 0,
  lastUpdatedMs: 0,
  shiftedAtMs: 0,
  rate: { successes: 0, failures: 0, recentResults: 0, recentCount: 0 },
  metrics: { duration: null, queueTime: null, memory: null, cpu: null, outputSize: null, inputTokens: null, outputTokens: null, cost: null },
  history: null,
};

/**
 * The baseline after one more finished observation; the order of learning alone decides it. Measures come from successes only (a failure
 * stops early), queue times and rates from all. What has not been heard of for 90 days starts afresh.
 */
export function learn(state: BaselineState | null, observation: Observation, { isSubject, isOutage = false }: LearnOptions): BaselineState {
  const known = state === null || isStale(state, observation.observedAtMs) ? emptyState : state;
  if (observation.kind !== 'finished') return known;
  const lastUpdatedMs = Math.max(known.lastUpdatedMs, observation.observedAtMs);
  // While everything fails, results say nothing of this one.
  const result = isOutage ? null : resultOf(observation);
  const metrics = learnMetrics(known.metrics, observation, lastUpdatedMs);
  return {
    count: known.count + 1,
    lastUpdatedMs,
    shiftedAtMs: countOf(metrics.duration) < countOf(known.metrics.duration) ? lastUpdatedMs : known.shiftedAtMs,
    rate: result === null ? known.rate : learnRate(known.rate, result),
    metrics,
    history: isSubject ? learnHistory(known.history, observation, result) : null,
  };
}

/** Whether nothing was learned for so long that it may be deleted. */
export function isStale(state: BaselineState, nowMs: number): boolean {
  return nowMs - state.lastUpdatedMs > staleAfterMs;
}

/** True for a success, false for a failure of any kind, null for what was never meant to end (cancelled, skipped) or is not known. */
export function resultOf({ outcome }: Observation): boolean | null {
  if (outcome === 'success') return true;
  return outcome === 'failure' || outcome === 'error' || outcome === 'timeout' ? false : null;
}

/** The value that teaches a metric, or null when this observation has none to teach. */
export function learnedValue(observation: Observation, metric: MetricName): number | null {
  if (observation.outcome !== 'success' && metric !== 'queueTime') return null;
  // A run that is tried again often does only what failed: it is no measure of the whole.
  if (metric === 'duration' && observation.subject === 'run' && observation.attempt > 1) return null;
  const value = observation.measures[measureOfMetric[metric]];
  return value !== null && Number.isFinite(value) && value >= 0 ? Math.min(value, 1e15) : null;
}

/** Whether this value confirms that the metric has a new level: the ones before it and it agree with each other, and not with the past. */
export function confirmsShift(state: MetricState, value: number): boolean {
  const recent = [...state.recent, Math.fround(Math.log1p(value))].slice(-shiftValues);
  if (recent.length < shiftValues || state.count < 2 * shiftValues) return false;
  const { logMedian, logDeviation } = scaleOf(state);
  return isLevelShift(recent, { median: logMedian, deviation: logDeviation, leastShift: leastLogShift });
}

function countOf(metric: MetricState | null): number {
  return metric?.count ?? 0;
}

function learnMetrics(known: BaselineState['metrics'], observation: Observation, atMs: number): BaselineState['metrics'] {
  const metrics = { ...known };
  for (const metric of metricNames) {
    const value = learnedValue(observation, metric);
    if (value !== null) metrics[metric] = learnMetric(known[metric], value, atMs);
  }
  return metrics;
}

function learnMetric(state: MetricState | null, value: number, atMs: number): MetricState {
  if (state !== null && confirmsShift(state, value)) {
    const level = [...state.recent.slice(1 - shiftValues), Math.fround(Math.log1p(value))];
    return level.map((logarithm) => Math.expm1(logarithm)).reduce<MetricState | null>((grown, each) => addValue(grown, each, atMs), null) ?? addValue(null, value, atMs);
  }
  return addValue(state, value, atMs);
}

function addValue(state: MetricState | null, value: number, atMs: number): MetricState {
  const { count, steady, quick, sketch, recent } = state ?? { count: 0, steady: emptyEw, quick: emptyEw, sketch: emptyDecayingSketch, recent: [] };
  return {
    count: count + 1,
    steady: addToEw(steady, value, steadyAlpha),
    quick: addToEw(quick, value, quickAlpha),
    sketch: addToDecaying(sketch, value, atMs, windowLimits),
    recent: [...recent, Math.fround(Math.log1p(value))].slice(-shiftValues),
  };
}

function learnRate(rate: RateState, isSuccess: boolean): RateState {
  return {
    ...addToBeta(rate, isSuccess, rateKeep),
    recentResults: ((rate.recentResults << 1) | (isSuccess ? 1 : 0)) & 0xff,
    recentCount: Math.min(rate.recentCount + 1, 8),
  };
}

