import { fewestRows, type Comparison, type TrainingReport } from '../../domain/boosted/index.js';

/** Whether a challenger is good enough to serve, and why, in words and figures. */
export interface Verdict {
  readonly isBetter: boolean;
  readonly reason: string;
}

/**
 * A challenger has to beat the model that serves now and every plain rule on the same newest executions, each by more than chance.
 * Rules that answered too few of those do not count; where none is left to be held against, nothing is promoted.
 */
export function judgeChallenger({ comparisons, lossName }: Pick<TrainingReport, 'comparisons' | 'lossName'>): Verdict {
  const counted = comparisons.filter(({ rows }) => rows >= fewestRows);
  if (counted.length === 0) return { isBetter: false, reason: `nothing to be held against: no rival answered ${fewestRows} of the newest executions` };
  const unbeaten = counted.filter(({ isBetter }) => !isBetter);
  if (unbeaten.length > 0) return { isBetter: false, reason: `not clearly better than ${unbeaten.map((comparison) => figures(comparison)).join(', ')}; ${lossName}` };
  return { isBetter: true, reason: `better than ${counted.map((comparison) => figures(comparison)).join(', ')}; ${lossName}` };
}

function figures({ against, challenger, rival, rows, margin, isBetter }: Comparison): string {
  const needed = isBetter ? '' : `, at least ${shown(margin)} less is needed`;
  return `${against} (${shown(challenger)} against ${shown(rival)} on ${rows} rows${needed})`;
}

function shown(loss: number): string {
  return loss.toPrecision(3);
}
