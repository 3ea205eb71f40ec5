import { OrreryError } from '@orrery/errors';
import { decodeGbdt, encodeGbdt } from '../gbdt/index.js';
import { BackOffNgram, type NextSymbol, type SymbolProbability } from './back-off-ngram.js';
import { framed, unframed } from './byte-frames.js';
import { boostedProbabilities, mostLikely, ngramProbabilities } from './next-task-probabilities.js';
import { blended, fitNextTaskParts, type NextTaskChoice, type NextTaskParts, type NextTaskTraining } from './next-task-training.js';
import { PrefixEncoder, type PrefixEncoding } from './prefix-encoder.js';
import type { SequenceEvent } from './sequence.js';

const format = 'orrery.next-task.1';

/**
 * Foretells the next task of a run from its tasks so far and what is known of them: boosted trees over the prefix, blended with a back-off
 * n-gram as far as the validation part asks for it.
 *
 * @example
 * const model = NextTaskModel.fit({ training, validation, seed: 1 });
 * model.predict(events)[0] // { symbol: 'deploy', probability: 0.93 }
 */
export class NextTaskModel {
  readonly choice: NextTaskChoice;
  /** Tasks that the model knows, most frequent first. */
  readonly symbols: readonly string[];
  readonly #parts: NextTaskParts;
  readonly #encoder: PrefixEncoder;

  private constructor(parts: NextTaskParts) {
    const encoder = parts.members[0]?.encoder;
    if (encoder === undefined) throw new OrreryError('ORRERY_VALIDATION', 'next-task model expects at least one member');
    this.#parts = parts;
    this.#encoder = encoder;
    this.choice = parts.choice;
    this.symbols = encoder.encoding.symbols;
  }

  /** @throws ORRERY_VALIDATION when the training or the validation part holds no event. */
  static fit(options: NextTaskTraining): NextTaskModel {
    return new NextTaskModel(fitNextTaskParts(options));
  }

  /** What may come next, most likely first; null is the end of the run. Nothing for no events. */
  predict(events: readonly SequenceEvent[]): readonly SymbolProbability[] {
    const probabilities = this.#probabilities(events, Math.max(events.length - 1, 0)).at(-1) ?? new Float64Array();
    const distribution = Array.from(probabilities, (probability, index) => ({ symbol: this.symbols[index] ?? null, probability }));
    return distribution.sort((one, other) => other.probability - one.probability);
  }

  /** The most likely next task after each prefix, shortest first. */
  predictEach(events: readonly SequenceEvent[]): readonly NextSymbol[] {
    return this.#probabilities(events, 0).map((probabilities) => this.symbols[mostLikely(probabilities)] ?? null);
  }

  /** The whole model as bytes: equal models give equal bytes. */
  encode(): Uint8Array {
    const { members, ngram } = this.#parts;
    const head = { format, choice: this.choice, encodings: members.map(({ encoder }) => encoder.encoding) };
    return framed([new TextEncoder().encode(JSON.stringify(head)), ngram.encode(), ...members.map(({ model }) => encodeGbdt(model))]);
  }

  /** @throws ORRERY_VALIDATION when the bytes are of another format, cut or changed. */
  static decode(bytes: Uint8Array): NextTaskModel {
    const [head = new Uint8Array(), ngram = new Uint8Array(), ...models] = unframed(bytes);
    const { choice, encodings } = headOf(head);
    if (encodings.length !== models.length) throw damaged(`it has ${models.length} members and encodings of ${encodings.length}`);
    const members = encodings.map((encoding, index) => ({ encoder: new PrefixEncoder(encoding), model: decodeGbdt(models[index] ?? new Uint8Array()) }));
    if (members.some(({ encoder, model }) => model.featureCount !== encoder.featureNames.length)) throw damaged('a member reads other rows than its encoding gives');
    return new NextTaskModel({ ngram: BackOffNgram.decode(ngram), members, choice });
  }

  #probabilities(events: readonly SequenceEvent[], from: number): readonly Float64Array[] {
    const { members, ngram, choice } = this.#parts;
    const boosted = boostedProbabilities(members, events, from);
    if (choice.ngramShare === 0) return boosted;
    return boosted.map((probabilities, at) => blended(ngramProbabilities(ngram, this.#encoder, events.slice(0, from + at + 1)), probabilities, choice.ngramShare));
  }
}

interface Head {
  readonly format: string;
  readonly choice: NextTaskChoice;
  readonly encodings: readonly PrefixEncoding[];
}

function headOf(bytes: Uint8Array): Head {
  let head: Head;
  try {
    head = JSON.parse(new TextDecoder().decode(bytes)) as Head;
  } catch (cause) {
    throw damaged('its head is not JSON', cause);
  }
  if (head.format !== format || !Array.isArray(head.encodings)) throw damaged(`expected ${format}, got ${head.format}`);
  return head;
}

function damaged(why: string, cause?: unknown): OrreryError {
  return new OrreryError('ORRERY_VALIDATION', `encoded next-task model cannot be read: ${why}`, { cause });
}
