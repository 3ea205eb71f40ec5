import { predictGbdtInto } from '../gbdt/index.js';
import type { BackOffNgram } from './back-off-ngram.js';
import type { NextTaskMember } from './next-task-training.js';
import type { PrefixEncoder } from './prefix-encoder.js';
import type { SequenceEvent } from './sequence.js';

/**
 * The members' mean probabilities after each prefix, shortest first; classes as {@link PrefixEncoder.classOf} has them.
 *
 * @param from the event that the first prefix told about ends with.
 */
export function boostedProbabilities(members: readonly NextTaskMember[], events: readonly SequenceEvent[], from = 0): readonly Float64Array[] {
  const classCount = members[0]?.model.outputCount ?? 0;
  const sums = events.slice(from).map(() => new Float64Array(classCount));
  const out = new Float64Array(classCount);
  for (const { encoder, model } of members) {
    const rows = encoder.encodeAll(events);
    sums.forEach((sum, at) => {
      predictGbdtInto(model, rows, out, (from + at) * model.featureCount);
      for (let index = 0; index < classCount; index++) sum[index] = (sum[index] as number) + (out[index] as number) / members.length;
    });
  }
  return sums;
}

/** The n-gram's probabilities after a prefix, by class. */
export function ngramProbabilities(ngram: BackOffNgram, encoder: PrefixEncoder, prefix: readonly SequenceEvent[]): Float64Array {
  const probabilities = new Float64Array(encoder.encoding.symbols.length + 1);
  for (const { symbol, probability } of ngram.predict(prefix.map((event) => event.symbol)).distribution) {
    const index = encoder.classOf(symbol ?? undefined);
    if (index !== undefined) probabilities[index] = probability;
  }
  return probabilities;
}

/** The first of the greatest values. */
export function mostLikely(probabilities: Float64Array): number {
  let best = 0;
  for (let index = 1; index < probabilities.length; index++) if ((probabilities[index] as number) > (probabilities[best] as number)) best = index;
  return best;
}
