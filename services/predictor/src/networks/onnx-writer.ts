// Writes the few messages of the ONNX format that a network needs. Source: onnx.proto of https://github.com/onnx/onnx, IR version 8, operator set 17.

const elementTypes = { float32: 1, int32: 6, int64: 7 } as const;

export type ElementType = keyof typeof elementTypes;

const irVersion = 8;
const operatorSet = 17;

const text = new TextEncoder();

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** A whole number from 0 in groups of seven bits, the lowest first. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

const whole = (field: number, value: number): Uint8Array => joined([varint(field * 8), varint(value)]);

function bytes(field: number, value: Uint8Array | string): Uint8Array {
  const content = typeof value === 'string' ? text.encode(value) : value;
  return joined([varint(field * 8 + 2), varint(content.length), content]);
}

/** A TensorProto: weights or constants of the graph. @param values little-endian, as everywhere where Node runs. */
export function tensorProto(name: string, shape: readonly number[], values: Float32Array | BigInt64Array): Uint8Array {
  const type = values instanceof Float32Array ? elementTypes.float32 : elementTypes.int64;
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return joined([...shape.map((size) => whole(1, size)), whole(2, type), bytes(8, name), bytes(9, raw)]);
}

const attributeTypes = { whole: 2, wholes: 7 } as const;

function attribute(name: string, value: number | readonly number[]): Uint8Array {
  return typeof value === 'number'
    ? joined([bytes(1, name), whole(3, value), whole(20, attributeTypes.whole)])
    : joined([bytes(1, name), ...value.map((one) => whole(8, one)), whole(20, attributeTypes.wholes)]);
}

export interface OnnxNode {
  readonly operator: string;
  /** An empty name stands for an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

function nodeProto({ operator, inputs, outputs, attributes = {} }: OnnxNode): Uint8Array {
  return joined([
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    bytes(4, operator),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
  ]);
}

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  /** A name stands for a size that is decided by each call. */
  readonly shape: readonly (number | string)[];
}

function valueInfo({ name, type, shape }: OnnxValue): Uint8Array {
  const sizes = shape.map((size) => bytes(1, typeof size === 'string' ? bytes(2, size) : whole(1, size)));
  return joined([bytes(1, name), bytes(2, bytes(1, joined([whole(1, elementTypes[type]), bytes(2, joined(sizes))])))]);
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  /** As {@link tensorProto} gives them. */
  readonly tensors: readonly Uint8Array[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** The bytes of a model. */
export function modelProto({ nodes, tensors, inputs, outputs }: OnnxGraph): Uint8Array {
  const graph = joined([
    ...nodes.map((node) => bytes(1, nodeProto(node))),
    bytes(2, 'network'),
    ...tensors.map((tensor) => bytes(5, tensor)),
    ...inputs.map((value) => bytes(11, valueInfo(value))),
    ...outputs.map((value) => bytes(12, valueInfo(value))),
  ]);
  return joined([whole(1, irVersion), bytes(2, 'orrery'), bytes(7, graph), bytes(8, whole(2, operatorSet))]);
}
