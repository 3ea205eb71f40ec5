import type { MetricName, Observation } from '@orrery/contracts';
import { robustZ, sketchQuantile } from '@orrery/stats';
import type { MetricState } from '../baseline-state.js';
import { confirmsShift, learnedValue, metricNames, metricWords } from '../baseline-learning.js';
import { trimmed } from '../wording.js';
import type { Finding, Severity, Verdict } from './finding.js';
import { leastValuesToSpeak, nameOf, onObservation, type JudgeContext, type LevelState } from './judge-context.js';
import { metricRules, type MetricRule } from './metric-rules.js';
import { scaleOf, type MetricScale } from './metric-scale.js';

/** Holds every measure of an observation against the finest baseline that knows enough. */
export function judgeMetrics(context: JudgeContext, observation: Observation, subject: LevelState): Verdict {
  const verdicts = metricNames.map((metric): Verdict => {
    const value = learnedValue(observation, metric);
    const baseline = value === null ? null : baselineFor(context.levels, metric);
    return value === null || baseline === null ? { findings: [], normal: [] } : judgeMetric(context, { metric, value, observation, subject, baseline });
  });
  return { findings: verdicts.flatMap(({ findings }) => findings), normal: verdicts.flatMap(({ normal }) => normal) };
}

function judgeMetric({ thresholds }: JudgeContext, judged: Judged): Verdict {
  const rules = metricRules.filter(({ metric }) => metric === judged.metric);
  const [rule] = rules;
  if (rule === undefined) return { findings: [], normal: [] };
  if (confirmsShift(judged.baseline.state, judged.value)) return { findings: isWorthSaying(rule, judged) ? [newNormal(rule, judged)] : [], normal: [] };
  const findings: Finding[] = [];
  const normal = [`new_normal:${judged.metric}`];
  for (const each of rules) {
    const excess = excessOf(each, judged.baseline.scale, { value: judged.value, threshold: thresholds(each.cause) });
    if (excess === 'normal') normal.push(each.cause);
    else if (excess !== 'unclear') findings.push(metricFinding(each, excess, judged));
  }
  return { findings, normal };
}

/** A new level is learned in any case; it is told when it is half as much again or a third less, and more than nobody cares for. */
function isWorthSaying(rule: MetricRule, { value, baseline }: Judged): boolean {
  const { median } = baseline.scale;
  return Math.abs(value - median) > rule.leastDifference && (value > 1.5 * median || value < median / 1.5);
}

export interface MetricBaseline {
  readonly level: LevelState;
  readonly state: MetricState;
  readonly scale: MetricScale;
}

/** The finest level that has enough values of a metric. */
export function baselineFor(levels: readonly LevelState[], metric: MetricName, least = leastValuesToSpeak): MetricBaseline | null {
  for (const level of levels) {
    const state = level.state?.metrics[metric] ?? null;
    if (state !== null && state.count >= least) return { level, state, scale: scaleOf(state) };
  }
  return null;
}

export interface Excess {
  readonly severity: Severity;
  readonly z: number;
  readonly expected: number;
}

/**
 * How far beyond a rule's bounds a value lies. Unclear is what is far from the median but has been there lately: while something goes on,
 * its own values come to be known, and that is no return to normal.
 *
 * @param at.threshold widens all bounds. @minimum 1
 */
export function excessOf(rule: MetricRule, scale: MetricScale, { value, threshold }: { readonly value: number; readonly threshold: number }): Excess | 'normal' | 'unclear' {
  const { median, logMedian } = scale;
  const isAbove = rule.side === 'above';
  // Downwards a value can fall by its median at most: only the logarithm tells half from a tenth.
  const z = isAbove ? robustZ(value, { median, mad: 0, floor: scale.deviation }) : robustZ(Math.log1p(value), { median: logMedian, mad: 0, floor: scale.logDeviation });
  const beyond = Math.abs(z) / threshold;
  const leastRatio = rule.warningRatio * threshold * youth(scale.sketch.count);
  const ratio = isAbove ? value / Math.max(median, 1e-9) : median / Math.max(value, 1e-9);
  if (beyond <= rule.warningZ || ratio < leastRatio || Math.abs(value - median) <= rule.leastDifference) return 'normal';
  if (rule.beyond !== null && value < sketchQuantile(scale.sketch, rule.beyond.quantile) * rule.beyond.ratio) return 'unclear';
  return { severity: beyond > rule.criticalZ && ratio >= rule.criticalRatio * threshold ? 'critical' : 'warning', z, expected: median };
}

/** A baseline of five values has not seen the rare ones: it asks for nearly twice the ratio, one of twenty for no more than the rule does. */
function youth(count: number): number {
  return 1 + Math.max(20 - count, 0) / 20;
}

interface Judged {
  readonly metric: MetricName;
  readonly value: number;
  readonly observation: Observation;
  readonly subject: LevelState;
  readonly baseline: MetricBaseline;
}

function metricFinding(rule: MetricRule, excess: Excess, { value, observation, subject, baseline }: Judged): Finding {
  const name = nameOf(subject.key);
  const times = excess.expected <= 0 ? '' : `, ${trimmed(value / excess.expected)} x its usual ${rule.say(excess.expected)}`;
  return {
    ...onObservation(observation, subject, baseline.level),
    ...{ type: rule.type, cause: rule.cause, severity: excess.severity, metric: metricWords[rule.metric], unit: rule.unit },
    title: `${name}: ${rule.title}`,
    text: `${name} ${rule.verb} ${rule.say(value)}${times}`,
    expected: excess.expected,
    actual: value,
    deviation: excess.z,
  };
}

function newNormal(rule: MetricRule, { value, observation, subject, baseline }: Judged): Finding {
  const name = nameOf(subject.key);
  const { median: before, deviation } = baseline.scale;
  return {
    ...onObservation(observation, subject, baseline.level),
    ...{ type: 'new_normal', cause: `new_normal:${rule.metric}`, severity: 'info', metric: metricWords[rule.metric], unit: rule.unit },
    title: `${name}: a new normal`,
    text: `${name} now ${rule.verb.replace(' only', '')} about ${rule.say(value)} where it was ${rule.say(before)}; the baseline is learned anew`,
    expected: before,
    actual: value,
    deviation: robustZ(value, { median: before, mad: 0, floor: deviation }),
  };
}
