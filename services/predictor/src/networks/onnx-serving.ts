import { createRequire } from 'node:module';
import type * as OnnxRuntimeModule from 'onnxruntime-node';
import { messageOf, OrreryError } from '@orrery/errors';
import { checkBatch, checkOutput, networkInputs, outputWidth, randomData, withRisingQuantiles, type LoadedNetwork, type NetworkBatch, type NetworkSpec, type TensorRuntime } from '@orrery/learning';
import { seededRandom } from '@orrery/stats';
import { wasmBackend } from '../runtime/backends.js';
import { TfjsRuntime } from '../runtime/tfjs-runtime.js';
import { onnxOutput, weightsOfModel } from './onnx-graph.js';
import { checkPublished, type PublishedNetwork } from './published-network.js';

export type OnnxRuntime = Pick<typeof OnnxRuntimeModule, 'InferenceSession' | 'Tensor'>;

const require = createRequire(import.meta.url);

/** Loads the library, about 15 MB; what it throws is the reason why it cannot be had here. */
export const loadOnnxRuntime = (): OnnxRuntime => require('onnxruntime-node') as OnnxRuntime;

export interface ServedNetwork extends LoadedNetwork {
  /** What evaluates the network, and why not ONNX Runtime where it is something else. */
  readonly servedBy: { readonly runtime: 'onnxruntime' | 'wasm'; readonly because: string | null };
}

export interface ServingParts {
  readonly loadLibrary: () => OnnxRuntime;
  /** Evaluates networks where the library cannot be loaded. */
  readonly fallback: () => TensorRuntime;
}

const usualParts: ServingParts = { loadLibrary: loadOnnxRuntime, fallback: () => new TfjsRuntime(wasmBackend) };

/** A session on bytes of ours: one thread, so that a prediction leaves the others to the service. @throws what the library throws. */
export async function openSession(library: OnnxRuntime, spec: NetworkSpec, bytes: Uint8Array): Promise<LoadedNetwork> {
  const session = await library.InferenceSession.create(bytes, { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
  return {
    predict: async (batch) => {
      checkBatch(spec, batch);
      if (batch.rowCount === 0) return new Float32Array();
      const feeds = Object.fromEntries(networkInputs(spec).map(({ name, shape, type }) => [name, new library.Tensor(type, batch.inputs[name] ?? [], [batch.rowCount, ...shape])]));
      const { [onnxOutput]: output } = await session.run(feeds);
      if (output?.size !== batch.rowCount * outputWidth(spec)) throw new OrreryError('ORRERY_NUMERICAL', `a ${spec.kind} network gave ${output?.size ?? 0} numbers for ${batch.rowCount} rows`);
      const values = Float32Array.from(output.data as Float32Array);
      checkOutput(spec, values);
      return withRisingQuantiles(spec, values);
    },
    close: async () => await session.release(),
  };
}

/**
 * Makes a published network ready to predict: its checksum is verified and it has predicted once.
 *
 * Served by ONNX Runtime; where that cannot be loaded, from the same bytes by TensorFlow.js, slower (docs/gpu.md tells by how much).
 *
 * @throws ORRERY_VALIDATION when the bytes are not those that were published; ORRERY_DEPENDENCY when nothing here can run it.
 */
export async function serveNetwork(published: PublishedNetwork, parts: ServingParts = usualParts): Promise<ServedNetwork> {
  checkPublished(published);
  const { spec } = published.metadata;
  const served = await openServed(published, parts);
  await served.predict(warmUpRow(spec));
  return served;
}

async function openServed({ metadata: { spec }, bytes }: PublishedNetwork, parts: ServingParts): Promise<ServedNetwork> {
  let library: OnnxRuntime;
  try {
    library = parts.loadLibrary();
  } catch (error) {
    const network = await parts.fallback().load({ spec, weights: weightsOfModel(spec, bytes) });
    return { ...network, servedBy: { runtime: 'wasm', because: `ONNX Runtime cannot be loaded: ${messageOf(error)}` } };
  }
  try {
    return { ...(await openSession(library, spec, bytes)), servedBy: { runtime: 'onnxruntime', because: null } };
  } catch (cause) {
    throw new OrreryError('ORRERY_VALIDATION', `ONNX Runtime refuses the network: ${messageOf(cause)}`, { cause });
  }
}

const warmUpRow = (spec: NetworkSpec): NetworkBatch => randomData(spec, 1, seededRandom(1));
