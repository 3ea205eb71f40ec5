import { OrreryError } from '@orrery/errors';
import { NextTaskModel as BoostedNextTask, referenceOutputs, SequenceEncoder, sequenceEnd, type SequenceClassifierSpec, type SequenceEncoding, type SequenceEvent, type SymbolProbability } from '@orrery/learning';
import { joinParts, splitParts } from '../../domain/boosted/index.js';
import { weightsOfModel } from '../../networks/onnx-graph.js';

/** A recurrent network as it is stored: what it looks like, how tasks become numbers, and an ONNX model. */
export interface StoredNetwork {
  readonly spec: SequenceClassifierSpec;
  readonly encoding: SequenceEncoding;
  readonly bytes: Uint8Array;
}

/** What foretells the next task of a run from the names of those that ended. */
export interface NextTaskPredictor {
  /** Most likely first, null for the end of the run; nothing for no task yet. */
  predict(prefix: readonly string[]): readonly SymbolProbability[];
}

/** One that was trained. */
export interface TrainedPredictor extends NextTaskPredictor {
  readonly form: 'network' | 'boosted_trees';
}

const format = 'orrery.next-task-artifact.1';

export function encodeTrees(model: BoostedNextTask): Uint8Array {
  return joinParts([textBytes({ format, form: 'trees' }), model.encode()]);
}

/** Equal networks give equal bytes. */
export function encodeNetwork({ spec, encoding, bytes }: StoredNetwork): Uint8Array {
  return joinParts([textBytes({ format, form: 'network', spec, encoding }), bytes]);
}

/** @throws ORRERY_VALIDATION when the bytes are of another format, cut or changed. */
export function decodeNextTask(artifact: Uint8Array): TrainedPredictor {
  const [head = new Uint8Array(), bytes = new Uint8Array()] = splitParts(artifact);
  const { format: found, form, spec, encoding } = headOf(head);
  if (found !== format) throw new OrreryError('ORRERY_VALIDATION', `stored next-task model cannot be read: expected ${format}, got ${found}`);
  if (form === 'trees') return treesPredictor(BoostedNextTask.decode(bytes));
  if (form !== 'network' || spec === undefined || encoding === undefined) throw new OrreryError('ORRERY_VALIDATION', `stored next-task model cannot be read: it is neither trees nor a network`);
  return networkPredictor({ spec, encoding, bytes });
}

export function treesPredictor(model: BoostedNextTask): TrainedPredictor {
  return { form: 'boosted_trees', predict: (prefix) => model.predict(prefix.map(eventOf)) };
}

/** Only the names are known where it is asked: a model must not learn from more. */
export function eventOf(symbol: string): SequenceEvent {
  return { symbol, atMs: Number.NaN, attributes: {} };
}

/**
 * A network answers in line, within about a millisecond, so it is computed in TypeScript: publishing has shown that its bytes give what the
 * trained network gave.
 */
export function networkPredictor({ spec, encoding, bytes }: StoredNetwork): TrainedPredictor {
  const weights = weightsOfModel(spec, bytes);
  const encoder = new SequenceEncoder(encoding);
  return {
    form: 'network',
    predict: (prefix) => {
      if (prefix.length === 0) return [];
      const [probabilities = new Float64Array()] = referenceOutputs(spec, weights, encoder.inputs([prefix.map(stepOf)]));
      const distribution = encoding.classes.map((name, index) => ({ symbol: name === sequenceEnd ? null : name, probability: probabilities[index] ?? 0 }));
      return distribution.sort((left, right) => right.probability - left.probability);
    },
  };
}

export function stepOf(task: string) {
  return { words: [task], numerics: [] };
}

interface Head {
  readonly format: string;
  readonly form: string;
  readonly spec?: SequenceClassifierSpec;
  readonly encoding?: SequenceEncoding;
}

function headOf(bytes: Uint8Array): Head {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Head;
  } catch (cause) {
    throw new OrreryError('ORRERY_VALIDATION', 'stored next-task model cannot be read: its head is not JSON', { cause });
  }
}

function textBytes(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
