import { softmaxInPlace, type GbdtObjective } from './gbdt-model.js';
import { quantileInPlace, weightedQuantile } from './residual-quantile.js';

/** What boosting needs of a loss. Scores are output-major: the score of row i for output k lies at k * rowCount + i. */
export interface Loss {
  readonly outputCount: number;
  /** Whether the second derivative is 1 for every row, so that counting rows is enough. */
  readonly isHessianOne: boolean;
  base(): Float64Array;
  /** Called once a round, before the gradients of its outputs. */
  prepare(scores: Float64Array): void;
  /** Negative gradient and second derivative, both times the row's weight. */
  gradients(output: number, scores: Float64Array, gradient: Float32Array, hessian: Float32Array): void;
  /** Set where a leaf's value is a quantile of its rows' residuals and not a Newton step. */
  readonly tau: number | undefined;
}

/** Targets and, if not all alike, weights of rows. */
export interface Targets {
  readonly targets: Float64Array;
  readonly weights: Float64Array | undefined;
}

export function lossOf(objective: GbdtObjective, rows: Targets): Loss {
  switch (objective.kind) {
    case 'squared':
      return squared(rows);
    case 'quantile':
      return pinball(rows, objective.tau);
    case 'logistic':
      return logistic(rows);
    case 'softmax':
      return softmax(rows, objective.classCount);
  }
}

const weightOf = (weights: Float64Array | undefined, row: number): number => (weights === undefined ? 1 : (weights[row] as number));

function weightedMean({ targets, weights }: Targets): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < targets.length; row++) {
    sum += weightOf(weights, row) * (targets[row] as number);
    total += weightOf(weights, row);
  }
  return sum / total;
}

function squared(rows: Targets): Loss {
  const { targets, weights } = rows;
  return {
    ...{ outputCount: 1, isHessianOne: weights === undefined, tau: undefined },
    base: () => Float64Array.of(weightedMean(rows)),
    prepare: () => undefined,
    gradients: (_output, scores, gradient, hessian) => {
      for (let row = 0; row < targets.length; row++) {
        const weight = weightOf(weights, row);
        gradient[row] = weight * ((targets[row] as number) - (scores[row] as number));
        hessian[row] = weight;
      }
    },
  };
}

function pinball({ targets, weights }: Targets, tau: number): Loss {
  return {
    ...{ outputCount: 1, isHessianOne: weights === undefined, tau },
    base: () => Float64Array.of(weights === undefined ? quantileInPlace(targets.slice(), tau) : weightedQuantile(targets, weights, tau)),
    prepare: () => undefined,
    gradients: (_output, scores, gradient, hessian) => {
      for (let row = 0; row < targets.length; row++) {
        const weight = weightOf(weights, row);
        gradient[row] = weight * ((targets[row] as number) > (scores[row] as number) ? tau : tau - 1);
        hessian[row] = weight;
      }
    },
  };
}

/** Keeps the log odds of a class that all or no rows have finite. */
const leastShare = 1e-6;

function logistic(rows: Targets): Loss {
  const { targets, weights } = rows;
  return {
    ...{ outputCount: 1, isHessianOne: false, tau: undefined },
    base: () => {
      const share = Math.min(Math.max(weightedMean(rows), leastShare), 1 - leastShare);
      return Float64Array.of(Math.log(share / (1 - share)));
    },
    prepare: () => undefined,
    gradients: (_output, scores, gradient, hessian) => {
      for (let row = 0; row < targets.length; row++) {
        const probability = 1 / (1 + Math.exp(-(scores[row] as number)));
        const weight = weightOf(weights, row);
        gradient[row] = weight * ((targets[row] as number) - probability);
        hessian[row] = weight * probability * (1 - probability);
      }
    },
  };
}

function softmax({ targets, weights }: Targets, classCount: number): Loss {
  const rowCount = targets.length;
  const probabilities = new Float32Array(rowCount * classCount);
  // The diagonal of the Hessian, scaled so that two classes equal logistic boosting. Source: Friedman 2001, Greedy function approximation, algorithm 6.
  const scale = classCount / Math.max(classCount - 1, 1);
  return {
    ...{ outputCount: classCount, isHessianOne: false, tau: undefined },
    base: () => Float64Array.from({ length: classCount }, (_, index) => Math.log(Math.max(shareOf(targets, weights, index), leastShare))),
    prepare: (scores) => {
      const logits = new Float64Array(classCount);
      for (let row = 0; row < rowCount; row++) {
        for (let index = 0; index < classCount; index++) logits[index] = scores[index * rowCount + row] as number;
        softmaxInPlace(logits);
        for (let index = 0; index < classCount; index++) probabilities[index * rowCount + row] = logits[index] as number;
      }
    },
    gradients: (output, _scores, gradient, hessian) => {
      for (let row = 0; row < rowCount; row++) {
        const probability = probabilities[output * rowCount + row] as number;
        const weight = weightOf(weights, row);
        gradient[row] = weight * ((targets[row] === output ? 1 : 0) - probability);
        hessian[row] = weight * scale * probability * (1 - probability);
      }
    },
  };
}

function shareOf(targets: Float64Array, weights: Float64Array | undefined, index: number): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < targets.length; row++) {
    if (targets[row] === index) sum += weightOf(weights, row);
    total += weightOf(weights, row);
  }
  return sum / total;
}

/** Mean loss of scores: squared error, pinball, or log loss in nats. */
export function meanLoss(objective: GbdtObjective, scores: Float64Array, targets: Float64Array): number {
  const rowCount = targets.length;
  let sum = 0;
  for (let row = 0; row < rowCount; row++) sum += rowLoss(objective, { scores, rowCount, row, target: targets[row] as number });
  return sum / rowCount;
}

interface ScoredRow {
  readonly scores: Float64Array;
  readonly rowCount: number;
  readonly row: number;
  readonly target: number;
}

function rowLoss(objective: GbdtObjective, { scores, rowCount, row, target }: ScoredRow): number {
  const score = scores[row] as number;
  switch (objective.kind) {
    case 'squared':
      return (target - score) ** 2;
    case 'quantile':
      return (target - score) * (target > score ? objective.tau : objective.tau - 1);
    case 'logistic':
      // ln(1 + e^s) - t s without overflow.
      return Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - target * score;
    case 'softmax':
      return logSumExp(scores, rowCount, row, objective.classCount) - (scores[target * rowCount + row] as number);
  }
}

function logSumExp(scores: Float64Array, rowCount: number, row: number, classCount: number): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < classCount; index++) greatest = Math.max(greatest, scores[index * rowCount + row] as number);
  let sum = 0;
  for (let index = 0; index < classCount; index++) sum += Math.exp((scores[index * rowCount + row] as number) - greatest);
  return greatest + Math.log(sum);
}
