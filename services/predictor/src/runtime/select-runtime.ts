import { messageOf, OrreryError } from '@orrery/errors';
import { runtimeNames, type AdapterInfo, type RuntimeName, type TensorRuntime } from '@orrery/learning';
import { cpuBackend, cudaBackend, wasmBackend, webgpuBackend } from './backends.js';
import type { RejectedRuntime, RequestedRuntime, RuntimeReport, SelfTestResult } from './runtime-report.js';
import { lossDifference, stepDurationMs, usualWorkload, type Workload } from './self-test.js';
import { TfjsRuntime } from './tfjs-runtime.js';

export type RuntimeCandidates = Readonly<Record<RuntimeName, TensorRuntime>>;

export interface RuntimeSelection {
  readonly runtime: TensorRuntime;
  readonly report: RuntimeReport;
}

export interface SelectionOptions {
  readonly candidates?: RuntimeCandidates;
  /** What is going to be trained: a GPU that takes longer for it than the processor is not taken. */
  readonly workload?: Workload;
}

/** Greatest difference of a loss after three steps of Adam; the runtimes that work agree within 1e-6. */
const greatestDifference = 1e-4;
/** A GPU whose driver compiles for longer is no gain; who wants to wait for it names it. */
const selfTestLimitMs = 60_000;

/** One runtime of each kind; none loads anything before it is asked. */
export function tensorRuntimes(): RuntimeCandidates {
  return { cuda: new TfjsRuntime(cudaBackend()), webgpu: new TfjsRuntime(webgpuBackend), wasm: new TfjsRuntime(wasmBackend), cpu: new TfjsRuntime(cpuBackend) };
}

/**
 * The runtime that was asked for, or the best one that works: a GPU through CUDA, any other real GPU, the processor.
 *
 * `auto` takes a GPU only when it is one (no software driver), computes the same losses as the processor and is faster for the workload. Loads
 * TensorFlow.js and trains small networks, about a second: call it where networks are trained, in a worker thread.
 *
 * @throws ORRERY_CONFIG when a runtime that was named does not work here: never another one instead.
 */
export async function selectRuntime(requested: RequestedRuntime, options: SelectionOptions = {}): Promise<RuntimeSelection> {
  const candidates = options.candidates ?? tensorRuntimes();
  const workload = options.workload ?? usualWorkload;
  return requested === 'auto' ? await selectBest(candidates, workload) : await selectNamed(requested, candidates, workload);
}

interface Measured {
  readonly adapter: AdapterInfo | null;
  readonly selfTest: SelfTestResult | null;
}

type Judgement = ({ readonly accepted: true } & Measured) | { readonly accepted: false; readonly reason: string };

interface Trial {
  readonly candidates: RuntimeCandidates;
  readonly workload: Workload;
  /** True when another runtime can be taken: then a runtime must also be worth it. */
  readonly isChoice: boolean;
}

async function selectNamed(requested: RuntimeName, candidates: RuntimeCandidates, workload: Workload): Promise<RuntimeSelection> {
  const judgement = await judge(candidates[requested], { candidates, workload, isChoice: false });
  if (!judgement.accepted) {
    throw new OrreryError('ORRERY_CONFIG', `the runtime ${requested} was asked for and does not work here: ${judgement.reason}; name another one, or auto`, {
      details: { requested, reason: judgement.reason },
    });
  }
  const { adapter, selfTest } = judgement;
  return { runtime: candidates[requested], report: { runtime: requested, requested, selectedBecause: 'it was asked for', rejected: [], adapter, selfTest } };
}

const autoReasons: Readonly<Record<RuntimeName, string>> = {
  cuda: 'it is a GPU and faster than the processor for this work',
  webgpu: 'it is a GPU and faster than the processor for this work',
  wasm: 'no faster GPU works here',
  cpu: 'nothing else works here',
};

async function selectBest(candidates: RuntimeCandidates, workload: Workload): Promise<RuntimeSelection> {
  const rejected: RejectedRuntime[] = [];
  for (const name of runtimeNames) {
    const judgement = await judge(candidates[name], { candidates, workload, isChoice: true });
    if (judgement.accepted) {
      const { adapter, selfTest } = judgement;
      return { runtime: candidates[name], report: { runtime: name, requested: 'auto', selectedBecause: autoReasons[name], rejected, adapter, selfTest } };
    }
    rejected.push({ name, reason: judgement.reason });
  }
  throw new OrreryError('ORRERY_CONFIG', `no runtime works here: ${rejected.map(({ name, reason }) => `${name}: ${reason}`).join('; ')}`, { details: { rejected } });
}

async function judge(candidate: TensorRuntime, trial: Trial): Promise<Judgement> {
  const probe = await candidate.probe();
  if (!probe.available) return { accepted: false, reason: probe.reason };
  const { adapter } = probe;
  if (trial.isChoice && adapter?.software === true) return { accepted: false, reason: `its adapter is software: ${adapter.description}` };
  if (candidate.name === 'cpu') return { accepted: true, adapter, selfTest: null };
  try {
    return await measured(candidate, adapter, trial);
  } catch (error) {
    return { accepted: false, reason: `its self-test failed: ${messageOf(error)}` };
  }
}

async function measured(candidate: TensorRuntime, adapter: AdapterInfo | null, { candidates, workload, isChoice }: Trial): Promise<Judgement> {
  const reference = candidate.name !== 'wasm' && (await candidates.wasm.probe()).available ? candidates.wasm : candidates.cpu;
  const isOptional = isChoice && candidate.name !== 'wasm';
  const signal = isOptional ? AbortSignal.timeout(selfTestLimitMs) : undefined;
  const maxDiff = await lossDifference(candidate, reference, signal);
  if (!(maxDiff <= greatestDifference)) return { accepted: false, reason: `its losses differ by ${maxDiff.toExponential(1)} from those of ${reference.name}` };
  const ms = await stepDurationMs(candidate, workload, signal);
  const processorMs = isOptional ? await stepDurationMs(reference, workload, signal) : Number.POSITIVE_INFINITY;
  if (ms >= processorMs) return { accepted: false, reason: `it takes ${ms.toFixed(1)} ms for a training step, ${reference.name} ${processorMs.toFixed(1)} ms` };
  return { accepted: true, adapter, selfTest: { maxDiff, ms } };
}
