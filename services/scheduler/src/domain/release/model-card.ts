import type { PairedRatio } from '@orrery/stats';
import type { PolicyFigures } from './figures.js';
import { fairName, ratioWords, tunedName, type BaselineComparison, type ReleaseDecision, type ScenarioVerdict } from './release-gate.js';
import { scenarioWords } from './scenarios.js';

/** From what a policy was made. */
export interface Origin {
  readonly name: string;
  readonly createdAt: string;
  readonly requestedBy: string;
  readonly trainingId: string;
  readonly lambda: number;
  readonly workload: { readonly name: string; readonly words: string; readonly kindCount: number; readonly sizeCount: number };
  readonly training: { readonly seed: number; readonly generations: number; readonly episodes: number; readonly parameters: number; readonly wallSeconds: number; readonly words: string };
  /** The heuristic that it stands on and falls back to, in words. */
  readonly tunedWords: string;
  /** The learned policies among those it was compared with. */
  readonly rivals: readonly { readonly name: string; readonly lambda: number }[];
}

/** A ratio of means as percent: below 0 is less than the baseline. Null where a job was left undone. */
export interface CardChange {
  readonly percent: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly wins: number;
}

export interface CardFigures {
  readonly policy: string;
  readonly mean_completion_s: number | null;
  readonly p95_completion_s: number | null;
  readonly executor_seconds: number;
  readonly decisions: number;
  readonly moves: number;
  readonly unfinished_jobs: number;
  readonly decision_p50_us: number;
  readonly decision_p99_us: number;
}

export interface CardComparison {
  readonly baseline: string;
  readonly objective: CardChange;
  readonly mean_completion: CardChange;
  readonly p95_completion: CardChange;
  readonly executor_seconds: CardChange;
}

export interface CardScenario {
  readonly name: string;
  readonly words: string;
  readonly workload: string;
  readonly is_stress: boolean;
  readonly jobs: number;
  readonly executors: number;
  readonly sequences: number;
  readonly first_seed: number;
  readonly last_seed: number;
  readonly figures: readonly CardFigures[];
  readonly against: readonly CardComparison[];
  readonly is_passed: boolean;
  readonly verdict: string;
}

/** Everything that is claimed of a policy, with its baseline, its workload and its doubt. */
export interface ModelCard {
  readonly name: string;
  readonly created_at: string;
  readonly requested_by: string;
  readonly training_id: string;
  readonly objective: { readonly lambda: number; readonly words: string };
  readonly workload: { readonly name: string; readonly words: string; readonly kinds: number; readonly sizes: number };
  readonly training: { readonly seed: number; readonly generations: number; readonly episodes: number; readonly parameters: number; readonly wall_seconds: number; readonly words: string };
  readonly stands_on: string;
  /** Its name among the figures. */
  readonly candidate: string;
  /** What the learned policies among the figures were trained for, by name. */
  readonly lambdas: Readonly<Record<string, number>>;
  readonly claims: readonly string[];
  readonly decision: { readonly is_published: boolean; readonly serves: boolean; readonly reasons: readonly string[] };
  readonly scenarios: readonly CardScenario[];
  readonly limits: readonly string[];
}

/** The card of a policy: built from the same figures that decided over it. */
export function modelCard(origin: Origin, candidate: string, decision: ReleaseDecision): ModelCard {
  const { name, createdAt, requestedBy, trainingId, lambda, workload, training, tunedWords } = origin;
  return {
    ...{ name, created_at: createdAt, requested_by: requestedBy, training_id: trainingId },
    objective: { lambda, words: lambda === 0 ? 'mean completion time' : `mean completion time + ${lambda} x executor-seconds of a job` },
    workload: { name: workload.name, words: workload.words, kinds: workload.kindCount, sizes: workload.sizeCount },
    training: { seed: training.seed, generations: training.generations, episodes: training.episodes, parameters: training.parameters, wall_seconds: training.wallSeconds, words: training.words },
    ...{ stands_on: tunedWords, candidate, lambdas: Object.fromEntries([[candidate, lambda], ...origin.rivals.map((rival) => [rival.name, rival.lambda] as const)]) },
    claims: decision.verdicts.filter(({ isStress }) => !isStress).flatMap(claimsOf),
    decision: { is_published: decision.isPublished, serves: decision.serves, reasons: decision.reasons },
    scenarios: decision.verdicts.map(scenarioOf),
    limits: limitsOf(decision),
  };
}

