import { OrreryError } from '@orrery/errors';
import type { NetworkBatch, NetworkData } from './network-data.js';
import type { SequenceClassifierSpec } from './network-spec.js';
import { fitScaling, scaledRow, type Scaling } from './scaling.js';

/** One step of a sequence: the first word is what happened (the task), the others describe it (who, where). */
export interface SequenceStep {
  readonly words: readonly string[];
  /** Known when the step happened; NaN for what is not known. */
  readonly numerics: readonly number[];
}

export type StepSequence = readonly SequenceStep[];

/** How steps become numbers: plain JSON that goes with the network. */
export interface SequenceEncoding {
  readonly stepCount: number;
  /** For each word of a step the words that have a token of their own; their tokens start at 2. */
  readonly vocabularies: readonly (readonly string[])[];
  /** What can come next, {@link sequenceEnd} among it. */
  readonly classes: readonly string[];
  readonly scaling: Scaling;
}

/** The class of a sequence that is over. No task has a name with a line break. */
export const sequenceEnd = '\n';

const unknownToken = 1;
const firstToken = 2;

export interface EncodingLimits {
  readonly stepCount: number;
  /** Words that occur less often share one token. */
  readonly leastOccurrences: number;
  readonly vocabularyLimit: number;
}

/** Learns words, classes and scaling from sequences. @throws ORRERY_VALIDATION when there is no step, or steps differ in their number of words or numbers. */
export function fitSequenceEncoding(sequences: readonly StepSequence[], limits: EncodingLimits): SequenceEncoding {
  const steps = sequences.flat();
  const [first] = steps;
  if (first === undefined) throw new OrreryError('ORRERY_VALIDATION', 'there is no step to learn from');
  const odd = steps.find(({ words, numerics }) => words.length !== first.words.length || numerics.length !== first.numerics.length);
  if (odd !== undefined || first.words.length === 0) {
    throw new OrreryError('ORRERY_VALIDATION', `every step needs ${Math.max(first.words.length, 1)} words and ${first.numerics.length} numbers, got ${odd?.words.length ?? 0} and ${odd?.numerics.length ?? 0}`);
  }
  const tasks = new Set(steps.map(({ words }) => words[0] ?? ''));
  return {
    stepCount: limits.stepCount,
    vocabularies: first.words.map((_, channel) => frequentWords(steps.map(({ words }) => words[channel] ?? ''), limits)),
    classes: [sequenceEnd, ...[...tasks].sort()],
    scaling: fitScaling(steps.map(({ numerics }) => numerics)),
  };
}

function frequentWords(words: readonly string[], { leastOccurrences, vocabularyLimit }: EncodingLimits): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= leastOccurrences)
    .sort(([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1))
    .slice(0, vocabularyLimit)
    .map(([word]) => word);
}

/** The network for an encoding. @param embeddingLimit greatest length of a word's vector. */
export function classifierOf(
  encoding: SequenceEncoding,
  network: Pick<SequenceClassifierSpec, 'cell' | 'unitCount' | 'pooling'> & { readonly embeddingLimit: number },
): SequenceClassifierSpec {
  const { cell, unitCount, pooling, embeddingLimit } = network;
  const embeddings = encoding.vocabularies.map(({ length }) => ({ vocabularySize: length + firstToken, size: Math.min(embeddingLimit, Math.max(2, Math.ceil((length + firstToken) / 2))) }));
  return { kind: 'sequence-classifier', cell, stepCount: encoding.stepCount, embeddings, numericCount: encoding.scaling.means.length, unitCount, pooling, classCount: encoding.classes.length };
}

/** Encodes beginnings of sequences: the newest steps of each, filled up in front. */
export class SequenceEncoder {
  private readonly tokens: readonly ReadonlyMap<string, number>[];
  private readonly classNumbers: ReadonlyMap<string, number>;

  constructor(private readonly encoding: SequenceEncoding) {
    this.tokens = encoding.vocabularies.map((words) => new Map(words.map((word, index) => [word, index + firstToken])));
    this.classNumbers = new Map(encoding.classes.map((name, index) => [name, index]));
  }

  inputs(beginnings: readonly StepSequence[]): NetworkBatch {
    const { stepCount, scaling, vocabularies } = this.encoding;
    const [channels, width, rowCount] = [vocabularies.length, scaling.means.length, beginnings.length];
    const tokens = new Int32Array(rowCount * stepCount * channels);
    const numerics = new Float32Array(rowCount * stepCount * width);
    const mask = new Float32Array(rowCount * stepCount);
    beginnings.forEach((steps, row) => {
      const newest = steps.slice(-stepCount);
      newest.forEach((step, index) => {
        const at = row * stepCount + stepCount - newest.length + index;
        mask[at] = 1;
        numerics.set(scaledRow(scaling, step.numerics), at * width);
        this.tokens.forEach((known, channel) => {
          tokens[at * channels + channel] = known.get(step.words[channel] ?? '') ?? unknownToken;
        });
      });
    });
    return { rowCount, inputs: { tokens, numerics, mask } };
  }

  /** Every beginning of every sequence with what came next: a step or the end. What came next and is no class is left out. */
  rows(sequences: readonly StepSequence[]): NetworkData {
    const known = sequences.flatMap((steps) =>
      steps.flatMap((_, index) => {
        const next = this.classNumbers.get(steps[index + 1]?.words[0] ?? sequenceEnd);
        return next === undefined ? [] : [{ steps: steps.slice(Math.max(0, index + 1 - this.encoding.stepCount), index + 1), next }];
      }),
    );
    return { ...this.inputs(known.map(({ steps }) => steps)), targets: Int32Array.from(known.map(({ next }) => next)) };
  }
}
