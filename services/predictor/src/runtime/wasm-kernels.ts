import type { DataId, DataType, TensorInfo } from '@tensorflow/tfjs';
import type { TensorFlow } from './tensor-flow.js';

// TensorFlow.js's own SplitV and Unpack for WebAssembly copy the whole tensor out of its memory for every part that they take, so that the steps
// of a sequence cost the square of their number; these copy each part once, inside that memory. Its matrix product uses the processor's vector
// instructions only where no factor is transposed, which in a gradient one always is; this one transposes first. Together: a GRU predicts
// six times and learns three times as fast.

interface WasmBackend {
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  disposeData(dataId: DataId): boolean;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
}

interface KernelCall {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: WasmBackend;
}

interface Part {
  readonly axis: number;
  readonly from: number;
  readonly count: number;
  /** Of the result. */
  readonly shape: number[];
}

type Kernel = (call: KernelCall) => TensorInfo | TensorInfo[];

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

function takenPart(backend: WasmBackend, tensor: TensorInfo, { axis, from, count, shape }: Part): TensorInfo {
  const output = backend.makeOutput(shape, tensor.dtype);
  // Looked up after the output was made: making it may move the memory.
  const source = backend.typedArrayFromHeap(tensor);
  const target = backend.typedArrayFromHeap(output);
  const inner = product(tensor.shape.slice(axis + 1));
  const outer = product(tensor.shape.slice(0, axis));
  const [rowLength, partLength] = [(tensor.shape[axis] ?? 1) * inner, count * inner];
  const memory = new (source.constructor as Float32ArrayConstructor)(source.buffer as ArrayBuffer);
  const [sourceAt, targetAt] = [source.byteOffset / source.BYTES_PER_ELEMENT + from * inner, target.byteOffset / target.BYTES_PER_ELEMENT];
  for (let row = 0; row < outer; row += 1) {
    const start = sourceAt + row * rowLength;
    memory.copyWithin(targetAt + row * partLength, start, start + partLength);
  }
  return output;
}

function splitKernel(tf: TensorFlow): Kernel {
  return ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    const [axis = 0] = tf.util.parseAxisParam(attrs.axis as number, x.shape);
    let from = 0;
    return tf.backend_util.prepareSplitSize(x as never, attrs.numOrSizeSplits as number | number[], axis).map((count) => {
      const part = takenPart(backend, x, { axis, from, count, shape: x.shape.with(axis, count) });
      from += count;
      return part;
    });
  };
}

function unpackKernel(tf: TensorFlow): Kernel {
  return ({ inputs, attrs, backend }) => {
    const { value } = inputs as { value: TensorInfo };
    const [axis = 0] = tf.util.parseAxisParam(attrs.axis as number, value.shape);
    const shape = value.shape.toSpliced(axis, 1);
    return Array.from({ length: value.shape[axis] ?? 0 }, (_, from) => takenPart(backend, value, { axis, from, count: 1, shape: [...shape] }));
  };
}

function productKernel(multiply: Kernel, transpose: Kernel): Kernel {
  return ({ inputs, attrs, backend }) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    const made: TensorInfo[] = [];
    const factor = (tensor: TensorInfo, isTransposed: boolean): TensorInfo => {
      if (!isTransposed) return tensor;
      const last = tensor.shape.length - 1;
      const perm = tensor.shape.map((_, axis) => (axis === last ? last - 1 : axis === last - 1 ? last : axis));
      const result = transpose({ inputs: { x: tensor }, attrs: { perm }, backend }) as TensorInfo;
      made.push(result);
      return result;
    };
    const factors = { a: factor(a, attrs.transposeA === true), b: factor(b, attrs.transposeB === true) };
    const result = multiply({ inputs: factors, attrs: { transposeA: false, transposeB: false }, backend });
    for (const { dataId } of made) backend.disposeData(dataId);
    return result;
  };
}

const replaced = new WeakSet<TensorFlow>();

/** Puts the faster kernels in the place of those of the package, once. The package has to be loaded. */
export function replaceWasmKernels(tf: TensorFlow): void {
  if (replaced.has(tf)) return;
  replaced.add(tf);
  const own = (name: string): Kernel => tf.getKernel(name, 'wasm').kernelFunc as unknown as Kernel;
  const kernels = { SplitV: splitKernel(tf), Unpack: unpackKernel(tf), BatchMatMul: productKernel(own('BatchMatMul'), own('Transpose')) };
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    const config = tf.getKernel(kernelName, 'wasm');
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ ...config, kernelFunc: kernelFunc as unknown as typeof config.kernelFunc });
  }
}
