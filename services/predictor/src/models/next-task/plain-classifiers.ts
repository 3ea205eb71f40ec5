import { drawTree, fitDecisionTree, fitLogisticRegression, fitNaiveBayes, predictLogistic, predictNaiveBayes, predictTree } from '@orrery/learning';
import type { NextTaskPredictor } from './next-task-artifact.js';
import type { TaskRun } from './task-runs.js';

/** A classifier that a person can read or work out; none of them serves. */
export interface PlainClassifier {
  readonly name: 'logistic_regression' | 'decision_tree' | 'naive_bayes';
  readonly predictor: NextTaskPredictor;
}

export interface PlainClassifiers {
  readonly classifiers: readonly PlainClassifier[];
  /** The decision tree, as lines of text. */
  readonly drawing: string;
  /** Beginnings of runs that they learned from. */
  readonly rowCount: number;
}

/** Tasks that they look back at. */
const lookBack = 3;
/** Tasks that are told apart, by frequency. */
const taskLimit = 60;
/** Rows x features x classes of a step of the logistic regression: a large workflow is learned from its newest runs alone. */
const workLimit = 2e8;
const logisticSteps = 100;
const treeDepth = 6;

/** Trains logistic regression, a decision tree and naive Bayes on the last tasks before each next one. */
export function fitPlainClassifiers(training: readonly TaskRun[]): PlainClassifiers {
  const coding = new TaskCoding(training);
  const { featureCount, classCount } = coding;
  const beginnings = coding.newestBeginnings(training, Math.max(Math.floor(workLimit / (featureCount * classCount)), classCount));
  const classes = Float64Array.from(beginnings, ({ next }) => coding.classOf(next) ?? 0);
  const features = new Float32Array(beginnings.length * featureCount);
  beginnings.forEach(({ prefix }, row) => coding.encode(prefix, features, row * featureCount));
  const rows = { features, rowCount: beginnings.length, featureCount, classes, classCount };
  const logistic = fitLogisticRegression(rows, { steps: logisticSteps });
  const tree = fitDecisionTree(rows, { maxDepth: treeDepth });
  const bayes = fitNaiveBayes({ rows: beginnings.map(({ prefix }) => coding.wordsOf(prefix)), classes, classCount });
  const row = new Float32Array(featureCount);
  return {
    classifiers: [
      { name: 'logistic_regression', predictor: coding.predictor((prefix) => predictLogistic(logistic, coding.encode(prefix, row, 0), new Float64Array(classCount), 0)) },
      { name: 'decision_tree', predictor: coding.predictor((prefix) => predictTree(tree, coding.encode(prefix, row, 0), new Float64Array(classCount), 0)) },
      { name: 'naive_bayes', predictor: coding.predictor((prefix) => predictNaiveBayes(bayes, coding.wordsOf(prefix))) },
    ],
    drawing: drawTree(tree, coding.featureNames, coding.classNames),
    rowCount: beginnings.length,
  };
}

interface Beginning {
  readonly prefix: readonly string[];
  /** Undefined for the end of the run. */
  readonly next: string | undefined;
}

/** How the tasks before become numbers: a column for each of the last tasks and each name, and how many there were. */
class TaskCoding {
  readonly classNames: readonly string[];
  readonly featureNames: readonly string[];
  private readonly codes: ReadonlyMap<string, number>;

  constructor(private readonly training: readonly TaskRun[]) {
    const counts = new Map<string, number>();
    for (const { tasks } of this.training) for (const task of tasks) counts.set(task, (counts.get(task) ?? 0) + 1);
    const names = [...counts].sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1)).slice(0, taskLimit).map(([name]) => name);
    this.codes = new Map(names.map((name, code) => [name, code]));
    this.classNames = [...names, '(end of the run)'];
    const places = Array.from({ length: lookBack }, (_, back) => (back === 0 ? 'last task' : `${back} before it`));
    this.featureNames = [...places.flatMap((place) => names.map((name) => `${place} is ${name}`)), 'tasks so far'];
  }

  get featureCount(): number {
    return this.featureNames.length;
  }

  get classCount(): number {
    return this.classNames.length;
  }

  /** Undefined for a task that is not told apart. */
  classOf(next: string | undefined): number | undefined {
    return next === undefined ? this.codes.size : this.codes.get(next);
  }

  encode(prefix: readonly string[], rows: Float32Array, offset: number): Float32Array {
    rows.fill(0, offset, offset + this.featureCount);
    for (let back = 0; back < lookBack; back++) {
      const code = this.codes.get(prefix[prefix.length - 1 - back] ?? '');
      if (code !== undefined) rows[offset + back * this.codes.size + code] = 1;
    }
    rows[offset + this.featureCount - 1] = prefix.length;
    return rows;
  }

  wordsOf(prefix: readonly string[]): readonly string[] {
    return Array.from({ length: lookBack }, (_, back) => prefix[prefix.length - 1 - back] ?? '');
  }

  newestBeginnings(runs: readonly TaskRun[], limit: number): readonly Beginning[] {
    const found: Beginning[] = [];
    for (const { tasks } of runs.toReversed()) {
      if (found.length >= limit) break;
      tasks.forEach((_, index) => {
        const next = tasks[index + 1];
        if (this.classOf(next) !== undefined) found.push({ prefix: tasks.slice(0, index + 1), next });
      });
    }
    return found;
  }

  predictor(probabilitiesOf: (prefix: readonly string[]) => Float64Array): NextTaskPredictor {
    const names = [...this.codes.keys()];
    return {
      predict: (prefix) => {
        const distribution = Array.from(probabilitiesOf(prefix), (probability, index) => ({ symbol: names[index] ?? null, probability }));
        return distribution.sort((left, right) => right.probability - left.probability);
      },
    };
  }
}
