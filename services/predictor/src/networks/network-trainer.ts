import type { NetworkSpec, TrainingData, TrainingOptions } from '@orrery/learning';
import { trainNetworkInWorker } from '../runtime/train-in-worker.js';
import type { RequestedRuntime } from '../runtime/runtime-report.js';
import type { PublishedNetwork } from './published-network.js';

/** Trains a network and publishes it. */
export type NetworkTrainer = (spec: NetworkSpec, data: TrainingData, options: TrainingOptions) => Promise<PublishedNetwork>;

/** Trains in a thread of its own on the runtime that was asked for. */
export function workerTrainer(requested: RequestedRuntime): NetworkTrainer {
  return async (spec, data, options) => {
    const { metadata, bytes } = await trainNetworkInWorker(spec, data, { ...options, requested });
    return { metadata, bytes };
  };
}
