import { messageOf, OrreryError, type ErrorCode } from '@orrery/errors';
import { startWorker } from '../worker-module.js';
import type { JobFormat } from './read-jobs.js';

/** Uploaded jobs, looked at and packed. */
export interface InspectedJobs {
  readonly format: JobFormat;
  readonly kinds: number;
  /** Of all kinds together. */
  readonly tasks: number;
  readonly meanWorkSeconds: number;
  /** Of the JSON. */
  readonly sizeBytes: number;
  /** SHA-256 of the JSON. */
  readonly checksum: string;
  /** The JSON, gzipped. */
  readonly body: Uint8Array;
}

export type FromInspection = { readonly type: 'done'; readonly jobs: InspectedJobs } | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string; readonly details: Readonly<Record<string, unknown>> };

export interface InspectionData {
  readonly name: string;
  /** JSON, or JSON that is gzipped. */
  readonly bytes: Uint8Array;
  /** Of the JSON. */
  readonly limitBytes: number;
}

const resourceLimits = { maxOldGenerationSizeMb: 512 };

/**
 * Reads jobs in a thread of its own: megabytes of JSON take a second, which whoever is asked for a decision does not have.
 *
 * @throws ORRERY_VALIDATION when they are no jobs, ORRERY_LIMIT when they are too large.
 */
export async function inspectJobs(workerData: InspectionData): Promise<InspectedJobs> {
  const worker = startWorker(new URL('./inspection-worker.js', import.meta.url), { workerData, resourceLimits });
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (message: FromInspection) => {
        if (message.type === 'done') resolve(message.jobs);
        else reject(new OrreryError(message.code, message.message, { retriable: false, details: message.details }));
      });
      worker.on('error', (cause) => reject(new OrreryError('ORRERY_LIMIT', `these jobs cannot be read: ${messageOf(cause)}`, { retriable: false, details: { httpStatus: 413 }, cause })));
      worker.on('exit', (code) => reject(new OrreryError('ORRERY_NUMERICAL', `the thread that read jobs ended with ${code} before it had answered`)));
    });
  } finally {
    await worker.terminate();
  }
}
