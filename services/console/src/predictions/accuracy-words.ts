import type { Accuracy, FloorFigures, TargetAccuracy, Verdict } from '../api/prediction-shapes.js';

/** A share from 0 to 1 in percent; nothing short of all is shown as all. */
export function shareText(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return '–';
  const percent = share * 100;
  if (percent > 99.5 && percent < 100) return '>99 %';
  if (percent > 0 && percent < 0.5) return '<1 %';
  return `${String(Math.round(percent))} %`;
}

const verdicts = {
  target: { word: 'On target', note: 'More than 80 % is the target.', tone: 'good', icon: 'check' },
  warning: { word: 'Below target', note: 'More than 80 % is the target.', tone: 'warning', icon: 'bang' },
  critical: { word: 'Critical', note: 'Less than 60 % is critical.', tone: 'bad', icon: 'bangs' },
} as const;

/** What a score means, and how it is shown. */
export const verdictOf = (verdict: Verdict | null): (typeof verdicts)[Verdict] | null => (verdict === null ? null : (verdicts[verdict] ?? null));

export interface ScoreBar {
  readonly name: string;
  readonly share: number;
  readonly isOurs: boolean;
}

/** Our score and what plain rules would have come to, the best first; ours first among equals. */
export function scoreBars({ score, by_target: targets }: Pick<Accuracy, 'score' | 'by_target'>): readonly ScoreBar[] {
  if (score === null) return [];
  // The score is that of what was tracked; what somebody asked about is another row.
  const floors = targets.find(({ target, origin }) => target === 'duration' && origin === 'tracked')?.floors ?? [];
  const bars = [{ name: 'Orrery', share: score, isOurs: true }, ...floors.flatMap((floor) => barOf(floor))];
  return bars.sort((left, right) => right.share - left.share || Number(right.isOurs) - Number(left.isOurs));
}

function barOf({ name, within_25: share }: FloorFigures): readonly ScoreBar[] {
  return share === null ? [] : [{ name: spoken(name), share, isOurs: false }];
}

/** The share of each grade among what could be graded, from excellent to poor; empty where nothing could. */
export function gradeShares({ excellent, good, fair, poor }: TargetAccuracy): readonly { readonly grade: string; readonly share: number }[] {
  const graded = excellent + good + fair + poor;
  return graded === 0 ? [] : Object.entries({ excellent, good, fair, poor }).map(([grade, count]) => ({ grade, share: count / graded }));
}

/** The one figure that tells most of a target. */
export function mainFigure({ target, median_ape: error, brier, accuracy }: TargetAccuracy): string {
  if (error !== null) return `median error ${shareText(error)}`;
  // Most runs do not fail: who never expects a failure is right nearly always.
  if (target === 'failure' && brier !== null) return `Brier score ${brier.toFixed(3)}`;
  return accuracy === null ? '–' : `${shareText(accuracy)} right`;
}

/** How much better the last third of the predictions was than the first, in words. */
export function improvementText(improvement: number | null): string {
  if (improvement === null) return '';
  const points = Math.round(improvement * 1000) / 10;
  if (points === 0) return 'As good as in the beginning';
  return `${String(Math.abs(points))} points ${points > 0 ? 'better' : 'worse'} than in the beginning`;
}

export function spoken(name: string): string {
  return name.replaceAll('_', ' ');
}
