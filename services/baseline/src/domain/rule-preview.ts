import type { MetricName, Observation } from '@orrery/contracts';
import { robustZ } from '@orrery/stats';
import { learnedValue } from './baseline-learning.js';
import { baselineFor } from './detection/metric-judgement.js';
import type { LevelState } from './detection/judge-context.js';

/** A bound that somebody thinks of setting: beyond it a value would be flagged. One of the three ways to say it. */
export interface PreviewRule {
  readonly metric: MetricName;
  /** Robust standard deviations above the median. */
  readonly aboveZ?: number;
  /** Times the median. */
  readonly aboveRatio?: number;
  /** In the metric's unit (ms, bytes, seconds, tokens, USD). */
  readonly aboveValue?: number;
}

/** Whether a rule would have flagged an observation, given what was known before it. What no baseline speaks for is flagged by value only. */
export function wouldFlag(rule: PreviewRule, levels: readonly LevelState[], observation: Observation): boolean {
  const value = learnedValue(observation, rule.metric);
  if (value === null) return false;
  if (rule.aboveValue !== undefined && value > rule.aboveValue) return true;
  const baseline = baselineFor(levels, rule.metric);
  if (baseline === null) return false;
  const { median, deviation } = baseline.scale;
  if (rule.aboveRatio !== undefined && value > rule.aboveRatio * median) return true;
  return rule.aboveZ !== undefined && robustZ(value, { median, mad: 0, floor: deviation }) > rule.aboveZ;
}
