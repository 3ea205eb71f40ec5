import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { nowMs } from './clock.js';
import { Delivery } from './delivery.js';
import type { ArtifactData, ExecutionData, RunIdentityData } from './execution-data.js';
import { FactQueue, type Lane } from './fact-queue.js';
import { FileHashing } from './file-hashing.js';
import { HttpTransport } from './http-transport.js';
import { Outbox } from './outbox.js';
import { flushAtProcessEnd, noteNewWork, type Flushable } from './process-end.js';
import { openRun, type Run, type RunOptions } from './run.js';
import type { Recorder } from './scope.js';
import { readSurroundings, settle, type OrreryOptions, type Settings, type Surroundings } from './settings.js';
import { Tally, type Statistics } from './tally.js';
import { Task } from './task.js';

export interface FlushOptions {
  /** @default 5000 */
  readonly deadlineMs?: number;
  /** Try again while there is time when nobody answers; otherwise give up at the first such attempt. @default true */
  readonly isPatient?: boolean;
}

export interface Closing {
  /** CloudEvents in JSON that did not reach the server, oldest first; the host may keep and post them later. */
  readonly undelivered: readonly string[];
  readonly statistics: Statistics;
}

/**
 * Records runs and sends them in the background. A call is a push to a list; whatever the server does, no call throws, waits
 * or keeps the process alive.
 *
 * @example
 * const orrery = new Orrery({ source: 'https://example.com/shop' });
 * await orrery.run('nightly report').record(async (run) => {
 *   await run.task('extract').record((task) => task.artifact('out/rows.csv'));
 * });
 */
export class Orrery {
  private readonly settings: Settings;
  private readonly surroundings: Surroundings;
  private readonly queue: FactQueue;
  private readonly tally: Tally;
  private readonly transport: HttpTransport;
  private readonly delivery: Delivery;
  private readonly outbox: Outbox;
  private readonly hashing: FileHashing;
  private readonly recorder: Recorder;
  private readonly forgetProcessEnd: () => void;
  private closing: Promise<Closing> | undefined;

  /** @throws TypeError when the server's address is not an http or https URL, or a limit is not above 0 */
  constructor(options: OrreryOptions = {}) {
    this.surroundings = readSurroundings();
    this.settings = settle(options, this.surroundings, hostname());
    const { url, apiKey, requestTimeoutMs, compressFromBytes, maxEventBytes } = this.settings;
    this.queue = new FactQueue({ maxEvents: this.settings.maxQueuedEvents, maxBytes: this.settings.maxQueuedBytes });
    this.tally = new Tally(this.settings.onProblem);
    this.transport = new HttpTransport({ url, apiKey, requestTimeoutMs, compressFromBytes, userAgent: 'orrery-sdk/0.1.0' });
    this.delivery = new Delivery(deliverySettings(this.settings), this.queue, this.transport, this.tally);
    this.outbox = new Outbox(maxEventBytes, this.queue, this.delivery, this.tally);
    this.hashing = new FileHashing({ maxFileBytes: this.settings.maxHashedFileBytes, maxPendingFiles: 1_000 });
    this.recorder = this.settings.isEnabled ? this.activeRecorder() : { record: () => undefined, recordFile: () => undefined };
    this.forgetProcessEnd = this.settings.isEnabled ? flushAtProcessEnd(this.flushable(), this.settings.flushOnSignals) : () => undefined;
  }

  /** URI of what the runs belong to. */
  get source(): string {
    return this.settings.source;
  }

  /** Begins a run of a workflow, or takes up one that exists. */
  run(workflow: string | undefined, options: RunOptions = {}): Run {
    return openRun(this.recorder, workflow, options);
  }

  /** The task that this process is a part of, when `orrery exec` started it: what is recorded there appears inside that step. */
  inherited(): Task | undefined {
    const { runId, runSource, runAttempt, taskId } = this.surroundings;
    if (runId === undefined || taskId === undefined) return undefined;
    return new Task(this.recorder, { run: { id: runId, source: runSource, attempt: runAttempt } }, undefined, { id: taskId });
  }

  /** What was sent, what waits and what was lost, and why. */
  stats(): Statistics {
    return this.tally.statistics({ events: this.queue.length, bytes: this.queue.sizeBytes, files: this.hashing.pending });
  }

  /** Sends what is there and waits for it, within limits; tells whether everything arrived. */
  async flush({ deadlineMs = 5_000, isPatient = true }: FlushOptions = {}): Promise<boolean> {
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        isOver = true;
        resolve();
      }, deadlineMs);
    });
    const sendAll = async () => {
      this.sendNow();
      await this.hashing.idle();
      this.sendNow();
      while (!isOver && !this.delivery.isEmpty) {
        await this.delivery.attempt();
        if (!isPatient && this.delivery.isUnreachable) return;
      }
    };
    await Promise.race([sendAll(), deadline]);
    clearTimeout(timer);
    return this.delivery.isEmpty && this.hashing.pending === 0;
  }

  /** Flushes, stops, and hands back what could not be delivered; what is recorded afterwards is counted as lost. */
  close(options: FlushOptions = {}): Promise<Closing> {
    this.closing ??= this.closeOnce(options);
    return this.closing;
  }

  private async closeOnce({ deadlineMs = 2_000, isPatient = true }: FlushOptions): Promise<Closing> {
    await this.flush({ deadlineMs, isPatient });
    this.hashing.stop();
    this.outbox.close();
    const undelivered = this.delivery.stop();
    this.transport.close();
    this.forgetProcessEnd();
    return { undelivered, statistics: this.stats() };
  }

  private sendNow(): void {
    this.outbox.encodePending();
    this.delivery.hurry();
  }

  private activeRecorder(): Recorder {
    const record = (data: ExecutionData, lane: Lane, characters?: number) => {
      noteNewWork();
      this.outbox.add({ id: randomUUID(), source: this.settings.source, createdAtMs: nowMs(), data }, lane, characters);
    };
    const recordFile = (filePath: string, run: RunIdentityData, artifact: ArtifactData) => {
      noteNewWork();
      this.hashing.add(filePath, artifact, (complete) => record({ run, artifacts: [complete] }, 'detail'));
    };
    return { record, recordFile };
  }

  private flushable(): Flushable {
    const hasUnsent = () => !this.delivery.isEmpty || this.hashing.pending > 0;
    return {
      get hasUnsent() {
        return hasUnsent();
      },
      flushAtEnd: async (deadlineMs) => void (await this.flush({ deadlineMs, isPatient: false })),
    };
  }
}

function deliverySettings(settings: Settings): ConstructorParameters<typeof Delivery>[0] {
  return {
    flushIntervalMs: settings.flushIntervalMs,
    batch: { maxEvents: settings.maxBatchEvents, maxBytes: settings.maxBatchBytes },
    backoff: { firstMs: settings.firstRetryMs, longestMs: settings.longestRetryMs },
  };
}
