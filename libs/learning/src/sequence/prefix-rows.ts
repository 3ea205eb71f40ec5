import type { PrefixEncoder } from './prefix-encoder.js';
import type { Sequence } from './sequence.js';

/** All prefixes of sequences with what came next. */
export interface PrefixRows {
  /** Row-major, [rowCount, features of the encoder]. */
  readonly features: Float32Array;
  /** The class of what came next, see {@link PrefixEncoder.classOf}. */
  readonly targets: Float64Array;
  readonly rowCount: number;
}

/** Rows of all prefixes of one event or more; those whose next symbol the encoder does not know are left out. */
export function prefixRows(sequences: readonly Sequence[], encoder: PrefixEncoder): PrefixRows {
  const width = encoder.featureNames.length;
  const most = sequences.reduce((sum, { events }) => sum + events.length, 0);
  const features = new Float32Array(most * width);
  const targets = new Float64Array(most);
  let rowCount = 0;
  for (const { events } of sequences) {
    const rows = encoder.encodeAll(events);
    for (let at = 0; at < events.length; at++) {
      const target = encoder.classOf(events[at + 1]?.symbol);
      if (target === undefined) continue;
      features.set(rows.subarray(at * width, (at + 1) * width), rowCount * width);
      targets[rowCount++] = target;
    }
  }
  return { features: features.subarray(0, rowCount * width), targets: targets.subarray(0, rowCount), rowCount };
}
