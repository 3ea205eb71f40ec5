import { OrreryError } from '@orrery/errors';
import { maxBins } from './binning.js';
import type { GbdtObjective } from './gbdt-model.js';

/** Rows that tell when to stop. */
export interface GbdtValidation {
  /** Row-major, [rowCount, featureCount of the training rows]. */
  readonly features: Float32Array;
  readonly targets: Float64Array;
  readonly rowCount: number;
}

export interface GbdtOptions {
  /** Row-major, [rowCount, featureCount]; NaN is a missing value. */
  readonly features: Float32Array;
  readonly rowCount: number;
  readonly featureCount: number;
  /** One a row: a value, 0 or 1 for `logistic`, a class for `softmax`. */
  readonly targets: Float64Array;
  /** One a row, above 0; all alike when left out. */
  readonly weights?: Float64Array;
  readonly validation?: GbdtValidation;
  readonly objective: GbdtObjective;
  /** Rounds; `softmax` grows a tree a class in each. */
  readonly trees: number;
  /** Most leaves of a tree. @minimum 2 */
  readonly leaves: number;
  /** What each tree adds is multiplied with this. */
  readonly learningRate: number;
  /** Rows that a leaf needs. @default 20 */
  readonly minLeafRows?: number;
  /** Value bins a feature. @minimum 2 @maximum 255 @default 64 */
  readonly bins?: number;
  /** Shrinks leaf values. @default 1 */
  readonly lambda?: number;
  /** Share of the rows that a round sees. @default 1 */
  readonly rowSample?: number;
  /** Share of the features that a tree may ask for. @default 1 */
  readonly columnSample?: number;
  /**
   * Share of the rows that are told well already, with a gradient below 0.02, that a tree of a `logistic` or `softmax` model sees; each stands for
   * those left out. With many classes most rows are such for most classes. Source: gradient-based one-side sampling, Ke et al. 2017. @default 1
   */
  readonly quietRowSample?: number;
  /** Ends after so many rounds without a lower validation loss and keeps the trees up to the lowest; needs `validation`. */
  readonly earlyStoppingRounds?: number;
  readonly seed: number;
  /** Told after each round, with NaN for no validation; `false` ends the training there. */
  readonly onRound?: (round: number, validationLoss: number) => boolean | undefined;
}

export type Settings = Required<Omit<GbdtOptions, 'weights' | 'validation' | 'earlyStoppingRounds' | 'onRound'>> & GbdtOptions;

/** The options with what was left out filled in. @throws ORRERY_VALIDATION when they do not fit together. */
export function settingsOf(options: GbdtOptions): Settings {
  const settings: Settings = { minLeafRows: 20, bins: 64, lambda: 1, rowSample: 1, columnSample: 1, quietRowSample: 1, ...options };
  const fault = [...shapes(settings), ...ranges(settings)].find(([isKept]) => !isKept);
  if (fault !== undefined) throw new OrreryError('ORRERY_VALIDATION', `gradient boosting expects ${fault[1]}`);
  return settings;
}

type Expectation = readonly [isKept: boolean, expected: string];

function shapes({ features, rowCount, featureCount, targets, weights, validation }: Settings): readonly Expectation[] {
  return [
    [rowCount > 0, `at least one row, got ${rowCount}`],
    [featureCount > 0 && featureCount <= 32_767, `1 to 32767 features, got ${featureCount}`],
    [features.length === rowCount * featureCount, `${rowCount} x ${featureCount} feature values, got ${features.length}`],
    [targets.length === rowCount, `${rowCount} targets, got ${targets.length}`],
    [weights === undefined || (weights.length === rowCount && weights.every((weight) => weight > 0)), `${rowCount} weights above 0`],
    [validation === undefined || isShaped(validation, featureCount), 'validation rows of the same features'],
  ];
}

function isShaped({ features, targets, rowCount }: GbdtValidation, featureCount: number): boolean {
  return targets.length === rowCount && features.length === rowCount * featureCount;
}

function ranges(settings: Settings): readonly Expectation[] {
  const { objective, targets, validation, bins } = settings;
  return [
    [settings.earlyStoppingRounds === undefined || (validation?.rowCount ?? 0) > 0, 'validation rows for early stopping'],
    [bins >= 2 && bins <= maxBins, `2 to ${maxBins} bins, got ${bins}`],
    [settings.leaves >= 2 && settings.minLeafRows >= 1, 'at least 2 leaves and 1 row a leaf'],
    [settings.learningRate > 0 && settings.lambda >= 0, 'a learning rate above 0 and lambda of at least 0'],
    [settings.rowSample > 0 && settings.columnSample > 0 && settings.quietRowSample > 0, 'samples above 0'],
    [fits(objective, targets) && (validation === undefined || fits(objective, validation.targets)), `targets of a ${objective.kind} objective`],
  ];
}

function fits(objective: GbdtObjective, targets: Float64Array): boolean {
  switch (objective.kind) {
    case 'squared':
      return targets.every(Number.isFinite);
    case 'quantile':
      return objective.tau > 0 && objective.tau < 1 && targets.every(Number.isFinite);
    case 'logistic':
      return targets.every((target) => target >= 0 && target <= 1);
    case 'softmax':
      return objective.classCount >= 1 && targets.every((target) => Number.isInteger(target) && target >= 0 && target < objective.classCount);
  }
}
