import type pg from 'pg';
import type { LogHeaders, OutgoingRecord } from '../event-log.js';
import { quotedSchema } from '../postgres/postgres-connection.js';
import { carryBytes } from '../record/carried-bytes.js';

export interface OutboxRow {
  readonly outboxId: string;
  readonly record: OutgoingRecord;
}

const maxBatchBytes = 8 * 1024 * 1024;

/** The outbox as its relay sees it, over the relay's own connection. */
export class OutboxTable {
  readonly #table: string;

  constructor(
    private readonly client: pg.Client,
    private readonly schema: string,
  ) {
    this.#table = `${quotedSchema(schema)}.outbox`;
  }

  /** Makes this connection the only one that relays; the lock ends with the connection. */
  async tryLock(): Promise<boolean> {
    const { rows } = await this.client.query<{ locked: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as locked', [`orrery outbox ${this.schema}`]);
    return rows[0]?.locked === true;
  }

  /** Up to `limit` rows and 8 MiB; at least one where there is one. */
  async oldest(limit: number): Promise<readonly OutboxRow[]> {
    const { rows } = await this.client.query<{ outbox_id: string; topic: string; key: Buffer | null; value: Buffer | null; headers: string | null }>({
      name: 'outbox_oldest',
      text: `select outbox_id::text, topic, key, value, headers from (
          select *, sum(coalesce(octet_length(value), 0)) over (order by outbox_id) - coalesce(octet_length(value), 0) as bytes_before
          from ${this.#table} where parked_at is null order by outbox_id limit $1
        ) page where bytes_before < $2 order by page.outbox_id`,
      values: [limit, maxBatchBytes],
    });
    return rows.map(({ outbox_id: outboxId, topic, key, value, headers }) => ({
      outboxId,
      record: { topic, key: key === null ? null : carryBytes(key), value, headers: headers === null ? {} : (JSON.parse(headers) as LogHeaders) },
    }));
  }

  /** By id, one for one: rows that committed in between with a lower id than the highest were not sent. */
  async remove(rows: readonly OutboxRow[]): Promise<void> {
    await this.client.query({ name: 'outbox_remove', text: `delete from ${this.#table} where outbox_id = any ($1::bigint[])`, values: [rows.map(({ outboxId }) => outboxId)] });
  }

  async park({ outboxId }: OutboxRow, reason: string): Promise<void> {
    await this.client.query(`update ${this.#table} set parked_at = clock_timestamp(), park_reason = $2 where outbox_id = $1`, [outboxId, reason.slice(0, 1_000)]);
  }
}
