import { OrreryError } from '@orrery/errors';
import { classificationMetrics, drawTree, fitDecisionTree, fitLogisticRegression, fitNaiveBayes, predictLogistic, predictNaiveBayes, predictTree } from '../classifiers/index.js';
import type { NextSymbol } from './back-off-ngram.js';
import { NextTaskModel } from './next-task-model.js';
import { mostLikely } from './next-task-probabilities.js';
import { fitNgram } from './next-task-training.js';
import { fitPrefixEncoding, PrefixEncoder } from './prefix-encoder.js';
import { prefixRows } from './prefix-rows.js';
import type { Sequence, SequenceEvent } from './sequence.js';

export type NextTaskModelName = 'logistic regression' | 'decision tree' | 'naive Bayes' | 'n-gram' | 'gradient boosting';

/** How well one kind of model foretells the next tasks of runs later than those that it learned from. */
export interface NextTaskScore {
  readonly model: NextTaskModelName;
  readonly accuracy: number;
  /** Plain means over the tasks, and the end, that occur or were foretold. */
  readonly macroPrecision: number;
  readonly macroRecall: number;
  readonly macroF1: number;
  /** Prefixes told about. */
  readonly prefixes: number;
  /** Of the decision tree: its questions, as text. */
  readonly drawing?: string;
}

type Predictor = (events: readonly SequenceEvent[]) => readonly NextSymbol[];

const window = 4;
const treeDepth = 8;
const logisticSteps = 100;
/** The least that leaves runs for each part. */
const leastSequences = 10;

/**
 * Trains each kind of model on the first sequences, lets it choose on the next, and tells how it does on the last fifth (64, 16 and 20 of a hundred).
 *
 * @param sequences oldest first.
 * @throws ORRERY_VALIDATION with fewer than 10 sequences, or when they hold no events.
 * @example
 * compareNextTaskModels(runs, 1).map(({ model, accuracy }) => `${model} ${accuracy}`)
 */
export function compareNextTaskModels(sequences: readonly Sequence[], seed: number): readonly NextTaskScore[] {
  if (sequences.length < leastSequences) throw new OrreryError('ORRERY_VALIDATION', `comparing next-task models expects at least ${leastSequences} sequences, got ${sequences.length}`);
  const [validationFrom, testFrom] = [Math.floor(sequences.length * 0.64), Math.floor(sequences.length * 0.8)];
  const [training, validation, test] = [sequences.slice(0, validationFrom), sequences.slice(validationFrom, testFrom), sequences.slice(testFrom)];
  const boosting = NextTaskModel.fit({ training, validation, seed });
  const { ngram } = fitNgram(training, validation);
  const encoder = new PrefixEncoder(fitPrefixEncoding(training, window));
  const tree = treeOf(training, encoder);
  const symbolsOf = (events: readonly SequenceEvent[], at: number) => events.slice(0, at + 1).map(({ symbol }) => symbol);
  return [
    scored('logistic regression', logisticPredictor(training, encoder), test),
    { ...scored('decision tree', tree.predict, test), drawing: tree.drawing },
    scored('naive Bayes', bayesPredictor(training, encoder), test),
    scored('n-gram', (events) => events.map((_, at) => ngram.predict(symbolsOf(events, at)).distribution[0]?.symbol ?? null), test),
    scored('gradient boosting', (events) => boosting.predictEach(events), test),
  ];
}

function scored(model: NextTaskModelName, predict: Predictor, test: readonly Sequence[]): NextTaskScore {
  const truth = test.flatMap(({ events }) => events.map((_, at) => events[at + 1]?.symbol ?? null));
  const predicted = test.flatMap(({ events }) => predict(events));
  const index = new Map([...new Set([...truth, ...predicted])].map((symbol, at) => [symbol, at]));
  const classesOf = (symbols: readonly NextSymbol[]) => symbols.map((symbol) => index.get(symbol) ?? 0);
  const { accuracy, macro } = classificationMetrics(classesOf(truth), classesOf(predicted), index.size);
  return { model, accuracy, macroPrecision: macro.precision, macroRecall: macro.recall, macroF1: macro.f1, prefixes: truth.length };
}

function symbolOf(encoder: PrefixEncoder, index: number): NextSymbol {
  return encoder.encoding.symbols[index] ?? null;
}

function treeOf(training: readonly Sequence[], encoder: PrefixEncoder): { readonly predict: Predictor; readonly drawing: string } {
  const { symbols } = encoder.encoding;
  const [featureCount, classCount] = [encoder.featureNames.length, symbols.length + 1];
  const { features, rowCount, targets } = prefixRows(training, encoder);
  const tree = fitDecisionTree({ features, rowCount, featureCount, classes: targets, classCount }, { maxDepth: treeDepth });
  const predict: Predictor = (events) => {
    const rows = encoder.encodeAll(events);
    return events.map((_, at) => symbolOf(encoder, mostLikely(predictTree(tree, rows, new Float64Array(classCount), at * featureCount))));
  };
  return { predict, drawing: drawTree(tree, encoder.featureNames, [...symbols, '(end)']) };
}

function logisticPredictor(training: readonly Sequence[], encoder: PrefixEncoder): Predictor {
  const classCount = encoder.encoding.symbols.length + 1;
  const { features, rowCount, targets } = prefixRows(training, encoder);
  const { rows, width } = indicated(features, rowCount, encoder);
  const model = fitLogisticRegression({ features: rows, rowCount, featureCount: width, classes: targets, classCount }, { steps: logisticSteps });
  return (events) => {
    const asked = indicated(encoder.encodeAll(events), events.length, encoder).rows;
    return events.map((_, at) => symbolOf(encoder, mostLikely(predictLogistic(model, asked, new Float64Array(classCount), at * width))));
  };
}

/** Rows whose codes of the last tasks became a column a task: a line through codes says nothing. */
function indicated(features: Float32Array, rowCount: number, encoder: PrefixEncoder): { readonly rows: Float32Array; readonly width: number } {
  const symbols = encoder.encoding.symbols.length;
  const plain = encoder.featureNames.length - window;
  const width = window * symbols + plain;
  const rows = new Float32Array(rowCount * width);
  for (let row = 0; row < rowCount; row++) {
    const from = row * encoder.featureNames.length;
    for (let back = 0; back < window; back++) {
      const code = features[from + back] as number;
      if (code >= 0) rows[row * width + back * symbols + code] = 1;
    }
    rows.set(features.subarray(from + window, from + encoder.featureNames.length), row * width + window * symbols);
  }
  return { rows, width };
}

function bayesPredictor(training: readonly Sequence[], encoder: PrefixEncoder): Predictor {
  const examples = training.flatMap(({ events }) => events.map((_, at) => ({ values: categoriesOf(events, at, encoder), index: encoder.classOf(events[at + 1]?.symbol) ?? 0 })));
  const model = fitNaiveBayes({ rows: examples.map(({ values }) => values), classes: examples.map(({ index }) => index), classCount: encoder.encoding.symbols.length + 1 });
  return (events) => events.map((_, at) => symbolOf(encoder, mostLikely(predictNaiveBayes(model, categoriesOf(events, at, encoder)))));
}

/** The last tasks and the categorical attributes of the last of them. */
function categoriesOf(events: readonly SequenceEvent[], at: number, encoder: PrefixEncoder): readonly string[] {
  const tasks = Array.from({ length: window }, (_, back) => events[at - back]?.symbol ?? '');
  const attributes = encoder.encoding.attributes.filter(({ values }) => values !== undefined);
  return [...tasks, ...attributes.map(({ name }) => String(events[at]?.attributes[name] ?? ''))];
}
