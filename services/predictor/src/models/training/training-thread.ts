import { messageOf, OrreryError } from '@orrery/errors';
import type { Worker } from 'node:worker_threads';
import type { TrainingProgress } from '../../domain/boosted/index.js';
import { startWorker } from '../../worker-module.js';
import type { RawExample } from '../example-pages.js';
import type { FromThread, ThreadData, ToThread, TrainingJob, TrainingResult } from './training-job.js';

/** What a thread may take, so that a training that needs too much fails and not the service. */
const resourceLimits = { maxOldGenerationSizeMb: 1024 };

/** Trains in a thread of its own: the service goes on answering. */
export class TrainingThread {
  readonly result: Promise<TrainingResult>;
  private readonly worker: Worker;
  private readonly flag: Int32Array;
  private last: TrainingProgress | null = null;

  constructor(job: TrainingJob) {
    const stopFlag = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.flag = new Int32Array(stopFlag);
    this.worker = startWorker(new URL('./training-worker.js', import.meta.url), { workerData: { job, stopFlag } satisfies ThreadData, resourceLimits });
    this.result = new Promise((resolve, reject) => {
      this.worker.on('message', (message: FromThread) => {
        if (message.type === 'progress') this.last = message.progress;
        else if (message.type === 'done') resolve(message.result);
        else reject(new OrreryError(message.code, message.message));
      });
      this.worker.on('error', (cause) => reject(new OrreryError('ORRERY_NUMERICAL', `the training thread failed: ${messageOf(cause)}`, { cause })));
      this.worker.on('exit', (code) => reject(new OrreryError('ORRERY_NUMERICAL', `the training thread ended with ${code} before it had answered`)));
    });
    // Whoever waits sees the failure; until then it must not count as unhandled.
    this.result.catch(() => undefined);
  }

  /** How far the training has come; null before it says so. */
  get progress(): TrainingProgress | null {
    return this.last;
  }

  addRows(rows: readonly RawExample[]): void {
    this.post({ type: 'rows', rows });
  }

  train(): void {
    this.post({ type: 'train' });
  }

  /** Asks the training to end at its next step, with an error. */
  stop(): void {
    Atomics.store(this.flag, 0, 1);
  }

  /** Ends the thread at once. */
  async close(): Promise<void> {
    this.stop();
    await this.worker.terminate();
  }

  private post(message: ToThread): void {
    this.worker.postMessage(message);
  }
}
