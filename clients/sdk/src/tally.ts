import type { EncodedFact } from './fact-queue.js';
import type { Answer } from './http-transport.js';

/**
 * Why facts were lost. `queueFull`: memory bound reached while the server was away; `rejected`: the server refused the fact
 * itself; `tooLarge`: more than the largest event even after shortening; `afterClose`: recorded when the client was closed.
 */
export type LossReason = 'queueFull' | 'rejected' | 'tooLarge' | 'afterClose';

/** Something the host may want to know; nothing of it is ever thrown. */
export interface Problem {
  readonly kind: 'unreachable' | 'busy' | 'lost';
  readonly message: string;
}

export interface Statistics {
  readonly queuedEvents: number;
  readonly queuedBytes: number;
  /** Files whose content is still being hashed. */
  readonly pendingFiles: number;
  readonly sentEvents: number;
  readonly sentBatches: number;
  readonly failedAttempts: number;
  readonly lost: Readonly<Record<LossReason, number>>;
  /** From the call to the server's acknowledgement, over all events sent; 0 before the first. */
  readonly meanWriteMs: number;
  readonly maxWriteMs: number;
  readonly lastProblem: string | null;
}

/** Counts what was sent and lost, and tells the host about changes for the worse. */
export class Tally {
  private sentEvents = 0;
  private sentBatches = 0;
  private failedAttempts = 0;
  private totalWriteMs = 0;
  private maxWriteMs = 0;
  private lastProblem: string | null = null;
  private readonly lost: Record<LossReason, number> = { queueFull: 0, rejected: 0, tooLarge: 0, afterClose: 0 };
  lastAnswer: Answer['kind'] | undefined;

  constructor(private readonly onProblem: ((problem: Problem) => void) | undefined) {}

  answered(answer: Answer): void {
    const isNews = answer.kind !== this.lastAnswer;
    this.lastAnswer = answer.kind;
    if (answer.kind === 'accepted') return;
    this.failedAttempts += 1;
    this.lastProblem = answer.reason;
    if (isNews && (answer.kind === 'unreachable' || answer.kind === 'busy')) this.tell({ kind: answer.kind, message: answer.reason });
  }

  sent(batch: readonly EncodedFact[], atMs: number): void {
    this.sentBatches += 1;
    this.sentEvents += batch.length;
    for (const { createdAtMs } of batch) {
      const writeMs = Math.max(0, atMs - createdAtMs);
      this.totalWriteMs += writeMs;
      if (writeMs > this.maxWriteMs) this.maxWriteMs = writeMs;
    }
  }

  /** Counts losses; the host hears of the first, the second, the fourth and so on, however many there are. */
  lose(reason: LossReason, count: number): void {
    const before = this.lost[reason];
    const after = before + count;
    this.lost[reason] = after;
    if (Math.floor(Math.log2(after)) > Math.floor(Math.log2(before))) this.tell({ kind: 'lost', message: `${after} events lost so far: ${reason}` });
  }

  statistics(queue: { readonly events: number; readonly bytes: number; readonly files: number }): Statistics {
    return {
      queuedEvents: queue.events,
      queuedBytes: queue.bytes,
      pendingFiles: queue.files,
      sentEvents: this.sentEvents,
      sentBatches: this.sentBatches,
      failedAttempts: this.failedAttempts,
      lost: { ...this.lost },
      meanWriteMs: this.sentEvents === 0 ? 0 : this.totalWriteMs / this.sentEvents,
      maxWriteMs: this.maxWriteMs,
      lastProblem: this.lastProblem,
    };
  }

  private tell(problem: Problem): void {
    try {
      this.onProblem?.(problem);
    } catch {
      // The host's own listener must not break the delivery that calls it.
    }
  }
}
