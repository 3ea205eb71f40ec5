import type { Observation } from '@orrery/contracts';
import { ewDeviation } from '@orrery/stats';
import { quickAlpha, steadyAlpha } from '../baseline-learning.js';
import type { MetricState } from '../baseline-state.js';
import { sizeText } from '../wording.js';
import type { Verdict } from './finding.js';
import { nameOf, onObservation, type JudgeContext, type LevelState } from './judge-context.js';
import { baselineFor } from './metric-judgement.js';

const leastValues = 20;
const horizonRuns = 50;

// An average with weight alpha lags a line of slope b by b (1 - alpha) / alpha.
const steadyLag = (1 - steadyAlpha) / steadyAlpha;
const quickLag = (1 - quickAlpha) / quickAlpha;

export interface Trend {
  /** Change from one value to the next. */
  readonly slope: number;
  /** Where the line stands now. */
  readonly level: number;
  /** Distance of the two averages over the deviation: 0.7 for a clean line, 0.3 is one deviation of noise. */
  readonly clarity: number;
}

/** The line through the latest values, from the lags of the two averages (Brown 1956, double exponential smoothing). */
export function trendOf(state: MetricState): Trend {
  const slope = (state.quick.mean - state.steady.mean) / (steadyLag - quickLag);
  const deviation = ewDeviation(state.steady, steadyAlpha);
  return { slope, level: state.quick.mean + slope * quickLag, clarity: deviation === 0 ? 0 : (state.quick.mean - state.steady.mean) / deviation };
}

/** Memory that grows from run to run and meets its limit soon. */
export function judgeMemoryTrend(context: JudgeContext, observation: Observation, subject: LevelState): Verdict {
  const limit = observation.memoryLimitBytes;
  const baseline = baselineFor(context.levels, 'memory', leastValues);
  if (limit === null || limit <= 0 || observation.measures.peakMemoryBytes === null || baseline === null) return { findings: [], normal: [] };
  const { slope, level, clarity } = trendOf(baseline.state);
  const runsLeft = slope <= 0 ? Number.POSITIVE_INFINITY : Math.max((limit - level) / slope, 0);
  const isClear = clarity > 0.6 && level > limit / 2 && runsLeft <= horizonRuns / context.thresholds('memory_trend');
  if (!isClear) return { findings: [], normal: ['memory_trend'] };
  const name = nameOf(subject.key);
  const runs = Math.ceil(runsLeft);
  return {
    normal: [],
    findings: [
      {
        ...onObservation(observation, subject, baseline.level),
        ...{ type: 'memory_trend', severity: runs <= 10 ? 'critical' : 'warning', cause: 'memory_trend', metric: 'peak_memory_bytes', unit: 'By' },
        title: `${name}: memory grows towards its limit`,
        text: `${name} uses ${sizeText(slope)} more memory with each run; at ${sizeText(level)} now it meets its limit of ${sizeText(limit)} in about ${runs} runs`,
        ...{ expected: limit, actual: level, deviation: clarity },
      },
    ],
  };
}
