import { OrreryError } from '@orrery/errors';
import { calibrated, decodeCalibration, decodeGbdt, encodeCalibration, encodeGbdt, fitCalibration, fitGbdt, predictGbdt, type Calibration, type GbdtModel } from '@orrery/learning';
import { ByteReader, ByteWriter } from '@orrery/stats';
import { failureFeatureNames } from './failure-features.js';

/** Boosted trees for the log odds of a failure, and what makes a probability of them that holds what it says. */
export interface FailureModel {
  readonly trees: GbdtModel;
  readonly calibration: Calibration;
}

/** Rows of {@link failureFeatures} with what then happened. */
export interface FailureRows {
  readonly features: readonly Float32Array[];
  readonly failed: readonly boolean[];
}

export interface FailureTraining {
  readonly training: FailureRows;
  /** Of other times or other workflows than the training rows: says when to stop, and calibrates. */
  readonly validation: FailureRows;
  readonly seed: number;
  /** Asked after each round; false ends the training there. */
  readonly onRound?: (round: number, validationLoss: number) => boolean | undefined;
}

/** Chosen on the validation rows, never on the rows that are reported. */
export const failureSettings = { trees: 600, leaves: 7, learningRate: 0.05, minLeafRows: 100, rowSample: 0.8, columnSample: 0.6, lambda: 5, earlyStoppingRounds: 40 } as const;

/** @throws ORRERY_VALIDATION when a part has no rows. */
export function fitFailure({ training, validation, seed, onRound }: FailureTraining): FailureModel {
  for (const { features, failed } of [training, validation]) {
    if (features.length === 0 || features.length !== failed.length) throw new OrreryError('ORRERY_VALIDATION', `failure model expects rows to learn from and to judge by, got ${features.length} with ${failed.length} results`);
  }
  const judged = matrixOf(validation);
  const trees = fitGbdt({ ...matrixOf(training), ...failureSettings, featureCount: failureFeatureNames.length, validation: judged, objective: { kind: 'logistic' }, seed, ...(onRound === undefined ? {} : { onRound }) });
  const scores = Float64Array.from(validation.features, (row) => predictGbdt(trees, row));
  return { trees, calibration: fitCalibration(scores, judged.targets) };
}

function matrixOf({ features, failed }: FailureRows): { readonly features: Float32Array; readonly targets: Float64Array; readonly rowCount: number } {
  const width = failureFeatureNames.length;
  const matrix = new Float32Array(features.length * width);
  features.forEach((row, index) => matrix.set(row, index * width));
  return { features: matrix, targets: Float64Array.from(failed, Number), rowCount: features.length };
}

/** The probability that a run fails. @param features of {@link failureFeatures}. */
export function failureProbability({ trees, calibration }: FailureModel, features: Float32Array): number {
  return calibrated(calibration, predictGbdt(trees, features));
}

const format = 'orrery.failure';
const version = 1;

/** A model as bytes: equal models give equal bytes. */
export function encodeFailure({ trees, calibration }: FailureModel): Uint8Array {
  const [first, second] = [encodeGbdt(trees), encodeCalibration(calibration)];
  const head = new ByteWriter().text(format).unsigned(version).unsigned(first.length).unsigned(second.length).bytes();
  const whole = new Uint8Array(1 + head.length + first.length + second.length);
  whole[0] = head.length;
  whole.set(head, 1);
  whole.set(first, 1 + head.length);
  whole.set(second, 1 + head.length + first.length);
  return whole;
}

/** The model that {@link encodeFailure} wrote. @throws ORRERY_VALIDATION when the bytes are of another format or version, cut or changed. */
export function decodeFailure(bytes: Uint8Array): FailureModel {
  const start = 1 + (bytes[0] ?? 0);
  const reader = new ByteReader(bytes.subarray(1, start));
  const found = reader.text();
  const [foundVersion, first, second] = [reader.unsigned(), reader.unsigned(), reader.unsigned()];
  if (found !== format || foundVersion !== version || bytes.length !== start + first + second) {
    throw new OrreryError('ORRERY_VALIDATION', `stored failure model cannot be read: expected ${format} ${version}, got ${found} ${foundVersion} of ${bytes.length} bytes`);
  }
  const trees = decodeGbdt(bytes.subarray(start, start + first));
  if (trees.featureCount !== failureFeatureNames.length) throw new OrreryError('ORRERY_VALIDATION', `stored failure model has ${trees.featureCount} features, expected ${failureFeatureNames.length}`);
  return { trees, calibration: decodeCalibration(bytes.subarray(start + first)) };
}