/** One a baseline, such as `7.3 % lower mean completion time (95 % interval 6.1 to 8.4 %, 100 sequences) than tuned on TPC-H, batch of 20 jobs on 50 executors`. */
function claimsOf({ evaluation, against }: ScenarioVerdict): readonly string[] {
  const place = `on ${evaluation.workload}, ${scenarioWords(evaluation.scenario)}`;
  return [tunedName, fairName, 'fifo'].flatMap((baseline) => {
    const found = against.find((comparison) => comparison.baseline === baseline);
    return found === undefined ? [] : [`${ratioWords(found.completion, 0)} ${baseline}, ${executorWords(found)}, ${place}`];
  });
}

function executorWords({ executorSeconds: { ratio, low, high } }: BaselineComparison): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  const interval = ratio <= 1 ? `${percent(1 - high)} to ${percent(1 - low)}` : `${percent(low - 1)} to ${percent(high - 1)}`;
  return `with ${percent(Math.abs(1 - ratio))} % ${ratio <= 1 ? 'fewer' : 'more'} executor-seconds (${interval} %)`;
}

function scenarioOf({ evaluation, isStress, against, isPassed, words }: ScenarioVerdict): CardScenario {
  const { scenario, workload, jobCount, seeds, policies } = evaluation;
  return {
    ...{ name: scenario.name, words: scenarioWords(scenario), workload, is_stress: isStress, jobs: jobCount, executors: scenario.executorCount },
    ...{ sequences: seeds.length, first_seed: Math.min(...seeds), last_seed: Math.max(...seeds) },
    figures: policies.map(cardFigures),
    against: against.map((comparison) => ({
      baseline: comparison.baseline,
      objective: changeOf(comparison.objective),
      mean_completion: changeOf(comparison.completion),
      p95_completion: changeOf(comparison.p95),
      executor_seconds: changeOf(comparison.executorSeconds),
    })),
    ...{ is_passed: isPassed, verdict: words },
  };
}

/** The figures of one policy as they are shown. */
export function cardFigures(figures: PolicyFigures): CardFigures {
  return {
    policy: figures.policy,
    mean_completion_s: rounded(figures.meanCompletionSeconds),
    p95_completion_s: rounded(figures.p95CompletionSeconds),
    executor_seconds: rounded(figures.executorSeconds) ?? 0,
    decisions: rounded(figures.decisionsPerSequence) ?? 0,
    moves: rounded(figures.movesPerSequence) ?? 0,
    unfinished_jobs: figures.unfinishedJobs,
    decision_p50_us: rounded(figures.decisionP50Us) ?? 0,
    decision_p99_us: rounded(figures.decisionP99Us) ?? 0,
  };
}

/** A ratio as it is shown. */
export function changeOf({ ratio, low, high, wins }: PairedRatio): CardChange {
  const percent = (value: number) => (Number.isFinite(value) ? Math.round(10_000 * (value - 1)) / 100 : null);
  return { percent: percent(ratio), low: percent(low), high: percent(high), wins };
}

function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

function limitsOf({ verdicts }: ReleaseDecision): readonly string[] {
  const main = verdicts.filter(({ isStress }) => !isStress);
  const slower = main.flatMap(({ evaluation, against }) =>
    against.filter(({ baseline, p95 }) => baseline === fairName && p95.low > 1).map(({ p95 }) => `${evaluation.scenario.name}: the slowest jobs take longer than under ${fairName}: p95 ${(100 * (p95.ratio - 1)).toFixed(1)} % higher`),
  );
  const dearer = main.flatMap(({ evaluation, against }) =>
    against
      .filter(({ baseline, executorSeconds }) => baseline === fairName && executorSeconds.low > 1)
      .map(({ executorSeconds }) => `${evaluation.scenario.name}: costs ${(100 * (executorSeconds.ratio - 1)).toFixed(1)} % more executor-seconds than ${fairName}`),
  );
  return [
    'the figures are those of a simulation with equal executors, whose tasks take what was measured or made up for the workload; a real cluster may differ',
    'sequences were drawn from the jobs named above; other kinds of jobs were looked at only in the stress scenarios',
    'the gain against first in, first out is mostly what any fair scheduler has; compare with the tuned heuristic',
    ...slower,
    ...dearer,
  ];
}
