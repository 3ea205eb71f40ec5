import type { Observation } from '@orrery/contracts';
import type { Verdict } from './finding.js';
import { subjectOf, type JudgeContext, type LevelState } from './judge-context.js';
import { judgeErrors, judgeFlakiness, judgeSuccessRate } from './judge-history.js';
import { judgeMemoryTrend } from './judge-trend.js';
import { judgeMetrics } from './metric-judgement.js';

type Judge = (context: JudgeContext, observation: Observation, subject: LevelState) => Verdict;

const judges: readonly Judge[] = [judgeMetrics, judgeMemoryTrend, judgeSuccessRate, judgeErrors, judgeFlakiness];

/** All that is not as usual in a finished observation, against what was known before it. Learns nothing. */
export function judge(context: JudgeContext, observation: Observation): Verdict {
  const subject = subjectOf(context.levels);
  if (subject === undefined || observation.kind !== 'finished') return { findings: [], normal: [] };
  const verdicts = judges.map((one) => one(context, observation, subject));
  // It ended: whatever it was overdue, it is not any more.
  return { findings: verdicts.flatMap(({ findings }) => findings), normal: [...verdicts.flatMap(({ normal }) => normal), 'overrun'] };
}
