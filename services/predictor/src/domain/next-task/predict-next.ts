import type { NgramPrediction, SymbolProbability } from '@orrery/learning';
import type { AnnotationLabel, MarkedTransition } from './guidance.js';
import { endOfRun } from './transition.js';

/** What was learned of sequences of tasks online. */
export interface LearnedSequences {
  predict(prefix: readonly string[]): NgramPrediction;
}

/** A trained model of the next task, with its number. */
export interface NextTaskModel {
  readonly version: number;
  readonly form: 'network' | 'boosted_trees';
  /** Empty where it knows nothing of such a prefix. A null symbol is the end. */
  predict(prefix: readonly string[]): readonly SymbolProbability[];
}

export interface NextTaskCandidate {
  /** {@link endOfRun} for the end of the run. */
  readonly task: string;
  /** As people guided it; those of all candidates sum to 1. */
  readonly probability: number;
  /** As it was learned: what is scored. These sum to 1 too. */
  readonly learnedProbability: number;
  readonly annotation: AnnotationLabel | '';
}

export interface NextTaskPrediction {
  /** The best first: marked as bad last, else the likeliest as people guided it. Empty where nothing is known. */
  readonly candidates: readonly NextTaskCandidate[];
  /** The likeliest as it was learned: what is held against what really happens. Null where nothing is known. */
  readonly expected: NextTaskCandidate | null;
  readonly basis: { readonly model: NextTaskModel['form'] | 'n_gram' | 'none'; readonly version: number; readonly samples: number; readonly level: number };
}

export interface NextTaskQuestion {
  readonly ngram: LearnedSequences;
  readonly model: NextTaskModel | null;
  /** Names of the tasks that ended, in their order. */
  readonly prefix: readonly string[];
  /** How likely the run ends now (`endShareOf`); null to take it from the n-gram, which then must have learned ends. */
  readonly endShare: number | null;
  /** What holds on the run's branch. */
  readonly annotations: readonly MarkedTransition[];
}

/** A good transition counts as if it were seen four times as often. */
const goodWeight = 4;

/**
 * Predicts which task ends next. Transitions that people marked are weighed: bad ones get nothing as long as there is another, good ones
 * four times their odds.
 */
export function predictNext({ ngram, model, prefix, endShare, annotations }: NextTaskQuestion): NextTaskPrediction {
  const trained = model?.predict(prefix) ?? [];
  const counted = ngram.predict(prefix);
  const learned = asDistribution(trained.length > 0 ? trained : withEnd(counted.distribution, endShare));
  const basis =
    trained.length > 0
      ? ({ model: model?.form ?? 'network', version: model?.version ?? 0, samples: counted.count, level: 0 } as const)
      : ({ model: learned.length === 0 ? 'none' : 'n_gram', version: 0, samples: counted.count, level: counted.level } as const);
  const candidates = guided(learned, marksAfter(annotations, prefix.at(-1) ?? ''));
  const expected = candidates.reduce<NextTaskCandidate | null>((best, candidate) => (best === null || candidate.learnedProbability > best.learnedProbability ? candidate : best), null);
  return { candidates, expected, basis };
}

function withEnd(distribution: readonly SymbolProbability[], endShare: number | null): readonly SymbolProbability[] {
  if (endShare === null) return distribution;
  const tasks = asDistribution(distribution.filter(({ symbol }) => symbol !== null));
  const left = tasks.length === 0 ? 0 : 1 - endShare;
  return [...tasks.map(({ symbol, probability }) => ({ symbol, probability: probability * left })), ...(endShare > 0 ? [{ symbol: null, probability: endShare }] : [])];
}

function asDistribution(distribution: readonly SymbolProbability[]): readonly SymbolProbability[] {
  const usable = distribution.filter(({ probability }) => probability > 0);
  const sum = usable.reduce((total, { probability }) => total + probability, 0);
  return usable.map(({ symbol, probability }) => ({ symbol, probability: probability / sum }));
}

function marksAfter(annotations: readonly MarkedTransition[], task: string): ReadonlyMap<string, AnnotationLabel> {
  return new Map(annotations.filter(({ fromTask }) => fromTask === task).map(({ toTask, label }) => [toTask, label]));
}

function guided(learned: readonly SymbolProbability[], marks: ReadonlyMap<string, AnnotationLabel>): readonly NextTaskCandidate[] {
  const marked = learned.map(({ symbol, probability }) => ({ task: symbol ?? endOfRun, learnedProbability: probability, annotation: marks.get(symbol ?? endOfRun) ?? ('' as const) }));
  const hasOther = marked.some(({ annotation }) => annotation !== 'bad');
  const weightOf = ({ annotation, learnedProbability }: (typeof marked)[number]) => learnedProbability * (annotation === 'good' ? goodWeight : annotation === 'bad' && hasOther ? 0 : 1);
  const sum = marked.reduce((total, candidate) => total + weightOf(candidate), 0);
  const candidates = marked.map((candidate) => ({ ...candidate, probability: weightOf(candidate) / sum }));
  return candidates.sort((left, right) => right.probability - left.probability || right.learnedProbability - left.learnedProbability);
}
