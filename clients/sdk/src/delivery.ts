import { backoffMs, type BackoffSettings } from './backoff.js';
import { nowMs } from './clock.js';
import type { EncodedFact, FactQueue, QueueLimits } from './fact-queue.js';
import type { Answer } from './http-transport.js';
import type { Tally } from './tally.js';

export interface DeliverySettings {
  /** How long the first fact of a batch waits for company. */
  readonly flushIntervalMs: number;
  readonly batch: QueueLimits;
  readonly backoff: BackoffSettings;
}

interface Transport {
  send(json: string): Promise<Answer>;
}

/** After so many refusals with no acceptance between them the server refuses everything, and searching for the bad fact is vain. */
const VAIN_REFUSALS = 20;

/** Sends what the queue holds, one batch at a time, and never keeps the process alive by itself. */
export class Delivery {
  private timer: NodeJS.Timeout | undefined;
  private isDueNow = false;
  private isSending = false;
  private isStopped = false;
  private failures = 0;
  private refusals = 0;
  /** By the monotonic clock: no attempt before this, and (the later part of it) not even in a hurry. */
  private notBefore = { backoffMs: 0, askedMs: 0 };
  /** Batches that were taken from the queue and are not settled; several only while a refused one is searched in halves. */
  private unsettled: EncodedFact[][] = [];
  private attemptWaiters: (() => void)[] = [];

  constructor(
    private readonly settings: DeliverySettings,
    private readonly queue: FactQueue,
    private readonly transport: Transport,
    private readonly tally: Tally,
  ) {}

  get isEmpty(): boolean {
    return this.queue.length === 0 && this.unsettled.length === 0;
  }

  /** Whether the last attempt found nobody who answered. */
  get isUnreachable(): boolean {
    return this.failures > 0 && this.tally.lastAnswer === 'unreachable';
  }

  /** Tells that the queue has grown. */
  wake(): void {
    if (this.isSending || this.isStopped || this.isDueNow) return;
    const isFull = this.queue.length >= this.settings.batch.maxEvents || this.queue.sizeBytes >= this.settings.batch.maxBytes;
    if (isFull && this.failures === 0) this.schedule(0);
    else if (this.timer === undefined) this.schedule(Math.max(this.settings.flushIntervalMs, this.notBefore.backoffMs - performance.now()));
  }

  /** Sends at once what is there, unless the server asked to wait. */
  hurry(): void {
    if (!this.isSending && !this.isStopped && !this.isEmpty) this.schedule(Math.max(0, this.notBefore.askedMs - performance.now()));
  }

  /** Resolves when the attempt under way, or else the next one, has ended. */
  attempt(): Promise<void> {
    return new Promise((resolve) => this.attemptWaiters.push(resolve));
  }

  /** Stops for good and hands over what was not delivered, oldest first, as CloudEvents in JSON. */
  stop(): string[] {
    this.isStopped = true;
    clearTimeout(this.timer);
    const batches = this.unsettled.splice(0);
    while (this.queue.length > 0) batches.push(this.queue.take(this.settings.batch));
    return batches.flat().map((fact) => fact.json);
  }

  private schedule(waitMs: number): void {
    clearTimeout(this.timer);
    this.isDueNow = waitMs <= 0;
    this.timer = setTimeout(() => void this.send(), waitMs);
    this.timer.unref();
  }

  private async send(): Promise<void> {
    this.timer = undefined;
    this.isDueNow = false;
    this.isSending = true;
    const batch = this.unsettled[0] ?? this.takeBatch();
    if (batch !== undefined) this.settle(batch, await this.transport.send(`[${batch.map((fact) => fact.json).join(',')}]`));
    this.isSending = false;
    if (!this.isStopped && !this.isEmpty) this.goOn();
    for (const resolve of this.attemptWaiters.splice(0)) resolve();
  }

  private goOn(): void {
    if (this.failures > 0) this.schedule(this.notBefore.backoffMs - performance.now());
    else if (this.unsettled.length > 0) this.schedule(0);
    else this.wake();
  }

  private takeBatch(): EncodedFact[] | undefined {
    const batch = this.queue.take(this.settings.batch);
    if (batch.length === 0) return undefined;
    this.unsettled.push(batch);
    return batch;
  }

  private settle(batch: EncodedFact[], answer: Answer): void {
    if (this.isStopped) return;
    this.tally.answered(answer);
    switch (answer.kind) {
      case 'accepted':
        this.unsettled.shift();
        this.failures = 0;
        this.refusals = 0;
        this.tally.sent(batch, nowMs());
        return;
      case 'busy':
      case 'unreachable':
        this.postpone(answer.kind === 'busy' ? answer.askedMs : 0);
        return;
      case 'too_large':
      case 'refused':
        this.failures = 0;
        this.refusals += 1;
        this.unsettled.splice(0, 1, ...this.halves(batch, answer.kind));
    }
  }

  private postpone(askedMs: number): void {
    this.failures += 1;
    const now = performance.now();
    this.notBefore = { backoffMs: now + backoffMs(this.settings.backoff, this.failures, Math.random(), askedMs), askedMs: now + askedMs };
  }

  /** A refused batch is sent again in halves, so that one bad fact does not take its neighbours with it. */
  private halves(batch: EncodedFact[], kind: 'too_large' | 'refused'): EncodedFact[][] {
    if (batch.length > 1 && this.refusals < VAIN_REFUSALS) {
      const middle = Math.ceil(batch.length / 2);
      return [batch.slice(0, middle), batch.slice(middle)];
    }
    this.tally.lose(kind === 'too_large' ? 'tooLarge' : 'rejected', batch.length);
    return [];
  }
}
