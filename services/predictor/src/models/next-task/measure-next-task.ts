import { BackOffNgram, classificationMetrics, type NextSymbol } from '@orrery/learning';
import { emptyLengths, endOfRun, endShareOf, learnLength, predictNext } from '../../domain/next-task/index.js';
import type { NextTaskPredictor } from './next-task-artifact.js';
import type { TaskRun } from './task-runs.js';

interface ForetoldRow {
  /** Undefined where nothing was said. */
  readonly said: NextSymbol | undefined;
  readonly truth: NextSymbol;
  /** How likely it was said to be. */
  readonly certainty: number;
  /** How likely what came was said to be. */
  readonly probability: number;
  readonly runId: string;
}

/** What a candidate said of each beginning of a run: one task or more. */
export interface Foretold {
  readonly name: string;
  readonly rows: readonly ForetoldRow[];
}

/** Asks a candidate about every beginning of runs, in the order in which they began. */
export function foretell(name: string, runs: readonly TaskRun[], predictorFor: (run: TaskRun) => NextTaskPredictor): Foretold {
  const rows = runs.flatMap((run) => {
    const predictor = predictorFor(run);
    return run.tasks.map((_, index) => {
      const truth = run.tasks[index + 1] ?? null;
      const distribution = predictor.predict(run.tasks.slice(0, index + 1));
      return { said: distribution[0]?.symbol, certainty: distribution[0]?.probability ?? 0, truth, probability: distribution.find(({ symbol }) => symbol === truth)?.probability ?? 0, runId: run.runId };
    });
  });
  return { name, rows };
}

/** As long as the contexts are that the service learns online. */
const servedOrder = 3;

/** Answers as of the moment when a run began. */
type Online = (run: TaskRun) => NextTaskPredictor;

/**
 * What the service itself learns online, without any training: which task comes after the last ones, and how long runs are. It has seen
 * every run that ended before the one that is asked about began, so that a trained model has to beat it as it would serve.
 */
export function onlineHistory(runs: readonly TaskRun[]): Online {
  const ngram = new BackOffNgram({ order: servedOrder });
  let lengths = emptyLengths;
  const learn = followEnds(runs, ({ tasks }) => {
    tasks.forEach((task, index) => ngram.observeNext(tasks.slice(0, index), task));
    lengths = learnLength(lengths, tasks.length);
  });
  return (run) => {
    learn(run);
    const known = lengths;
    return {
      predict: (prefix) => {
        const { candidates } = predictNext({ ngram, model: null, prefix, endShare: endShareOf(known, prefix.length), annotations: [] });
        return candidates.map(({ task, learnedProbability }) => ({ symbol: task === endOfRun ? null : task, probability: learnedProbability }));
      },
    };
  };
}

/** What usually came after the task that ended last. */
export function onlineFollower(runs: readonly TaskRun[]): Online {
  const ngram = new BackOffNgram({ order: 1 });
  const learn = followEnds(runs, ({ tasks }) => ngram.observe(tasks));
  return (run) => {
    learn(run);
    return { predict: (prefix) => ngram.predict(prefix).distribution };
  };
}

/** Learns what had ended when a run began; runs are asked about in the order in which they began. */
function followEnds(runs: readonly TaskRun[], learn: (run: TaskRun) => void): (asked: TaskRun) => void {
  const byEnd = [...runs].sort((left, right) => left.finishedAtMs - right.finishedAtMs);
  let learned = 0;
  return ({ startedAtMs }) => {
    for (let next = byEnd[learned]; next !== undefined && next.finishedAtMs <= startedAtMs; next = byEnd[++learned]) learn(next);
  };
}

/** Keeps the loss of what was never seen finite. */
const leastProbability = 1e-6;

export function metricsOf({ rows }: Foretold): Readonly<Record<string, number>> {
  const names = [...new Set(rows.flatMap(({ truth, said }) => [wordOf(truth), wordOf(said)]))];
  const numbers = new Map(names.map((name, index) => [name, index]));
  const classOf = (symbol: NextSymbol | undefined) => numbers.get(wordOf(symbol)) ?? 0;
  const { accuracy, macro } = classificationMetrics(rows.map(({ truth }) => classOf(truth)), rows.map(({ said }) => classOf(said)), names.length);
  const logLoss = rows.reduce((sum, { probability }) => sum - Math.log(Math.max(probability, leastProbability)), 0) / Math.max(rows.length, 1);
  return { rows: rows.length, accuracy, precision: macro.precision, recall: macro.recall, f1: macro.f1, log_loss: logLoss };
}

/** 1 for each beginning whose next task was not foretold. */
export function missesOf({ rows }: Foretold): Float64Array {
  return Float64Array.from(rows, ({ said, truth }) => Number(said !== truth));
}

// No task has a name with a line break.
function wordOf(symbol: NextSymbol | undefined): string {
  if (symbol === undefined) return '\nnothing';
  return symbol ?? '\nend';
}
