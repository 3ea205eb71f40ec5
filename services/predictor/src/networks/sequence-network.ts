import { OrreryError } from '@orrery/errors';
import {
  classifierOf,
  fitSequenceEncoding,
  SequenceEncoder,
  sequenceEnd,
  type LoadedNetwork,
  type RecurrentCell,
  type SequenceEncoding,
  type StepSequence,
  type TrainingOptions,
} from '@orrery/learning';
import { workerTrainer, type NetworkTrainer } from './network-trainer.js';
import { serveNetwork } from './onnx-serving.js';
import type { PublishedNetwork } from './published-network.js';

/** Whole sequences for each purpose. */
export interface SequenceParts {
  readonly training: readonly StepSequence[];
  /** Decides when training stops. */
  readonly validation: readonly StepSequence[];
  /** Only measured on. */
  readonly heldOut: readonly StepSequence[];
}

/** On sequences that no decision has seen: every beginning, its next step or its end. */
export interface SequenceEvaluation {
  readonly beginnings: number;
  /** Share of beginnings whose most probable continuation came; one that was never seen before counts as missed. */
  readonly accuracy: number;
  /** The same of what most often followed the last step, the floor that a network has to beat. */
  readonly followerAccuracy: number;
}

/** What is stored with a classifier besides the network: plain JSON. */
export interface SequenceUse {
  readonly encoding: SequenceEncoding;
  readonly heldOut: SequenceEvaluation;
}

export interface SequenceNetwork {
  readonly network: PublishedNetwork;
  readonly use: SequenceUse;
}

export interface SequenceNetworkOptions extends TrainingOptions {
  readonly cell?: RecurrentCell;
  readonly unitCount?: number;
  /** Of how many of the newest steps it takes note. */
  readonly stepCount?: number;
  readonly pooling?: 'last' | 'attention';
  /** Greatest length of a word's vector. */
  readonly embeddingLimit?: number;
  /** Trains and publishes; absent: in a worker thread, on the best runtime. */
  readonly train?: NetworkTrainer;
}

const usual = { cell: 'gru', unitCount: 48, stepCount: 16, pooling: 'last', embeddingLimit: 16 } as const;
const leastOccurrences = 2;
const vocabularyLimit = 500;

/** Splits sequences, oldest first, by time: the newest fifth is held out, the newest fifth of the rest validates. */
export function splitSequences(sequences: readonly StepSequence[]): SequenceParts {
  const heldOutFrom = Math.floor(sequences.length * 0.8);
  const validationFrom = Math.floor(heldOutFrom * 0.8);
  return { training: sequences.slice(0, validationFrom), validation: sequences.slice(validationFrom, heldOutFrom), heldOut: sequences.slice(heldOutFrom) };
}

/**
 * Trains a recurrent classifier that tells which step comes next, or that none does.
 *
 * @throws ORRERY_VALIDATION when a part has no step, or steps differ in their number of words or numbers; what training and publishing throw.
 * @example
 * const { network, use } = await trainSequenceNetwork(splitSequences(runs), { seed: 1 });
 */
export async function trainSequenceNetwork(parts: SequenceParts, options: SequenceNetworkOptions = {}): Promise<SequenceNetwork> {
  const { cell, unitCount, stepCount, pooling, embeddingLimit, train = workerTrainer('auto'), ...rest } = { ...usual, ...options };
  const encoding = fitSequenceEncoding(parts.training, { stepCount, leastOccurrences, vocabularyLimit });
  const encoder = new SequenceEncoder(encoding);
  const [training, validation] = [encoder.rows(parts.training), encoder.rows(parts.validation)];
  if (validation.rowCount === 0) throw new OrreryError('ORRERY_VALIDATION', 'there is no step to validate on');
  const network = await train(classifierOf(encoding, { cell, unitCount, pooling, embeddingLimit }), { training, validation }, rest);
  const served = await serveNetwork(network);
  const heldOut = await evaluate(served, encoding, parts).finally(() => served.close());
  return { network, use: { encoding, heldOut } };
}

async function evaluate(network: LoadedNetwork, encoding: SequenceEncoding, { training, heldOut }: SequenceParts): Promise<SequenceEvaluation> {
  const beginnings = heldOut.reduce((sum, { length }) => sum + length, 0);
  const rows = new SequenceEncoder(encoding).rows(heldOut);
  const output = await network.predict(rows);
  const width = encoding.classes.length;
  let hits = 0;
  for (let row = 0; row < rows.rowCount; row += 1) if (mostProbable(output.subarray(row * width, (row + 1) * width)) === rows.targets[row]) hits += 1;
  const share = (count: number): number => count / Math.max(beginnings, 1);
  return { beginnings, accuracy: share(hits), followerAccuracy: share(followerHits(training, heldOut)) };
}

function mostProbable(probabilities: Float32Array): number {
  return probabilities.reduce((best, probability, index) => (probability > (probabilities[best] ?? 0) ? index : best), 0);
}

const stepsWithNext = (sequences: readonly StepSequence[]): (readonly [string, string])[] =>
  sequences.flatMap((steps) => steps.map(({ words }, index) => [words[0] ?? '', steps[index + 1]?.words[0] ?? sequenceEnd] as const));

function followerHits(training: readonly StepSequence[], heldOut: readonly StepSequence[]): number {
  const followers = new Map<string, Map<string, number>>();
  for (const [step, next] of stepsWithNext(training)) {
    const counts = followers.get(step) ?? new Map<string, number>();
    followers.set(step, counts.set(next, (counts.get(next) ?? 0) + 1));
  }
  const usualNext = new Map(Array.from(followers, ([step, counts]) => [step, [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0]]));
  return stepsWithNext(heldOut).filter(([step, next]) => usualNext.get(step) === next).length;
}

export interface NextStep {
  /** Null for the end of the sequence. */
  readonly task: string | null;
  readonly probability: number;
}

/**
 * What comes after the steps so far, the most probable first; the probabilities sum to 1.
 *
 * @param network what {@link serveNetwork} made of a classifier.
 * @throws ORRERY_VALIDATION when there is no step, or one has not as many words and numbers as were learned from.
 */
export async function predictNext(network: LoadedNetwork, { encoding }: SequenceUse, steps: StepSequence): Promise<NextStep[]> {
  const odd = steps.find(({ words }) => words.length !== encoding.vocabularies.length);
  if (steps.length === 0 || odd !== undefined) {
    throw new OrreryError('ORRERY_VALIDATION', `a prediction needs steps of ${encoding.vocabularies.length} words, got ${steps.length} steps${odd === undefined ? '' : `, one of ${odd.words.length} words`}`);
  }
  const probabilities = await network.predict(new SequenceEncoder(encoding).inputs([steps]));
  return encoding.classes
    .map((name, index) => ({ task: name === sequenceEnd ? null : name, probability: probabilities[index] ?? 0 }))
    .sort((left, right) => right.probability - left.probability);
}
