import { OrreryError } from '@orrery/errors';
import { fitGbdt, type GbdtModel } from '../gbdt/index.js';
import { BackOffNgram } from './back-off-ngram.js';
import { boostedProbabilities, mostLikely, ngramProbabilities } from './next-task-probabilities.js';
import { fitPrefixEncoding, PrefixEncoder } from './prefix-encoder.js';
import { prefixRows } from './prefix-rows.js';
import type { Sequence } from './sequence.js';

export interface NextTaskTraining {
  readonly training: readonly Sequence[];
  /** Sequences that decide when to stop, how long contexts are and how much each part counts; best the latest ones. */
  readonly validation: readonly Sequence[];
  readonly seed: number;
  /** Told after each round of each member; `false` ends the training of that member. */
  readonly onRound?: (round: number, validationLoss: number) => boolean | undefined;
}

/** What was chosen on the validation part, and how often that part's next tasks were foretold. */
export interface NextTaskChoice {
  /** Longest context of the n-gram. */
  readonly order: number;
  /** How much the n-gram counts; boosting counts for the rest. @minimum 0 @maximum 1 */
  readonly ngramShare: number;
  readonly accuracy: { readonly ngram: number; readonly boosting: number; readonly blend: number };
}

/** One boosted model with the rows that it reads. */
export interface NextTaskMember {
  readonly encoder: PrefixEncoder;
  readonly model: GbdtModel;
}

export interface NextTaskParts {
  readonly ngram: BackOffNgram;
  readonly members: readonly NextTaskMember[];
  readonly choice: NextTaskChoice;
}

/** Members differ in how far back they look and how finely they cut; their mean errs less than either. */
const memberSettings = [
  { window: 4, leaves: 8 },
  { window: 8, leaves: 16 },
] as const;
const orders = [1, 2, 3, 4, 6, 8] as const;
const maxTrainedContexts = 1_000_000;
/** Boosting counts for at least half: what only the n-gram says, the n-gram says alone. */
const ngramShares = [0, 0.25, 0.5] as const;
const maxRounds = 300;
const minRounds = 20;
const patienceRounds = 20;
const learningRate = 0.1;
/** Rounds that training takes at that rate as a rule; with fewer, each must step further. */
const usualRounds = 60;
/** Rows x features x classes x rounds of a member: a large log gets fewer and longer rounds rather than hours. */
const workLimit = 2e10;

/** @throws ORRERY_VALIDATION when either part holds no event. */
export function fitNextTaskParts(options: NextTaskTraining): NextTaskParts {
  const { training, validation } = options;
  const isEmpty = (part: readonly Sequence[]) => part.every(({ events }) => events.length === 0);
  if (isEmpty(training) || isEmpty(validation)) throw new OrreryError('ORRERY_VALIDATION', 'next-task training expects events in the training and in the validation part');
  const { order, ngram } = fitNgram(training, validation);
  const members = memberSettings.map((settings, index) => fitMember(options, settings, options.seed + index));
  return { ngram, members, choice: { order, ...chosenShare({ ngram, members }, validation) } };
}

/** The n-gram with the context length that foretells most of the validation part; of equal ones the shortest. */
export function fitNgram(training: readonly Sequence[], validation: readonly Sequence[]): { readonly order: number; readonly ngram: BackOffNgram } {
  const longest = observed(training, orders.at(-1) ?? 1);
  const accuracies = orders.map((order) => ngramAccuracy(longest, validation, order));
  const order = orders[accuracies.indexOf(Math.max(...accuracies))] ?? 1;
  return { order, ngram: observed(training, order) };
}

function observed(sequences: readonly Sequence[], order: number): BackOffNgram {
  const ngram = new BackOffNgram({ order, maxContexts: maxTrainedContexts });
  for (const { events } of sequences) ngram.observe(events.map(({ symbol }) => symbol));
  return ngram;
}

/** Share of all prefixes of one event or more whose next symbol, or end, the n-gram ranks first. */
export function ngramAccuracy(ngram: BackOffNgram, sequences: readonly Sequence[], order?: number): number {
  let [right, prefixes] = [0, 0];
  for (const { events } of sequences) {
    const symbols = events.map(({ symbol }) => symbol);
    for (let length = 1; length <= symbols.length; length++, prefixes++) {
      if (ngram.predict(symbols.slice(0, length), order).distribution[0]?.symbol === (symbols[length] ?? null)) right++;
    }
  }
  return right / prefixes;
}

function fitMember({ training, validation, onRound }: NextTaskTraining, { window, leaves }: (typeof memberSettings)[number], seed: number): NextTaskMember {
  const encoder = new PrefixEncoder(fitPrefixEncoding(training, window));
  const rows = prefixRows(training, encoder);
  const held = prefixRows(validation, encoder);
  const classCount = encoder.encoding.symbols.length + 1;
  const featureCount = encoder.featureNames.length;
  const affordable = Math.max(minRounds, Math.floor(workLimit / (rows.rowCount * featureCount * classCount)));
  const model = fitGbdt({
    ...{ ...rows, featureCount, validation: held, objective: { kind: 'softmax', classCount }, leaves, minLeafRows: 10, seed },
    ...{ trees: Math.min(maxRounds, affordable), learningRate: learningRate * Math.max(1, usualRounds / affordable) },
    ...{ rowSample: 0.8, columnSample: 0.5, quietRowSample: 0.2, earlyStoppingRounds: patienceRounds, ...(onRound === undefined ? {} : { onRound }) },
  });
  return { encoder, model };
}

/** The share of the n-gram with which most of the validation part is foretold; of equal ones the least. */
function chosenShare({ ngram, members }: Omit<NextTaskParts, 'choice'>, validation: readonly Sequence[]): Omit<NextTaskChoice, 'order'> {
  const right = ngramShares.map(() => 0);
  let [prefixes, rightOfNgram] = [0, 0];
  const encoder = members[0]?.encoder;
  if (encoder === undefined) throw new OrreryError('ORRERY_VALIDATION', 'next-task model expects at least one member');
  for (const { events } of validation) {
    const boosted = boostedProbabilities(members, events);
    for (const [at, probabilities] of boosted.entries()) {
      const ofNgram = ngramProbabilities(ngram, encoder, events.slice(0, at + 1));
      const truth = encoder.classOf(events[at + 1]?.symbol);
      ngramShares.forEach((share, index) => {
        if (mostLikely(blended(ofNgram, probabilities, share)) === truth) right[index] = (right[index] ?? 0) + 1;
      });
      if (mostLikely(ofNgram) === truth) rightOfNgram++;
      prefixes++;
    }
  }
  const best = right.indexOf(Math.max(...right));
  const accuracyOf = (index: number) => (right[index] ?? 0) / prefixes;
  return { ngramShare: ngramShares[best] ?? 0, accuracy: { ngram: rightOfNgram / prefixes, boosting: accuracyOf(0), blend: accuracyOf(best) } };
}

/** The mean of two distributions over the same classes. @param share of the first. @minimum 0 @maximum 1 */
export function blended(one: Float64Array, other: Float64Array, share: number): Float64Array {
  return one.map((probability, index) => share * probability + (1 - share) * (other[index] as number));
}
