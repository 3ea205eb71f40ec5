import type { OutgoingRecord } from '../event-log.js';
import { encodeRecords, recordColumns } from '../postgres/record-blob.js';
import { quotedSchema } from '../postgres/postgres-connection.js';
import { assertRecordSize } from '../record/record-size.js';
import { withTraceContext } from '../telemetry/log-tracing.js';
import { outboxChannel } from './outbox-schema.js';
import type { SqlSession } from './sql-session.js';

/** Puts records into the outbox within a transaction: they go to the log when, and only when, it commits. */
export class OutboxWriter {
  readonly #insert: string;
  readonly #channel: string;

  constructor(schema: string) {
    this.#channel = outboxChannel(schema);
    this.#insert = `with written as (
        insert into ${quotedSchema(schema)}.outbox (topic, key, value, headers)
        select r.topic, ${recordColumns('$2')}
        from unnest($3::text[], $4::int[], $5::int[], $6::int[], $7::int[])
          with ordinality as r (topic, start_at, key_length, value_length, header_length, ordinal)
        order by r.ordinal
      )
      select pg_notify($1, '')`;
  }

  /**
   * Writes records in their order, with the trace context that is active now.
   *
   * @throws ORRERY_LIMIT when a record is larger than the log takes: it could never leave the outbox.
   * @example await database.transaction((transaction) => outbox.write(transaction, facts));
   */
  async write(transaction: SqlSession, records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    records.forEach(assertRecordSize);
    const { bytes, starts, keyLengths, valueLengths, headerLengths } = encodeRecords(withTraceContext(records));
    const topics = records.map(({ topic }) => topic);
    await transaction.query(this.#insert, [this.#channel, bytes, topics, starts, keyLengths, valueLengths, headerLengths]);
  }
}
