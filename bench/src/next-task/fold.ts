import { performance } from 'node:perf_hooks';
import { classificationMetrics, fitNgram, ngramAccuracy, NextTaskModel, type NextTaskChoice, type Sequence } from '@orrery/learning';
import { partsByTime, partsOf, readFolds, readLog } from './process-log.js';

export interface FoldJob {
  readonly data: string;
  readonly log: string;
  /** Which of the published folds is tested, or the last cases in time. */
  readonly fold: number | 'time';
  readonly seed: number;
}

export interface FoldResult extends Omit<FoldJob, 'data'> {
  /** Of the test cases' prefixes, the share whose next task was foretold. */
  readonly accuracy: number;
  /** The floor: an n-gram whose context length the validation part chose. */
  readonly ngram: number;
  readonly f1Macro: number;
  readonly prefixes: number;
  readonly choice: NextTaskChoice;
  readonly modelBytes: number;
  /** Of choosing, training and testing, the reading of the log left out. */
  readonly seconds: number;
}

/** One fold of the published protocol, or the split by time: trained on the training part, all choices made on the validation part, then told the test part. */
export function evaluateFold({ data, log, fold, seed }: FoldJob): FoldResult {
  const sequences = sequencesOf(data, log);
  const parts = fold === 'time' ? partsByTime(sequences) : partsOf(sequences, readFolds(data, log), fold);
  const from = performance.now();
  const floor = fitNgram(parts.training, parts.validation);
  const model = NextTaskModel.fit({ training: parts.training, validation: parts.validation, seed });
  const { accuracy, macro } = metricsOf(model, parts.test, classesOf(sequences));
  const seconds = (performance.now() - from) / 1000;
  const prefixes = parts.test.reduce((sum, { events }) => sum + events.length, 0);
  return { log, fold, seed, accuracy, ngram: ngramAccuracy(floor.ngram, parts.test), f1Macro: macro.f1, prefixes, choice: model.choice, modelBytes: model.encode().length, seconds };
}

let lastRead: { readonly data: string; readonly log: string; readonly sequences: readonly Sequence[] } | undefined;

/** A log, read once for all its folds that come one after the other. */
function sequencesOf(data: string, log: string): readonly Sequence[] {
  if (lastRead?.data !== data || lastRead.log !== log) lastRead = { data, log, sequences: readLog(data, log) };
  return lastRead.sequences;
}

function metricsOf(model: NextTaskModel, test: readonly Sequence[], classes: ReadonlyMap<string | null, number>) {
  const truth = test.flatMap(({ events }) => events.map((_, at) => classes.get(events[at + 1]?.symbol ?? null) ?? 0));
  const predicted = test.flatMap(({ events }) => model.predictEach(events).map((symbol) => classes.get(symbol) ?? 0));
  return classificationMetrics(truth, predicted, classes.size);
}

/** Numbers for all activities of a log and for the end, so that one that only the test part has counts as a class that was missed. */
function classesOf(sequences: readonly Sequence[]): ReadonlyMap<string | null, number> {
  const symbols = new Set<string | null>([null, ...sequences.flatMap(({ events }) => events.map(({ symbol }) => symbol))]);
  return new Map([...symbols].map((symbol, index) => [symbol, index]));
}
