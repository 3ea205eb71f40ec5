import { isOrreryError, messageOf, OrreryError, type ErrorCode } from '@orrery/errors';
import { defaultTrainingSettings, type EpochReport, type NetworkArray, type NetworkData, type NetworkSpec, type TrainingData, type TrainingOptions, type TrainingSettings } from '@orrery/learning';
import type { PublishedNetwork } from '../networks/published-network.js';
import type { RequestedRuntime, RuntimeReport } from './runtime-report.js';

/** What a worker thread is started for. */
export type NetworkJob =
  | { readonly kind: 'select'; readonly requested: RequestedRuntime }
  | {
      readonly kind: 'train';
      readonly requested: RequestedRuntime;
      readonly spec: NetworkSpec;
      readonly data: TrainingData;
      readonly settings: Partial<TrainingSettings>;
      readonly startWeights: Float32Array | null;
    };

export type NetworkMessage =
  | { readonly kind: 'epoch'; readonly report: EpochReport }
  | { readonly kind: 'selected'; readonly report: RuntimeReport }
  | { readonly kind: 'published'; readonly network: PublishedNetwork; readonly weights: Float32Array }
  | { readonly kind: 'failed'; readonly error: SentError };

export interface SentError {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly retriable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  readonly stack: string;
}

/** An error as a message: a class does not survive the way between threads. */
export function sentError(error: unknown): SentError {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  if (!isOrreryError(error)) return { code: null, message: messageOf(error), retriable: false, details: {}, stack };
  const details = Object.fromEntries(Object.entries(error.details).filter(([, value]) => typeof value !== 'function'));
  return { code: error.code, message: error.message, retriable: error.retriable, details, stack };
}

/** The error that was sent, with the stack of its thread as its cause. What Orrery did not throw is a failed dependency. */
export function receivedError({ code, message, retriable, details, stack }: SentError): OrreryError {
  return new OrreryError(code ?? 'ORRERY_DEPENDENCY', code === null ? `training a network failed: ${message}` : message, { retriable, details, cause: stack });
}

/** Copies of rows with memory of their own, that can be handed to another thread whole, and that memory. */
export function ownedData({ training, validation }: TrainingData): { readonly data: TrainingData; readonly buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = [];
  const owned = (values: NetworkArray): NetworkArray => {
    const copy = values.slice();
    buffers.push(copy.buffer as ArrayBuffer);
    return copy;
  };
  const part = ({ rowCount, inputs, targets }: NetworkData): NetworkData => ({
    rowCount,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, owned(values)])),
    targets: owned(targets),
  });
  return { data: { training: part(training), validation: part(validation) }, buffers };
}

/** The options of a training without those that cannot be sent. */
export function sentSettings(options: TrainingOptions): Partial<TrainingSettings> {
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => name in defaultTrainingSettings && value !== undefined));
}
