import { describe, expect, it } from '@jest/globals';
import type { AdapterInfo, RuntimeName, RuntimeProbe, TensorRuntime, TrainedNetwork, TrainingData, TrainingOptions } from '@orrery/learning';
import { cudaBackend } from '../src/runtime/backends.js';
import { adapterInfo, selectRuntime, selectRuntimeInWorker, tensorRuntimes, type RuntimeCandidates, type Workload } from '../src/runtime/index.js';
import { TfjsRuntime } from '../src/runtime/tfjs-runtime.js';
import type { TensorFlow } from '../src/runtime/tensor-flow.js';

const real = tensorRuntimes();
const workload: Workload = { spec: { kind: 'mlp-quantiles', featureCount: 3, hidden: [4], targetCount: 1, quantiles: [0.5] }, batchSize: 8 };
const gpu: AdapterInfo = { vendor: 'acme', architecture: 'one', description: 'a GPU', software: false };

interface Pretence {
  readonly probe?: RuntimeProbe;
  /** How many milliseconds a training step is said to take. */
  readonly stepMs?: number;
  /** Added to every loss. */
  readonly error?: number;
  readonly breaks?: boolean;
}

/** Computes for real, and tells something else of itself. */
function pretending(name: RuntimeName, { probe = { available: true, adapter: gpu }, stepMs = 0, error = 0, breaks = false }: Pretence): TensorRuntime {
  return {
    name,
    probe: async () => probe,
    describe: () => ({ runtime: name, library: 'a pretence', adapter: null }),
    load: (network) => real.cpu.load(network),
    train: async (spec, data: TrainingData, options?: TrainingOptions): Promise<TrainedNetwork> => {
      if (breaks) throw new Error('the driver is gone');
      const trained = await real.cpu.train(spec, data, options);
      return { ...trained, epochs: trained.epochs.map((epoch) => ({ ...epoch, durationMs: stepMs, trainingLoss: epoch.trainingLoss + error })) };
    },
  };
}

const absent = (reason: string): Pretence => ({ probe: { available: false, reason } });

function candidates({ cuda = absent('no library'), webgpu = absent('no adapter'), wasm = { stepMs: 5, probe: { available: true, adapter: null } } }: Partial<Record<RuntimeName, Pretence>>): RuntimeCandidates {
  return { cuda: pretending('cuda', cuda), webgpu: pretending('webgpu', webgpu), wasm: pretending('wasm', wasm), cpu: real.cpu };
}

const reportOf = async (pretences: Partial<Record<RuntimeName, Pretence>>) => (await selectRuntime('auto', { candidates: candidates(pretences), workload })).report;

describe('the best runtime', () => {
  it('is the processor where there is no GPU, and the report says what was missing', async () => {
    expect(await reportOf({})).toEqual({
      runtime: 'wasm',
      requested: 'auto',
      selectedBecause: 'no faster GPU works here',
      rejected: [
        { name: 'cuda', reason: 'no library' },
        { name: 'webgpu', reason: 'no adapter' },
      ],
      adapter: null,
      selfTest: { maxDiff: expect.any(Number), ms: 5 },
    });
  });

  it('is CUDA before any other GPU', async () => {
    expect(await reportOf({ cuda: { stepMs: 1 }, webgpu: { stepMs: 1 } })).toMatchObject({ runtime: 'cuda', adapter: gpu, rejected: [], selfTest: { maxDiff: 0, ms: 1 } });
    expect(await reportOf({ webgpu: { stepMs: 1 } })).toMatchObject({ runtime: 'webgpu', rejected: [{ name: 'cuda' }] });
  });

  it('is no driver that runs on the processor', async () => {
    const software = { ...gpu, description: 'SwiftShader', software: true };

    expect(await reportOf({ webgpu: { stepMs: 1, probe: { available: true, adapter: software } } })).toMatchObject({
      runtime: 'wasm',
      rejected: [{ name: 'cuda' }, { name: 'webgpu', reason: 'its adapter is software: SwiftShader' }],
    });
  });

  it('is no GPU that takes longer than the processor', async () => {
    expect(await reportOf({ webgpu: { stepMs: 6 } })).toMatchObject({ runtime: 'wasm', rejected: [{ name: 'cuda' }, { name: 'webgpu', reason: 'it takes 6.0 ms for a training step, wasm 5.0 ms' }] });
  });

  it('is none that computes something else or breaks', async () => {
    expect(await reportOf({ cuda: { stepMs: 1, breaks: true }, webgpu: { stepMs: 1, error: 0.001 } })).toMatchObject({
      runtime: 'wasm',
      rejected: [
        { name: 'cuda', reason: 'its self-test failed: the driver is gone' },
        { name: 'webgpu', reason: expect.stringMatching(/^its losses differ by 1\.0e-3 from those of wasm$/) },
      ],
    });
    expect(await reportOf({ cuda: { error: Number.NaN } })).toMatchObject({ runtime: 'wasm', rejected: [{ name: 'cuda' }, { name: 'webgpu' }] });
  });

  it('is plain JavaScript when nothing else is left', async () => {
    expect(await reportOf({ wasm: absent('no WebAssembly') })).toMatchObject({ runtime: 'cpu', selectedBecause: 'nothing else works here', selfTest: null, rejected: [{}, {}, { name: 'wasm', reason: 'no WebAssembly' }] });
  });
});

