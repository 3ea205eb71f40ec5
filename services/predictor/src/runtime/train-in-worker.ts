import { messageOf, OrreryError } from '@orrery/errors';
import type { NetworkSpec, TrainingData, TrainingOptions } from '@orrery/learning';
import type { PublishedNetwork } from '../networks/published-network.js';
import { startWorker } from '../worker-module.js';
import type { RequestedRuntime, RuntimeReport } from './runtime-report.js';
import { ownedData, receivedError, sentSettings, type NetworkJob, type NetworkMessage } from './worker-messages.js';

export interface WorkerTrainingOptions extends TrainingOptions {
  readonly requested?: RequestedRuntime;
}

/** A network fresh from training, and its weights for one who wants to go on from them. */
export interface WorkerTrainingResult extends PublishedNetwork {
  readonly weights: Float32Array;
}

/**
 * Selects a runtime, trains and publishes a network in a thread of its own, so that the caller's goes on answering and never loads TensorFlow.js.
 *
 * The rows are copied and handed over; weights and bytes come back without a copy. An abort ends the thread at once, whatever it computes.
 *
 * @throws what `selectRuntime`, `TensorRuntime.train` and `publishNetwork` throw, and the signal's reason when it aborts.
 * @example
 * const { metadata, bytes } = await trainNetworkInWorker(spec, { training, validation }, { seed: 7, signal, onEpoch: ({ epoch }) => logger.debug({ epoch }, 'trained') });
 */
export async function trainNetworkInWorker(spec: NetworkSpec, data: TrainingData, options: WorkerTrainingOptions = {}): Promise<WorkerTrainingResult> {
  const { requested = 'auto', ...training } = options;
  const { data: owned, buffers } = ownedData(data);
  const job: NetworkJob = { kind: 'train', requested, spec, data: owned, settings: sentSettings(training), startWeights: training.startWeights ?? null };
  const message = await runJob(job, { buffers, ...training });
  if (message.kind !== 'published') throw unexpected(message);
  return { ...message.network, weights: message.weights };
}

/**
 * Which runtime would train here, found out in a thread of its own: for a service that has to refuse to start when the one that was named does not work.
 *
 * @throws ORRERY_CONFIG when a runtime that was named does not work here.
 */
export async function selectRuntimeInWorker(requested: RequestedRuntime, options: { readonly signal?: AbortSignal } = {}): Promise<RuntimeReport> {
  const message = await runJob({ kind: 'select', requested }, { ...options, buffers: [] });
  if (message.kind !== 'selected') throw unexpected(message);
  return message.report;
}

interface JobOptions extends Pick<TrainingOptions, 'signal' | 'onEpoch'> {
  readonly buffers: ArrayBuffer[];
}

type FinalMessage = Exclude<NetworkMessage, { readonly kind: 'epoch' }>;

const unexpected = ({ kind }: FinalMessage): OrreryError => new OrreryError('ORRERY_DEPENDENCY', `the thread that trains networks answered ${kind}`, { retriable: false });

async function runJob(job: NetworkJob, { buffers, signal, onEpoch }: JobOptions): Promise<FinalMessage> {
  signal?.throwIfAborted();
  const worker = startWorker(new URL('./network-worker.js', import.meta.url), { workerData: job, transferList: buffers });
  let onAbort = (): void => undefined;
  try {
    return await new Promise<FinalMessage>((resolve, reject) => {
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.on('message', (message: NetworkMessage) => {
        if (message.kind === 'epoch') onEpoch?.(message.report);
        else if (message.kind === 'failed') reject(receivedError(message.error));
        else resolve(message);
      });
      worker.once('error', (cause) => reject(new OrreryError('ORRERY_DEPENDENCY', `the thread that trains networks broke: ${messageOf(cause)}`, { cause, retriable: false })));
      worker.once('exit', (code) => reject(new OrreryError('ORRERY_DEPENDENCY', `the thread that trains networks ended with ${code} and no answer`)));
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
