import { messageOf, OrreryError } from '@orrery/errors';
import type { Worker } from 'node:worker_threads';
import { startWorker } from '../worker-module.js';
import type { FromJobThread, JobThreadData, LearningProgress, LearningResult } from './learning-job.js';

/** What a thread may take, so that a job that needs too much fails and not the service. */
const resourceLimits = { maxOldGenerationSizeMb: 1024 };

/** Carries out one job in a thread of its own: the service goes on answering. */
export class JobThread {
  readonly result: Promise<LearningResult>;
  private readonly worker: Worker;
  private last: LearningProgress | null = null;

  constructor(workerData: JobThreadData) {
    this.worker = startWorker(new URL('./job-worker.js', import.meta.url), { workerData, resourceLimits });
    this.result = new Promise((resolve, reject) => {
      this.worker.on('message', (message: FromJobThread) => {
        if (message.type === 'progress') this.last = message.progress;
        else if (message.type === 'done') resolve(message.result);
        else reject(new OrreryError(message.code, message.message));
      });
      this.worker.on('error', (cause) => reject(new OrreryError('ORRERY_NUMERICAL', `the thread of the job failed: ${messageOf(cause)}`, { cause })));
      this.worker.on('exit', (code) => reject(new OrreryError('ORRERY_NUMERICAL', `the thread of the job ended with ${code} before it had answered`)));
    });
    // Whoever waits sees the failure; until then it must not count as unhandled.
    this.result.catch(() => undefined);
  }

  /** How far the job is; null before it says so. */
  get progress(): LearningProgress | null {
    return this.last;
  }

  /** Ends the thread, and the threads that it started, at once. */
  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
