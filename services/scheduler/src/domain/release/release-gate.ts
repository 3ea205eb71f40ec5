import { OrreryError } from '@orrery/errors';
import type { PairedRatio } from '@orrery/stats';
import type { Evaluation } from './figures.js';
import { compareOn } from './objective.js';
import { scenarioWords } from './scenarios.js';

/** What a policy was tried in before it may serve. */
export interface Trial {
  readonly candidate: string;
  /** Weight of executor-seconds of a job in what the policy was trained for. */
  readonly lambda: number;
  /** On unseen seeds: each has the candidate, `tuned`, `fair`, and the champion where there is one. At least one. */
  readonly main: readonly Evaluation[];
  /** Each has the candidate and `fair`. */
  readonly stress: readonly Evaluation[];
  /** The learned policy that serves, by its name in `main`. */
  readonly champion?: { readonly name: string; readonly lambda: number } | undefined;
}

/** The candidate against one baseline in one scenario; ratios below 1 are better. */
export interface BaselineComparison {
  readonly baseline: string;
  readonly objective: PairedRatio;
  readonly completion: PairedRatio;
  readonly p95: PairedRatio;
  readonly executorSeconds: PairedRatio;
}

export interface ScenarioVerdict {
  readonly evaluation: Evaluation;
  readonly isStress: boolean;
  readonly against: readonly BaselineComparison[];
  readonly isPassed: boolean;
  /** What was looked at and what it gave. */
  readonly words: string;
}

export interface ReleaseDecision {
  /** Good enough to be offered. */
  readonly isPublished: boolean;
  /** And better than what serves. */
  readonly serves: boolean;
  readonly reasons: readonly string[];
  readonly verdicts: readonly ScenarioVerdict[];
}

/** Always there: a learned policy stands on it, and falls back to it. */
export const tunedName = 'tuned';
export const fairName = 'fair';

/**
 * Whether a policy may serve: by its objective on unseen seeds it must be better than the tuned heuristic beyond chance (the paired 95 % interval of the
 * ratio lies below 1), and in no stress scenario worse than the fair share. It takes the place of a champion only if it beats that beyond chance too, by
 * the same objective.
 *
 * @throws ORRERY_VALIDATION without a main scenario.
 */
export function releaseDecision(trial: Trial): ReleaseDecision {
  if (trial.main.length === 0) throw new OrreryError('ORRERY_VALIDATION', 'expected at least one scenario that decides');
  const verdicts = [...trial.main.map((evaluation) => mainVerdict(trial, evaluation)), ...trial.stress.map((evaluation) => stressVerdict(trial, evaluation))];
  const failed = verdicts.filter(({ isPassed }) => !isPassed);
  const isPublished = failed.length === 0;
  const [beatsChampion, championReasons] = isPublished ? againstChampion(trial, verdicts) : [false, []];
  const reasons = isPublished ? [...verdicts.filter(({ isStress }) => !isStress).map(({ words }) => words), stressSummary(verdicts), ...championReasons] : failed.map(({ words }) => words);
  return { isPublished, serves: beatsChampion, reasons: reasons.filter((reason) => reason !== ''), verdicts };
}

function mainVerdict({ candidate, lambda }: Trial, evaluation: Evaluation): ScenarioVerdict {
  const against = comparisonsOf(candidate, lambda, evaluation);
  const { objective } = comparisonWith(against, tunedName);
  return { evaluation, isStress: false, against, isPassed: objective.high < 1, words: `${evaluation.scenario.name}: ${objective.high < 1 ? '' : 'not beyond doubt better: '}${ratioWords(objective, lambda)} ${tunedName}` };
}

function stressVerdict({ candidate, lambda }: Trial, evaluation: Evaluation): ScenarioVerdict {
  const against = comparisonsOf(candidate, lambda, evaluation);
  const { objective } = comparisonWith(against, fairName);
  return { evaluation, isStress: true, against, isPassed: objective.ratio <= 1, words: `${evaluation.scenario.name} of ${evaluation.workload}: ${objective.ratio <= 1 ? '' : 'worse: '}${ratioWords(objective, lambda)} ${fairName}` };
}

function againstChampion({ champion, lambda }: Trial, verdicts: readonly ScenarioVerdict[]): readonly [beats: boolean, reasons: readonly string[]] {
  if (champion === undefined) return [true, []];
  if (champion.lambda !== lambda) return [false, [`${champion.name} serves with another objective (lambda ${champion.lambda}): which of them serves is yours to say`]];
  const compared = verdicts.filter(({ isStress }) => !isStress).map(({ evaluation, against }) => ({ name: evaluation.scenario.name, ...comparisonWith(against, champion.name) }));
  const better = compared.every(({ objective }) => objective.high < 1);
  return [better, compared.map(({ name, objective }) => `${name}: ${objective.high < 1 ? '' : 'not beyond doubt better than what serves: '}${ratioWords(objective, lambda)} ${champion.name}`)];
}

function comparisonsOf(candidate: string, lambda: number, evaluation: Evaluation): readonly BaselineComparison[] {
  return evaluation.policies
    .filter(({ policy }) => policy !== candidate)
    .map(({ policy: baseline }) => {
      const pair = [candidate, baseline] as const;
      return {
        baseline,
        objective: compareOn(evaluation, pair, { lambda }),
        completion: compareOn(evaluation, pair, 'meanCompletionSeconds'),
        p95: compareOn(evaluation, pair, 'p95CompletionSeconds'),
        executorSeconds: compareOn(evaluation, pair, 'executorSeconds'),
      };
    });
}

function comparisonWith(against: readonly BaselineComparison[], name: string): BaselineComparison {
  const found = against.find(({ baseline }) => baseline === name);
  if (found === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `${name} was not evaluated beside the candidate`);
  return found;
}

/** Such as `7.3 % lower mean completion time (95 % interval 6.1 to 8.4 %, 100 sequences) than`. */
export function ratioWords({ ratio, low, high, count }: PairedRatio, lambda: number): string {
  if (!Number.isFinite(ratio)) return `jobs were left undone (${count} sequences), unlike under`;
  const percent = (share: number) => (100 * share).toFixed(1);
  const what = lambda === 0 ? 'mean completion time' : `completion time + ${lambda} x executor-seconds of a job`;
  const interval = ratio <= 1 ? `${percent(1 - high)} to ${percent(1 - low)}` : `${percent(low - 1)} to ${percent(high - 1)}`;
  return `${percent(Math.abs(1 - ratio))} % ${ratio <= 1 ? 'lower' : 'higher'} ${what} (95 % interval ${interval} %, ${count} sequences) than`;
}

function stressSummary(verdicts: readonly ScenarioVerdict[]): string {
  const stressed = verdicts.filter(({ isStress }) => isStress);
  if (stressed.length === 0) return '';
  const ratios = stressed.map(({ evaluation, against }) => ({ words: scenarioWords(evaluation.scenario), workload: evaluation.workload, ratio: comparisonWith(against, fairName).objective.ratio }));
  const [worst] = ratios.toSorted((one, other) => other.ratio - one.ratio);
  return worst === undefined ? '' : `no worse than ${fairName} in ${stressed.length} stress scenarios; closest: ${(100 * (1 - worst.ratio)).toFixed(1)} % lower, ${worst.words}, ${worst.workload}`;
}
