import type { LogHeaders, LogRecord } from '../event-log.js';
import { carryBytes } from '../record/carried-bytes.js';
import type { LogDatabase, Statement } from './log-database.js';
import type { KnownPartition } from './topic-registry.js';

const noHeaders: LogHeaders = Object.freeze({});

export interface PageLimit {
  readonly records: number;
  readonly bytes: number;
}

/** Where a partition begins and ends. */
export interface PartitionBounds extends KnownPartition {
  readonly start: bigint;
  readonly end: bigint;
}

/** Reads records and bounds of partitions. */
export class RecordReader {
  readonly #page: Statement;
  readonly #bounds: Statement;

  constructor(private readonly database: LogDatabase) {
    const { schema } = database;
    // The sum runs over lengths only: a large value is not read from its own table before it is known to belong to the page.
    this.#page = {
      name: 'log_page',
      text: `select record_offset, key, value, headers, (extract(epoch from appended_at) * 1000)::bigint
        from (
          select *, sum(coalesce(octet_length(value), 0)) over (order by record_offset) - coalesce(octet_length(value), 0) as bytes_before
          from ${schema}.record where partition_id = $1 and record_offset >= $2 order by record_offset limit $3
        ) page where bytes_before < $4 order by record_offset`,
    };
    this.#bounds = {
      name: 'log_bounds',
      text: `select p.partition_id, p.start_offset, h.next_offset
        from ${schema}.partition p join ${schema}.head h using (partition_id) where p.partition_id = any ($1::int[])`,
    };
  }

  /** Up to `limit` records from an offset on, in order; at least one where there is one, however large. */
  async page(at: KnownPartition, fromOffset: bigint, limit: PageLimit): Promise<readonly LogRecord[]> {
    const { topic, partition, partitionId } = at;
    const values = [partitionId, fromOffset, limit.records, limit.bytes];
    const rows = await this.database.query(`reading ${topic}/${partition}`, this.#page, values);
    return rows.map(([offset = '', key = null, value = null, headers = null, timestampMs]) => ({
      topic,
      partition,
      offset: BigInt(offset ?? 0),
      key: key === null ? null : carryBytes(hexBytes(key)),
      value: value === null ? null : hexBytes(value),
      headers: headers === null ? noHeaders : (JSON.parse(headers) as LogHeaders),
      timestampMs: Number(timestampMs),
    }));
  }

  async bounds(partitions: readonly KnownPartition[]): Promise<readonly PartitionBounds[]> {
    const byId = new Map(partitions.map((partition) => [partition.partitionId, partition]));
    const rows = await this.database.query('reading the ends of partitions', this.#bounds, [`{${[...byId.keys()].join(',')}}`]);
    const bounds = rows.flatMap(([id, start, end]) => {
      const partition = byId.get(Number(id));
      return partition === undefined ? [] : [{ ...partition, start: BigInt(start ?? 0), end: BigInt(end ?? 0) }];
    });
    return bounds.sort((one, other) => one.partitionId - other.partitionId);
  }
}

/** A bytea as the server writes it: `\x` and two digits a byte. */
function hexBytes(text: string): Buffer {
  return Buffer.from(text.slice(2), 'hex');
}
