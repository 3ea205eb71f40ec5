import { OrreryError } from '@orrery/errors';
import { ByteReader, ByteWriter } from '@orrery/stats';
import { probabilityOf } from '../gbdt/index.js';
import { fitIsotonic, isotonicValue, type IsotonicSteps } from './isotonic.js';
import { fitPlatt } from './platt.js';

/** Turns the log odds that a classifier gives into a probability that holds what it says. */
export type Calibration = { readonly kind: 'platt'; readonly slope: number; readonly intercept: number } | ({ readonly kind: 'isotonic' } & IsotonicSteps);

/** With fewer rows isotonic regression learns the noise. Source: Niculescu-Mizil and Caruana, Predicting good probabilities, 2005, doi 10.1145/1102351.1102430. */
const leastIsotonicRows = 1000;

/**
 * Learns from rows that the classifier was not trained on: a curve that only rises when there are many, the logistic one of two parameters otherwise.
 *
 * @param truth 0 or 1, one a row.
 * @throws ORRERY_VALIDATION when there is no row, or the lengths differ.
 */
export function fitCalibration(logOdds: ArrayLike<number>, truth: ArrayLike<number>): Calibration {
  if (logOdds.length === 0 || logOdds.length !== truth.length) {
    throw new OrreryError('ORRERY_VALIDATION', `calibration has ${logOdds.length} scores and ${truth.length} truths, expected as many of each and at least one`);
  }
  return truth.length >= leastIsotonicRows ? { kind: 'isotonic', ...fitIsotonic(logOdds, truth) } : { kind: 'platt', ...fitPlatt(logOdds, truth) };
}

/** The probability of class 1. */
export function calibrated(calibration: Calibration, logOdds: number): number {
  return calibration.kind === 'platt' ? probabilityOf(calibration.slope * logOdds + calibration.intercept) : isotonicValue(calibration, logOdds);
}

const version = 1;

export function encodeCalibration(calibration: Calibration): Uint8Array {
  const writer = new ByteWriter().unsigned(version).text(calibration.kind);
  if (calibration.kind === 'platt') return writer.double(calibration.slope).double(calibration.intercept).bytes();
  writer.unsigned(calibration.scores.length);
  for (const list of [calibration.scores, calibration.values]) for (const value of list) writer.double(value);
  return writer.bytes();
}

/** @throws ORRERY_VALIDATION when the bytes are of another version or kind, or cut. */
export function decodeCalibration(bytes: Uint8Array): Calibration {
  const reader = new ByteReader(bytes);
  const found = reader.unsigned();
  const kind = reader.text();
  if (found !== version || (kind !== 'platt' && kind !== 'isotonic')) throw new OrreryError('ORRERY_VALIDATION', `encoded calibration has version ${found} and kind ${kind}, expected ${version} and platt or isotonic`);
  if (kind === 'platt') return { kind, slope: reader.double(), intercept: reader.double() };
  const length = reader.unsigned();
  const doubles = () => Array.from({ length }, () => reader.double());
  return { kind, scores: doubles(), values: doubles() };
}
