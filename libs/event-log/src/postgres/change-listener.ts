import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { backoffMs } from '../consume/backoff.js';
import type { LogDatabase } from './log-database.js';
import { withClient } from './postgres-connection.js';

const reconnectTiming = { baseMs: 200, maxMs: 5_000 };
const probeIntervalMs = 30_000;

export interface ChangeObserver {
  /** Records were appended up to (not including) `end`. */
  appended(partitionId: number, end: bigint): void;
  /** Members or assignments of a group changed. */
  groupChanged(groupId: string): void;
  /** Changes may have been missed. */
  reconnected(): void;
}

/** Hears of changes at once, on a connection of its own; consumers find out later without it, so its failures only cost time. */
export class ChangeListener {
  readonly #observers = new Set<ChangeObserver>();
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;

  constructor(private readonly database: LogDatabase) {}

  observe(observer: ChangeObserver): () => void {
    this.#observers.add(observer);
    this.#running ??= this.#run();
    return () => void this.#observers.delete(observer);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#listen(() => (failures = 0));
      } catch {
        failures += 1;
      }
      if (!signal.aborted) await sleep(backoffMs(reconnectTiming, Math.max(failures, 1), Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Listens until the connection breaks or the listener is closed. */
  async #listen(onConnected: () => void): Promise<void> {
    await withClient(await this.database.connectionConfig(), async (client) => {
      client.on('notification', ({ payload }) => this.#spread(payload ?? ''));
      await client.query(`listen ${client.escapeIdentifier(this.database.channel)}`);
      onConnected();
      for (const observer of this.#observers) observer.reconnected();
      await this.#untilBroken(client);
    });
  }

  async #untilBroken(client: pg.Client): Promise<void> {
    const { signal } = this.#closing;
    let probe: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      const end = (): void => resolve();
      client.once('error', end);
      client.once('end', end);
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      // A peer that vanished without a word is noticed by asking it something now and then.
      probe = setInterval(() => void client.query('select 1').catch(end), probeIntervalMs);
    });
    clearInterval(probe);
  }

  #spread(payload: string): void {
    const content = payload.slice(2);
    if (payload.startsWith('g:')) for (const observer of this.#observers) observer.groupChanged(content);
    if (!payload.startsWith('a:')) return;
    for (const entry of content.split(',')) {
      const [partitionId, end] = entry.split('=');
      if (end === undefined) continue;
      for (const observer of this.#observers) observer.appended(Number(partitionId), BigInt(end));
    }
  }
}
