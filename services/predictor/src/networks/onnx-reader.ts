import { OrreryError } from '@orrery/errors';

// Reads the weights back out of a model of ours, for where the library that runs it cannot be loaded.

interface Field {
  readonly number: number;
  readonly content: Uint8Array;
}

/** The fields with content of a protobuf message; numbers are passed over. */
function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at];
      if (byte === undefined) throw new OrreryError('ORRERY_VALIDATION', 'the bytes of the network end in the middle of a number');
      at += 1;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = number();
    const length = number();
    const wireType = tag % 8;
    if (wireType === 0) continue;
    if (wireType !== 2 || at + length > message.length) throw new OrreryError('ORRERY_VALIDATION', 'the bytes are not a network that Orrery wrote');
    fields.push({ number: Math.floor(tag / 8), content: message.subarray(at, at + length) });
    at += length;
  }
  return fields;
}

const contentsOf = (message: Uint8Array, number: number): Uint8Array[] => fieldsOf(message).flatMap((field) => (field.number === number ? [field.content] : []));

/**
 * The tensors of a model by name, as 32-bit floats.
 *
 * @throws ORRERY_VALIDATION when the bytes are no model of ours.
 */
export function onnxTensors(model: Uint8Array): ReadonlyMap<string, Float32Array> {
  const [graph] = contentsOf(model, 7);
  if (graph === undefined) throw new OrreryError('ORRERY_VALIDATION', 'the bytes hold no graph of a network');
  const text = new TextDecoder();
  return new Map(
    contentsOf(graph, 5).map((tensor) => {
      const [name = new Uint8Array()] = contentsOf(tensor, 8);
      const [raw = new Uint8Array()] = contentsOf(tensor, 9);
      return [text.decode(name), new Float32Array(raw.slice().buffer, 0, Math.floor(raw.length / 4))];
    }),
  );
}
