import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { OrreryError } from '@orrery/errors';
import type { AdapterInfo } from '@orrery/learning';
import type { TensorFlow } from './tensor-flow.js';
import type { TfjsBackend } from './tfjs-runtime.js';
import { replaceWasmKernels } from './wasm-kernels.js';

// TensorFlow.js is loaded by require: of its CommonJS modules an import sees only some names.
const require = createRequire(import.meta.url);

/** Loads TensorFlow.js: about 30 MB and a tenth of a second, paid by whoever calls first. */
function loadTensorFlow(): TensorFlow {
  const tf = require('@tensorflow/tfjs') as TensorFlow;
  // Without its advice on the console to install another package.
  tf.enableProdMode();
  return tf;
}

/** Plain JavaScript: for tests, and what is left when WebAssembly cannot run. */
export const cpuBackend: TfjsBackend = {
  runtime: 'cpu',
  backendName: 'cpu',
  library: '@tensorflow/tfjs 4.22.0',
  start: async () => ({ tf: loadTensorFlow(), adapter: null }),
};

/** The processor's vector instructions; one thread, however many there are. */
export const wasmBackend: TfjsBackend = {
  runtime: 'wasm',
  backendName: 'wasm',
  library: '@tensorflow/tfjs-backend-wasm 4.22.0',
  start: async () => {
    const tf = loadTensorFlow();
    const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
    setWasmPaths(`${path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/wasm-out/`);
    replaceWasmKernels(tf);
    return { tf, adapter: null };
  },
};

// Dawn frees an adapter whose instance is garbage.
const keptInstances: unknown[] = [];
const softwareDrivers = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** Whatever adapter Vulkan offers, through Dawn. */
export const webgpuBackend: TfjsBackend = {
  runtime: 'webgpu',
  backendName: 'webgpu',
  library: '@tensorflow/tfjs-backend-webgpu 4.22.0 on webgpu 0.6.2',
  start: async () => {
    const { create, globals } = await import('webgpu');
    const gpu = create([]);
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) throw new OrreryError('ORRERY_DEPENDENCY', 'Vulkan offers no adapter', { retriable: false });
    keptInstances.push(gpu);
    Object.assign(globalThis, globals);
    // Node 20 has no navigator.
    if (!('navigator' in globalThis)) Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
    Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
    const tf = loadTensorFlow();
    require('@tensorflow/tfjs-backend-webgpu');
    return { tf, adapter: adapterInfo(adapter.info) };
  },
};

/** What a driver says of itself, told honestly: one that runs on the processor is software, whatever it calls itself. */
export function adapterInfo(info: { readonly vendor: string; readonly architecture: string; readonly description: string; readonly isFallbackAdapter?: boolean }): AdapterInfo {
  const { vendor, architecture, description } = info;
  return { vendor, architecture, description, software: info.isFallbackAdapter === true || softwareDrivers.test(`${architecture} ${description}`) };
}

type TensorFlowOfNode = Omit<TensorFlow, 'backend'> & { backend(): { readonly isUsingGpuDevice?: boolean } };

/**
 * An NVIDIA GPU through TensorFlow's own library. The package is none of this project's dependencies, because its installation downloads
 * a library for CUDA: an image for GPUs installs it.
 *
 * @param load imports a package by name.
 */
export function cudaBackend(load: (name: string) => Promise<unknown> = (name) => import(name)): TfjsBackend {
  return {
    runtime: 'cuda',
    backendName: 'tensorflow',
    library: '@tensorflow/tfjs-node-gpu',
    start: async () => {
      restoreRemovedUtilities();
      const name = '@tensorflow/tfjs-node-gpu';
      const loaded = (await load(name).catch((cause: unknown) => {
        const isAbsent = /^(ERR_)?MODULE_NOT_FOUND$/.test(String((cause as { readonly code?: unknown }).code));
        throw isAbsent ? new OrreryError('ORRERY_DEPENDENCY', `${name} is not installed`, { cause, retriable: false }) : cause;
      })) as TensorFlowOfNode | { readonly default: TensorFlowOfNode };
      const tf = ('default' in loaded ? loaded.default : loaded) as TensorFlowOfNode;
      tf.enableProdMode();
      if (tf.backend().isUsingGpuDevice !== true) throw new OrreryError('ORRERY_DEPENDENCY', `${name} is installed, but TensorFlow lists no GPU`, { retriable: false });
      return { tf: tf as unknown as TensorFlow, adapter: await nvidiaAdapter() };
    },
  };
}

// TensorFlow.js 4.22 calls two functions that Node 23 removed from its util module.
function restoreRemovedUtilities(): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown): boolean => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

async function nvidiaAdapter(): Promise<AdapterInfo> {
  const { stdout } = await promisify(execFile)('nvidia-smi', ['--query-gpu=name,compute_cap,driver_version', '--format=csv,noheader'], { timeout: 5_000 }).catch(() => ({ stdout: '' }));
  const [name = '', capability = '', driver = ''] = (stdout.split('\n')[0] ?? '').split(',').map((cell) => cell.trim());
  return {
    vendor: 'nvidia',
    architecture: capability === '' ? 'unknown' : `compute capability ${capability}`,
    description: name === '' ? 'a GPU that nvidia-smi does not tell' : `${name}, driver ${driver}`,
    software: false,
  };
}
