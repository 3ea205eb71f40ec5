import { setTimeout as sleep } from 'node:timers/promises';
import { isOrreryError, messageOf } from '@orrery/errors';
import { backoffMs, type RetryTiming } from '../consume/backoff.js';
import { Signal } from '../concurrency/signal.js';
import type { EventLog } from '../event-log.js';
import type { LogWarning } from '../log-warning.js';
import { availableRole, clientConfig, quotedSchema, withClient, type PostgresConnectionOptions } from '../postgres/postgres-connection.js';
import { outboxChannel } from './outbox-schema.js';
import { OutboxTable, type OutboxRow } from './outbox-table.js';

export interface OutboxRelayOptions extends Omit<PostgresConnectionOptions, 'applicationName'> {
  readonly schema: string;
  readonly log: EventLog;
  /** Rows an append. @default 500 */
  readonly batchRecords?: number;
  /** How long a record waits at most when a notification was lost. @default 1000 */
  readonly pollMs?: number;
  readonly retry?: RetryTiming;
  readonly onWarning?: LogWarning;
}

export type RelayState = 'standby' | 'active' | 'retrying' | 'stopped';

const standbyPollMs = 2_000;
const defaultRetry: RetryTiming = { baseMs: 200, maxMs: 10_000 };

/**
 * Carries records from a service's outbox to the log, oldest first, and deletes them when the log has acknowledged: at least once,
 * in the order they were written (for writers of one key that exclude each other, as those that lock their run do). Of all
 * replicas one is active, by a lock that ends with its connection; the others stand by. While the log is down, or a topic is
 * missing, the rows wait. A record that the log refuses for good is parked in the table, with the reason, and the rest goes on.
 */
export class OutboxRelay {
  readonly #wake = new Signal();
  readonly #stopping = new AbortController();
  readonly #options: Required<Pick<OutboxRelayOptions, 'batchRecords' | 'pollMs' | 'retry'>> & OutboxRelayOptions;
  #running: Promise<void> | undefined;
  #state: RelayState = 'standby';
  #reason: string | undefined;

  constructor(options: OutboxRelayOptions) {
    quotedSchema(options.schema);
    this.#options = { batchRecords: 500, pollMs: 1_000, retry: defaultRetry, ...options };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  state(): RelayState {
    return this.#state;
  }

  /** Why it is retrying. */
  reason(): string | undefined {
    return this.#reason;
  }

  /** Looks into the outbox now. */
  nudge(): void {
    this.#wake.raise();
  }

  /** Finishes the batch in hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.raise();
    await this.#running;
    this.#become('stopped');
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#connected(() => (failures = 0));
      } catch (error) {
        failures += 1;
        this.#become('retrying', messageOf(error));
        await this.#pause(backoffMs(this.#options.retry, failures, Math.random()));
      }
    }
  }

  /** One connection does it all, the lock included: a relay that lost it can delete nothing any more. */
  async #connected(onActive: () => void): Promise<void> {
    const { schema } = this.#options;
    const connection = { ...this.#options, applicationName: `${schema} outbox` };
    const role = await withClient(clientConfig(connection), (client) => availableRole(client, this.#options.role));
    await withClient(clientConfig(connection, role), async (client) => {
      client.on('notification', () => this.#wake.raise());
      client.on('end', () => this.#wake.raise());
      const table = new OutboxTable(client, schema);
      while (!this.#stopping.signal.aborted && !(await table.tryLock())) {
        this.#become('standby');
        await this.#pause(standbyPollMs);
      }
      await client.query(`listen ${client.escapeIdentifier(outboxChannel(schema))}`);
      await this.#relay(table, onActive);
    });
  }

  /** Keeps the lock while the log is down; throws when its own connection is. */
  async #relay(table: OutboxTable, onActive: () => void): Promise<void> {
    const { batchRecords, pollMs, retry } = this.#options;
    for (let failures = 0; !this.#stopping.signal.aborted; ) {
      const rows = await table.oldest(batchRecords);
      onActive();
      try {
        if (rows.length > 0) await this.#send(table, rows);
        failures = 0;
        this.#become('active');
        if (rows.length < batchRecords) await this.#wake.wait(pollMs);
      } catch (error) {
        if (!isOrreryError(error)) throw error;
        failures += 1;
        this.#become('retrying', messageOf(error));
        await this.#pause(backoffMs(retry, failures, Math.random()));
      }
    }
  }

  /** Halves a batch that the log refuses, until the records at fault are alone. */
  async #send(table: OutboxTable, rows: readonly OutboxRow[]): Promise<void> {
    try {
      await this.#options.log.append(rows.map(({ record }) => record));
    } catch (error) {
      if (!isRecordAtFault(error)) throw error;
      const [only, second] = rows;
      if (only === undefined || second !== undefined) {
        const middle = Math.ceil(rows.length / 2);
        await this.#send(table, rows.slice(0, middle));
        await this.#send(table, rows.slice(middle));
      } else await this.#park(table, only, messageOf(error));
      return;
    }
    await table.remove(rows);
  }

  async #park(table: OutboxTable, row: OutboxRow, reason: string): Promise<void> {
    await table.park(row, reason);
    const { schema, onWarning } = this.#options;
    onWarning?.('a record cannot leave the outbox and was parked', { schema, outboxId: row.outboxId, topic: row.record.topic, reason });
  }

  #become(state: RelayState, reason?: string): void {
    this.#state = state;
    this.#reason = reason;
  }

  async #pause(durationMs: number): Promise<void> {
    await sleep(durationMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

/** A missing topic is the deployment's fault and may come; only what the record itself cannot change is held against it. */
function isRecordAtFault(error: unknown): boolean {
  return isOrreryError(error) && !error.retriable && (error.code === 'ORRERY_LIMIT' || error.code === 'ORRERY_VALIDATION');
}
