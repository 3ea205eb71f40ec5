/** The new against the old in percent: below 0 is less. Null where jobs were left undone. */
export interface Change {
  readonly percent: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Sequences in which it was less; null where nobody counted. */
  readonly wins: number | null;
}

export interface Figures {
  readonly policy: string;
  readonly meanCompletionSeconds: number | null;
  readonly p95CompletionSeconds: number | null;
  readonly executorSeconds: number | null;
  readonly decisions: number | null;
  readonly moves: number | null;
  readonly unfinishedJobs: number | null;
  readonly decisionP50Us: number | null;
  readonly decisionP99Us: number | null;
}

export interface Comparison {
  readonly baseline: string;
  readonly objective: Change;
  readonly completion: Change;
  readonly p95: Change;
  readonly executorSeconds: Change;
}

export interface Scenario {
  readonly name: string;
  /** Such as `batch of 20 jobs on 50 executors`. */
  readonly words: string;
  readonly workload: string;
  readonly isStress: boolean;
  readonly sequences: number | null;
  readonly firstSeed: number | null;
  readonly lastSeed: number | null;
  readonly figures: readonly Figures[];
  readonly against: readonly Comparison[];
  readonly isPassed: boolean | null;
  readonly verdict: string;
  /** What the learned policies among the figures were trained for: the weight of executor-seconds, by name. */
  readonly lambdas: Lambdas;
}

export type Lambdas = ReadonlyMap<string, number>;

export interface ModelCard {
  readonly objective: string;
  readonly workload: string;
  readonly training: string;
  readonly standsOn: string;
  readonly requestedBy: string;
  readonly seed: number | null;
  readonly generations: number | null;
  readonly episodes: number | null;
  readonly parameters: number | null;
  readonly wallSeconds: number | null;
  readonly claims: readonly string[];
  readonly reasons: readonly string[];
  readonly limits: readonly string[];
  readonly scenarios: readonly Scenario[];
}

/** Reads a model card: what it does not have is left empty, and what is no card at all gives null. */
export function cardOf(given: unknown): ModelCard | null {
  if (!isPart(given)) return null;
  const [objective, workload, training, decision] = [partOf(given['objective']), partOf(given['workload']), partOf(given['training']), partOf(given['decision'])];
  const lambdas = lambdasOf(given['lambdas']);
  return {
    objective: text(objective['words']),
    workload: [text(workload['name']), text(workload['words'])].filter((part) => part !== '').join(': '),
    training: text(training['words']),
    standsOn: text(given['stands_on']),
    requestedBy: text(given['requested_by']),
    seed: number(training['seed']),
    generations: number(training['generations']),
    episodes: number(training['episodes']),
    parameters: number(training['parameters']),
    wallSeconds: number(training['wall_seconds']),
    claims: texts(given['claims']),
    reasons: texts(decision['reasons']),
    limits: texts(given['limits']),
    scenarios: parts(given['scenarios']).map((part) => scenarioOf(part, lambdas)),
  };
}

function scenarioOf(given: Part, lambdas: Lambdas): Scenario {
  return {
    name: text(given['name']),
    words: text(given['words']),
    workload: text(given['workload']),
    isStress: given['is_stress'] === true,
    sequences: number(given['sequences']),
    firstSeed: number(given['first_seed']),
    lastSeed: number(given['last_seed']),
    figures: parts(given['figures']).map(figuresOf),
    against: parts(given['against']).map(comparisonOf),
    isPassed: typeof given['is_passed'] === 'boolean' ? given['is_passed'] : null,
    verdict: text(given['verdict']),
    lambdas,
  };
}

/** The scenarios of an evaluation; one policy in each is held against the others: the one that was learned, where there is one. */
export function evaluatedOf(given: unknown): readonly Scenario[] {
  const lambdas = lambdasOf(partOf(given)['lambdas']);
  return parts(partOf(given)['scenarios']).map((part) => {
    const comparisons = parts(part['comparisons']);
    const policies = parts(part['figures']).map(({ policy }) => text(policy));
    const ours = policies.find((policy) => lambdas.has(policy)) ?? policies.find((policy) => !comparisons.some(({ baseline }) => baseline === policy)) ?? policies[0];
    return { ...scenarioOf(part, lambdas), against: comparisons.filter(({ policy }) => policy === ours).map(comparisonOf) };
  });
}

/** The one that is held against all others. */
export function oursIn({ figures, against, lambdas }: Pick<Scenario, 'figures' | 'against' | 'lambdas'>): string {
  const names = figures.map(({ policy }) => policy).filter((policy) => !against.some(({ baseline }) => baseline === policy));
  return names.find((policy) => lambdas.has(policy)) ?? names[0] ?? '';
}

function figuresOf(given: Part): Figures {
  return {
    policy: text(given['policy']),
    meanCompletionSeconds: number(given['mean_completion_s']),
    p95CompletionSeconds: number(given['p95_completion_s']),
    executorSeconds: number(given['executor_seconds']),
    decisions: number(given['decisions']),
    moves: number(given['moves']),
    unfinishedJobs: number(given['unfinished_jobs']),
    decisionP50Us: number(given['decision_p50_us']),
    decisionP99Us: number(given['decision_p99_us']),
  };
}

function comparisonOf(given: Part): Comparison {
  return {
    baseline: text(given['baseline']),
    objective: changeOf(given['objective']),
    completion: changeOf(given['mean_completion']),
    p95: changeOf(given['p95_completion']),
    executorSeconds: changeOf(given['executor_seconds']),
  };
}

function changeOf(given: unknown): Change {
  const { percent, low, high, wins } = partOf(given);
  return { percent: number(percent), low: number(low), high: number(high), wins: number(wins) };
}

function lambdasOf(given: unknown): Lambdas {
  return new Map(Object.entries(partOf(given)).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

type Part = Readonly<Record<string, unknown>>;

const isPart = (given: unknown): given is Part => typeof given === 'object' && given !== null && !Array.isArray(given);
const partOf = (given: unknown): Part => (isPart(given) ? given : {});
const list = (given: unknown): readonly unknown[] => (Array.isArray(given) ? given : []);
const parts = (given: unknown): readonly Part[] => list(given).filter(isPart);
const texts = (given: unknown): readonly string[] => list(given).filter((one) => typeof one === 'string');
const text = (given: unknown): string => (typeof given === 'string' ? given : '');
const number = (given: unknown): number | null => (typeof given === 'number' && Number.isFinite(given) ? given : null);
