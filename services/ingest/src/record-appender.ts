import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { isRetriable, OrreryError } from '@orrery/errors';
import type { EventLog, OutgoingRecord } from '@orrery/event-log';

interface PendingAppend {
  readonly records: readonly OutgoingRecord[];
  readonly sizeBytes: number;
  readonly requestContext: Context;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const maxRecordsPerAppend = 5000;
const maxBytesPerAppend = 8 * 1024 * 1024;

/**
 * Gathers what concurrent requests want to append into one append at a time (group commit): many small requests then share a
 * commit, and each is still answered only after its own records are durable.
 */
export class RecordAppender {
  private pending: PendingAppend[] = [];
  private pendingBytes = 0;
  private isFlushing = false;

  constructor(
    private readonly log: EventLog,
    private readonly maxPendingBytes: number,
  ) {}

  /** Bytes of records that are not durable yet. */
  get waitingBytes(): number {
    return this.pendingBytes;
  }

  /**
   * Resolves once the records are durable.
   *
   * @throws ORRERY_LIMIT (HTTP 503) when too much is waiting already; ORRERY_DEPENDENCY when the log is down.
   */
  append(records: readonly OutgoingRecord[]): Promise<void> {
    const sizeBytes = records.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0);
    if (this.pendingBytes > 0 && this.pendingBytes + sizeBytes > this.maxPendingBytes) {
      const details = { httpStatus: 503, retryAfterSeconds: 1 };
      return Promise.reject(new OrreryError('ORRERY_LIMIT', 'too many records wait for the log: try again shortly', { details }));
    }
    return new Promise((resolve, reject) => {
      this.pending.push({ records, sizeBytes, requestContext: context.active(), resolve, reject });
      this.pendingBytes += sizeBytes;
      if (!this.isFlushing) void this.flush();
    });
  }

  private async flush(): Promise<void> {
    this.isFlushing = true;
    while (this.pending.length > 0) {
      const group = this.takeGroup();
      await this.commit(group);
      for (const { sizeBytes } of group) this.pendingBytes -= sizeBytes;
    }
    this.isFlushing = false;
  }

  private async commit(group: readonly PendingAppend[]): Promise<void> {
    // A commit that several requests share is part of none of their traces.
    const [only, ...others] = group;
    const traceContext = only === undefined || others.length > 0 ? ROOT_CONTEXT : only.requestContext;
    try {
      await context.with(traceContext, () => this.log.append(group.flatMap(({ records }) => records)));
      for (const { resolve } of group) resolve();
    } catch (error) {
      // What the log refuses for good is one request's fault; the others must not pay for it.
      if (others.length > 0 && !isRetriable(error)) for (const append of group) await this.commit([append]);
      else for (const { reject } of group) reject(error);
    }
  }

  private takeGroup(): PendingAppend[] {
    let count = 0;
    let sizeBytes = 0;
    let taken = 0;
    for (const append of this.pending) {
      if (taken > 0 && (count + append.records.length > maxRecordsPerAppend || sizeBytes + append.sizeBytes > maxBytesPerAppend)) break;
      count += append.records.length;
      sizeBytes += append.sizeBytes;
      taken += 1;
    }
    return this.pending.splice(0, taken);
  }
}
