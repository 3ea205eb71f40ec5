import type { DataType, TensorInfo } from '@tensorflow/tfjs';
import type { TensorFlow } from './tensor-flow.js';

// TensorFlow.js's own SplitV and Unpack for WebAssembly copy the whole tensor out of its memory for every part that they take, so that the steps
// of a sequence cost the square of their number: half the time of a training. These copy each part once, inside that memory.

interface WasmBackend {
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
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

/** Puts the faster kernels in the place of those of the package. The backend has to be registered. */
export function replaceWasmKernels(tf: TensorFlow): void {
  const kernels = {
    SplitV: ({ inputs, attrs, backend }: KernelCall): TensorInfo[] => {
      const { x } = inputs as { x: TensorInfo };
      const [axis = 0] = tf.util.parseAxisParam(attrs.axis as number, x.shape);
      let from = 0;
      return tf.backend_util.prepareSplitSize(x as never, attrs.numOrSizeSplits as number | number[], axis).map((count) => {
        const part = takenPart(backend, x, { axis, from, count, shape: x.shape.with(axis, count) });
        from += count;
        return part;
      });
    },
    Unpack: ({ inputs, attrs, backend }: KernelCall): TensorInfo[] => {
      const { value } = inputs as { value: TensorInfo };
      const [axis = 0] = tf.util.parseAxisParam(attrs.axis as number, value.shape);
      const shape = value.shape.toSpliced(axis, 1);
      return Array.from({ length: value.shape[axis] ?? 0 }, (_, from) => takenPart(backend, value, { axis, from, count: 1, shape: [...shape] }));
    },
  };
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, 'wasm') !== undefined) tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: kernelFunc as unknown as Parameters<TensorFlow['registerKernel']>[0]['kernelFunc'] });
  }
}
