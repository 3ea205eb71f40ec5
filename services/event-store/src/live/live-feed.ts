import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@orrery/errors';
import type { Logger } from '@orrery/telemetry';
import type { TraceDatabase } from '../reading/trace-database.js';
import { changesAfter, endOfFeed, type FeedPosition } from '../storage/change-feed.js';
import { isAfter } from './feed-cursor.js';
import type { LiveSession } from './live-session.js';

const pollMs = 200;
const retryMs = 2000;
const changesAtOnce = 500;

/** Reads one tenant's changes as long as somebody listens, once for all of its clients. */
export class LiveFeed {
  private readonly sessions = new Set<LiveSession>();
  private position: FeedPosition | undefined;
  private isRunning = false;

  constructor(
    private readonly tenantId: string,
    private readonly traces: TraceDatabase,
    private readonly logger: Logger,
  ) {}

  /** Where a client starts that has no cursor: now. */
  async now(): Promise<FeedPosition> {
    if (this.position !== undefined) return this.position;
    const end = await this.traces.read(this.tenantId, endOfFeed);
    // Another client may have been quicker: who listens from its position on must not lose what came in between.
    return (this.position ??= end);
  }

  /** Serves a client until it leaves: first what it missed, then with all others. */
  async serve(session: LiveSession): Promise<void> {
    this.sessions.add(session);
    await this.catchUp(session);
    if (this.isRunning) return;
    this.isRunning = true;
    void this.run();
  }

  leave(session: LiveSession): void {
    this.sessions.delete(session);
  }

  /** All clients, for heartbeats and the end. */
  clients(): Iterable<LiveSession> {
    return this.sessions;
  }

  private async catchUp(session: LiveSession): Promise<void> {
    for (let isBehind = true; isBehind && session.isOpen; ) {
      const feedPosition = await this.now();
      const changes = await this.traces.read(this.tenantId, (transaction) => changesAfter(transaction, session.position, changesAtOnce));
      for (const change of changes) session.offer(change);
      // What the others were told meanwhile may be missing in what was just read.
      isBehind = changes.length === changesAtOnce || this.position !== feedPosition;
    }
    session.isLive = true;
  }

  private async run(): Promise<void> {
    while (this.sessions.size > 0) {
      try {
        const isMore = await this.poll();
        if (!isMore) await sleep(pollMs, undefined, { ref: false });
      } catch (error) {
        this.logger.warn({ error: messageOf(error) }, 'live changes cannot be read');
        await sleep(retryMs, undefined, { ref: false });
      }
    }
    this.position = undefined;
    this.isRunning = false;
  }

  private async poll(): Promise<boolean> {
    const from = await this.now();
    const changes = await this.traces.read(this.tenantId, (transaction) => changesAfter(transaction, from, changesAtOnce));
    for (const change of changes) {
      if (isAfter(change.position, from)) this.position = change.position;
      for (const session of this.sessions) if (session.isLive) session.offer(change);
    }
    return changes.length === changesAtOnce;
  }
}