describe('a runtime that was named', () => {
  it('is taken when it works, also when it is slower or software, and the report says so', async () => {
    const software = { ...gpu, software: true };
    const all = candidates({ webgpu: { stepMs: 100, probe: { available: true, adapter: software } } });

    expect((await selectRuntime('webgpu', { candidates: all, workload })).report).toMatchObject({ runtime: 'webgpu', requested: 'webgpu', selectedBecause: 'it was asked for', adapter: software, selfTest: { ms: 100 } });
    expect((await selectRuntime('cpu', { candidates: all, workload })).report).toMatchObject({ runtime: 'cpu', selfTest: null });
  });

  it('is never replaced by another one', async () => {
    const all = candidates({ cuda: absent('TensorFlow lists no GPU'), webgpu: { error: 1 } });

    await expect(selectRuntime('cuda', { candidates: all, workload })).rejects.toMatchObject({
      code: 'ORRERY_CONFIG',
      message: 'the runtime cuda was asked for and does not work here: TensorFlow lists no GPU; name another one, or auto',
    });
    await expect(selectRuntime('webgpu', { candidates: all, workload })).rejects.toMatchObject({ code: 'ORRERY_CONFIG' });
  });

  it('is looked for in a thread of its own too', async () => {
    expect(await selectRuntimeInWorker('wasm')).toMatchObject({ runtime: 'wasm', requested: 'wasm', adapter: null, selfTest: { maxDiff: expect.any(Number) } });
    const cuda = await real.cuda.probe();
    if (!cuda.available) await expect(selectRuntimeInWorker('cuda')).rejects.toMatchObject({ code: 'ORRERY_CONFIG', details: { requested: 'cuda', reason: '@tensorflow/tfjs-node-gpu is not installed' } });
  });
});

describe('an adapter', () => {
  it('is software when its driver says so or is known to run on the processor', () => {
    const info = { vendor: 'nvidia', architecture: 'hopper', description: 'a card' };

    expect(adapterInfo({ ...info, isFallbackAdapter: false })).toEqual({ ...info, software: false });
    expect(adapterInfo({ ...info, isFallbackAdapter: true }).software).toBe(true);
    expect(adapterInfo({ vendor: 'mesa', architecture: '', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }).software).toBe(true);
  });
});

describe('CUDA', () => {
  it('is not available without its package', async () => {
    const missing = new TfjsRuntime(cudaBackend(async () => Promise.reject(Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' }))));

    expect(await missing.probe()).toEqual({ available: false, reason: '@tensorflow/tfjs-node-gpu is not installed' });
  });

  it('is not available where its package finds no GPU, and computes where it does', async () => {
    const { tf } = await (await import('../src/runtime/backends.js')).cpuBackend.start();
    // The package is TensorFlow.js with one backend more; here that one computes on the processor.
    tf.copyRegisteredKernels('cpu', 'tensorflow');
    tf.registerBackend('tensorflow', () => tf.findBackend('cpu'));
    const packageWith = (isUsingGpuDevice: boolean) => async (): Promise<unknown> => ({ default: { ...tf, backend: () => ({ isUsingGpuDevice }) } satisfies Record<keyof TensorFlow, unknown> });

    expect(await new TfjsRuntime(cudaBackend(packageWith(false))).probe()).toEqual({ available: false, reason: '@tensorflow/tfjs-node-gpu is installed, but TensorFlow lists no GPU' });
    const runtime = new TfjsRuntime(cudaBackend(packageWith(true)));
    expect(await runtime.probe()).toMatchObject({ available: true, adapter: { vendor: 'nvidia', software: false } });
    const { report } = await selectRuntime('cuda', { candidates: { ...real, cuda: runtime }, workload });
    expect(report).toMatchObject({ runtime: 'cuda', selfTest: { ms: expect.any(Number) } });
  });
});
