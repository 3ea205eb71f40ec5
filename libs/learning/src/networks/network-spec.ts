import { OrreryError } from '@orrery/errors';

export type RecurrentCell = 'gru' | 'lstm';

/** Fully connected layers with ReLU that give quantiles of one or more targets of a row of features. */
export interface MlpQuantilesSpec {
  readonly kind: 'mlp-quantiles';
  readonly featureCount: number;
  /** Units of each hidden layer, first one first. */
  readonly hidden: readonly number[];
  readonly targetCount: number;
  /** Ascending, each in (0, 1). */
  readonly quantiles: readonly number[];
}

/** A recurrent network that gives quantiles of the next values of a window whose values are told relative to its last one. */
export interface SeriesForecasterSpec {
  readonly kind: 'series-forecaster';
  readonly cell: RecurrentCell;
  /** Length of the window. */
  readonly stepCount: number;
  /** Numbers a step; the first one is the value. */
  readonly channelCount: number;
  /** Numbers a window that are known before it ends and are not steps: the calendar, the values one season earlier; may be 0. */
  readonly contextCount: number;
  readonly unitCount: number;
  /** How many steps are forecast. */
  readonly horizon: number;
  /** Ascending, each in (0, 1). */
  readonly quantiles: readonly number[];
}

/** A table of learned vectors for the tokens 0 (nothing there) to `vocabularySize - 1`. */
export interface EmbeddingSpec {
  readonly vocabularySize: number;
  readonly size: number;
}

/** A recurrent network over steps of tokens and numbers that gives the probability of each class. */
export interface SequenceClassifierSpec {
  readonly kind: 'sequence-classifier';
  readonly cell: RecurrentCell;
  /** Longest sequence; a shorter one is filled up in front. */
  readonly stepCount: number;
  /** One for each token of a step. */
  readonly embeddings: readonly EmbeddingSpec[];
  /** Numbers a step; may be 0. */
  readonly numericCount: number;
  readonly unitCount: number;
  /** What of the recurrent states decides: the last one, or also their mean, weighted by a learned attention. */
  readonly pooling: 'last' | 'attention';
  readonly classCount: number;
}

/** What a network looks like, without its weights: plain JSON. */
export type NetworkSpec = MlpQuantilesSpec | SeriesForecasterSpec | SequenceClassifierSpec;

export interface NetworkInput {
  readonly name: string;
  /** Shape of one row. */
  readonly shape: readonly number[];
  readonly type: 'float32' | 'int32';
}

/** The inputs of a network in the order of its graph; those without any number are left out. */
export function networkInputs(spec: NetworkSpec): readonly NetworkInput[] {
  return inputsOf(spec).filter(({ shape }) => shape.every((size) => size > 0));
}

function inputsOf(spec: NetworkSpec): readonly NetworkInput[] {
  switch (spec.kind) {
    case 'mlp-quantiles':
      return [{ name: 'features', shape: [spec.featureCount], type: 'float32' }];
    case 'series-forecaster':
      return [
        { name: 'steps', shape: [spec.stepCount, spec.channelCount], type: 'float32' },
        { name: 'context', shape: [spec.contextCount], type: 'float32' },
      ];
    case 'sequence-classifier':
      return [
        { name: 'tokens', shape: [spec.stepCount, spec.embeddings.length], type: 'int32' },
        { name: 'numerics', shape: [spec.stepCount, spec.numericCount], type: 'float32' },
        // 1 for a step that is there, 0 for one that fills up.
        { name: 'mask', shape: [spec.pooling === 'attention' ? spec.stepCount : 0], type: 'float32' },
      ];
  }
}

/** How many numbers one row of the output has: targets times quantiles, the quantiles of a target beside each other; or classes. */
export function outputWidth(spec: NetworkSpec): number {
  return spec.kind === 'sequence-classifier' ? spec.classCount : targetWidth(spec) * spec.quantiles.length;
}

/** How many numbers one row of the targets has; a class is one. */
export function targetWidth(spec: NetworkSpec): number {
  switch (spec.kind) {
    case 'mlp-quantiles':
      return spec.targetCount;
    case 'series-forecaster':
      return spec.horizon;
    case 'sequence-classifier':
      return 1;
  }
}

/** How many numbers enter the recurrent layer at a step. */
export function stepWidth(spec: SeriesForecasterSpec | SequenceClassifierSpec): number {
  if (spec.kind === 'series-forecaster') return spec.channelCount;
  return spec.embeddings.reduce((sum, { size }) => sum + size, spec.numericCount);
}

/** @throws ORRERY_VALIDATION when a size is not a whole number above zero, or the quantiles do not rise in (0, 1). */
export function checkSpec(spec: NetworkSpec): void {
  const bad = Object.entries(sizesOf(spec)).filter(([name, size]) => !Number.isInteger(size) || size < (mayBeNone.has(name) ? 0 : 1));
  const [fault] = bad;
  if (fault !== undefined) throw new OrreryError('ORRERY_VALIDATION', `a ${spec.kind} network cannot have ${fault[1]} as its ${fault[0]}`);
  if (spec.kind === 'sequence-classifier') return;
  const rising = spec.quantiles.every((quantile, index) => quantile > (spec.quantiles[index - 1] ?? 0) && quantile < 1);
  if (!rising || spec.quantiles.length === 0) {
    throw new OrreryError('ORRERY_VALIDATION', `the quantiles of a network must rise between 0 and 1, got ${spec.quantiles.join(', ')}`);
  }
}

const mayBeNone = new Set(['contextCount', 'numericCount']);

function sizesOf(spec: NetworkSpec): Record<string, number> {
  const numbers = Object.fromEntries(Object.entries(spec).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  if (spec.kind === 'mlp-quantiles') return { ...numbers, ...Object.fromEntries(spec.hidden.map((units, index) => [`hidden[${index}]`, units])) };
  if (spec.kind === 'series-forecaster') return numbers;
  const tables = spec.embeddings.flatMap(({ vocabularySize, size }, index) => [
    [`embeddings[${index}].vocabularySize`, vocabularySize],
    [`embeddings[${index}].size`, size],
  ]);
  return { ...numbers, 'embeddings.length': spec.embeddings.length, ...Object.fromEntries(tables) };
}
