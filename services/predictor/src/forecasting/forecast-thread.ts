import { OrreryError, type ErrorCode } from '@orrery/errors';
import type { Forecast, ForecastInput } from '@orrery/learning';
import type { Worker } from 'node:worker_threads';
import type { CapacityForecast, CapacityInput, SamplesForecast, SamplesInput } from '../domain/forecast/index.js';
import { startWorker } from '../worker-module.js';

/** What is asked of the thread, and what it answers. */
export interface ForecastJobs {
  readonly capacity: { readonly input: CapacityInput; readonly result: CapacityForecast };
  readonly samples: { readonly input: SamplesInput; readonly result: SamplesForecast };
  readonly values: { readonly input: ForecastInput; readonly result: Forecast };
}

export interface ForecastQuestion {
  readonly id: number;
  readonly kind: keyof ForecastJobs;
  readonly input: unknown;
}

export type ForecastReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly code: ErrorCode; readonly message: string };

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: OrreryError) => void;
}

/** Questions that wait at the same time; whoever comes then is told to come again. */
const mostWaiting = 32;

/**
 * Forecasts on a thread of its own: weeks of hours take longer to forecast than others may be kept waiting. It is started with the first
 * question and keeps no process alive.
 */
export class ForecastThread {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  /** @throws ORRERY_LIMIT when too many wait, ORRERY_DEPENDENCY when the thread ended, and what the forecast throws. */
  run<Kind extends keyof ForecastJobs>(kind: Kind, input: ForecastJobs[Kind]['input']): Promise<ForecastJobs[Kind]['result']> {
    if (this.waiting.size >= mostWaiting) return Promise.reject(new OrreryError('ORRERY_LIMIT', `${mostWaiting} forecasts are being made, expected fewer at a time`, { retriable: true }));
    const id = ++this.lastId;
    const question: ForecastQuestion = { id, kind, input };
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const worker = this.started();
      worker.ref();
      worker.postMessage(question);
    });
  }

  async stop(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
    this.fail('the service is stopping');
  }

  private started(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = startWorker(new URL('./forecast-worker.js', import.meta.url));
    worker.on('message', (reply: ForecastReply) => this.settle(reply));
    worker.on('error', (error) => this.end(worker, error.message));
    worker.on('exit', () => this.end(worker, 'the thread ended'));
    this.worker = worker;
    return worker;
  }

  private settle(reply: ForecastReply): void {
    const asker = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (this.waiting.size === 0) this.worker?.unref();
    if ('result' in reply) asker?.resolve(reply.result as never);
    else asker?.reject(new OrreryError(reply.code, reply.message));
  }

  private end(worker: Worker, reason: string): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.fail(reason);
  }

  private fail(reason: string): void {
    const error = new OrreryError('ORRERY_DEPENDENCY', `the forecast was not made: ${reason}`, { retriable: true });
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
