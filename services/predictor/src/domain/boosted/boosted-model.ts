import { OrreryError } from '@orrery/errors';
import { decodeGbdt, encodeGbdt, predictGbdt, type GbdtModel } from '@orrery/learning';
import { ByteReader, ByteWriter } from '@orrery/stats';
import type { Interval } from '../tracking/score.js';
import { joinParts, splitParts } from './byte-parts.js';

export const boostedTargets = ['duration', 'memory'] as const;

export type BoostedTarget = (typeof boostedTargets)[number];

/** The quantiles that a model predicts. */
export const boostedLevels = [0.1, 0.5, 0.9] as const;

/** Boosted trees for three quantiles of ln(actual / reference): how far off the history's own answer will be. */
export interface BoostedModel {
  readonly target: BoostedTarget;
  readonly low: GbdtModel;
  readonly middle: GbdtModel;
  readonly high: GbdtModel;
  /** By how much, in ln units, the interval is wider on each side than the trees say; below zero it is narrower. */
  readonly lowerMargin: number;
  readonly upperMargin: number;
}

/** e^20 is half a billion: nothing is off by more. */
const farthest = 20;

/** The three quantiles of ln(actual / reference), in rising order. */
export function boostedLogRatios({ low, middle, high, lowerMargin, upperMargin }: BoostedModel, features: Float32Array): readonly [number, number, number] {
  const between = predictGbdt(middle, features);
  const [first = between, second = between, third = between] = [predictGbdt(low, features) - lowerMargin, between, predictGbdt(high, features) + upperMargin].sort((left, right) => left - right);
  return [first, second, third];
}

/**
 * Predicts a duration or a peak of memory.
 *
 * @param features at least as many as the model was trained on, NaN where one is not known.
 * @param reference what the history alone says, above 0, in ms or bytes; the answer has its unit.
 * @returns positive quantiles in rising order.
 */
export function predictBoosted(model: BoostedModel, features: Float32Array, reference: number): Interval {
  const [p10, p50, p90] = boostedLogRatios(model, features).map((ratio) => reference * Math.exp(Math.min(Math.max(ratio, -farthest), farthest)));
  return { p10: p10 ?? reference, p50: p50 ?? reference, p90: p90 ?? reference };
}

const format = 'orrery.boosted';
const version = 1;

/** A model as bytes: equal models give equal bytes. */
export function encodeBoosted({ target, low, middle, high, lowerMargin, upperMargin }: BoostedModel): Uint8Array {
  const head = new ByteWriter().text(format).unsigned(version).text(target).double(lowerMargin).double(upperMargin).bytes();
  return joinParts([head, encodeGbdt(low), encodeGbdt(middle), encodeGbdt(high)]);
}

/** The model that {@link encodeBoosted} wrote. @throws ORRERY_VALIDATION when the bytes are of another format, cut or changed. */
export function decodeBoosted(bytes: Uint8Array): BoostedModel {
  const [head, ...trees] = splitParts(bytes);
  const reader = new ByteReader(head ?? new Uint8Array());
  const [foundFormat, foundVersion] = [reader.text(), reader.unsigned()];
  const target = boostedTargets.find((known) => known === (foundFormat === format ? reader.text() : ''));
  const [low, middle, high] = trees.map(decodeGbdt);
  if (foundVersion !== version || target === undefined || low === undefined || middle === undefined || high === undefined) {
    throw new OrreryError('ORRERY_VALIDATION', `stored model cannot be read: expected ${format} ${version} with three quantiles, got ${foundFormat} ${foundVersion} with ${trees.length}`);
  }
  return { target, low, middle, high, lowerMargin: reader.double(), upperMargin: reader.double() };
}
