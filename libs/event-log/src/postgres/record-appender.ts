import { isOrreryError, OrreryError } from '@orrery/errors';
import type { OutgoingRecord } from '../event-log.js';
import { carriedBytes } from '../record/carried-bytes.js';
import { partitionOfKey } from '../record/key-partition.js';
import { recordSizeBytes } from '../record/record-size.js';
import type { LogDatabase, Statement } from './log-database.js';
import { encodeRecords, intArray, recordColumns } from './record-blob.js';
import type { TopicRegistry } from './topic-registry.js';

/** What one statement takes; a larger append is several, one after the other. */
const maxStatementRecords = 20_000;
const maxStatementBytes = 32 * 1024 * 1024;
/** A notification has room for 8,000 bytes: about 30 for each partition. */
const maxStatementPartitions = 250;

interface PlacedRecord {
  readonly partitionId: number;
  readonly record: OutgoingRecord;
}

/** Appends records, each batch in one round trip. */
export class RecordAppender {
  readonly #append: Statement;
  #nextSpread = Math.floor(Math.random() * 1_000);

  constructor(
    private readonly database: LogDatabase,
    private readonly topics: TopicRegistry,
  ) {
    this.#append = appendStatement(database.schema);
  }

  async append(records: readonly OutgoingRecord[]): Promise<void> {
    const placed: PlacedRecord[] = [];
    for (const record of records) placed.push({ partitionId: await this.#partitionIdOf(record), record });
    for (const part of statementParts(placed)) await this.#send(part);
  }

  async #partitionIdOf({ topic, key }: OutgoingRecord): Promise<number> {
    const partitions = await this.topics.partitionsOf(topic);
    const index = key === null ? (this.#nextSpread += 1) % partitions.length : partitionOfKey(carriedBytes(key), partitions.length);
    return partitions[index]?.partitionId ?? 0;
  }

  async #send(placed: readonly PlacedRecord[]): Promise<void> {
    const ordinals: number[] = [];
    const counts = new Map<number, number>();
    for (const { partitionId } of placed) {
      const ordinal = counts.get(partitionId) ?? 0;
      ordinals.push(ordinal);
      counts.set(partitionId, ordinal + 1);
    }
    const { bytes, starts, keyLengths, valueLengths, headerLengths } = encodeRecords(placed.map(({ record }) => record));
    const partitionIds = intArray(placed.map(({ partitionId }) => partitionId));
    const heads = [intArray([...counts.keys()]), intArray([...counts.values()])];
    try {
      await this.database.query('appending to the log', this.#append, [
        ...[this.database.channel, ...heads, bytes, partitionIds, intArray(ordinals)],
        ...[starts, keyLengths, valueLengths, headerLengths],
      ]);
    } catch (error) {
      throw this.#lostTopic(error);
    }
  }

  /** A record whose partition has no head row gets no offset and violates not-null: the schema was made anew under us. */
  #lostTopic(error: unknown): unknown {
    const cause = isOrreryError(error) ? (error.cause as { code?: string } | undefined) : undefined;
    if (cause?.code !== '23502') return error;
    this.topics.forget();
    return new OrreryError('ORRERY_NOT_FOUND', 'a topic does not exist any more', { cause: error });
  }
}

/**
 * Heads are locked in the order of their ids, so that two batches over the same partitions cannot wait for each other. What a
 * batch gets is decided under the lock: offsets have no gaps and become visible in their order. `appended_at` is the clock after
 * the lock, hence as good as monotone in a partition. Appends notify once, with `partition id:next offset` of each partition.
 */
function appendStatement(schema: string): Statement {
  return {
    name: 'log_append',
    text: `with batch as (
        select * from unnest($2::int[], $3::int[]) as b (partition_id, record_count)
      ), locked as materialized (
        select h.partition_id from ${schema}.head h where h.partition_id = any ($2::int[]) order by h.partition_id for update
      ), moved as (
        update ${schema}.head h set next_offset = h.next_offset + b.record_count
        from locked l join batch b using (partition_id) where h.partition_id = l.partition_id
        returning h.partition_id, h.next_offset - b.record_count as first_offset, h.next_offset
      ), appended as (
        insert into ${schema}.record (partition_id, record_offset, appended_at, key, value, headers)
        select r.partition_id, m.first_offset + r.ordinal, clock_timestamp(), ${recordColumns('$4')}
        from unnest($5::int[], $6::int[], $7::int[], $8::int[], $9::int[], $10::int[])
          as r (partition_id, ordinal, start_at, key_length, value_length, header_length)
        left join moved m using (partition_id)
      )
      select pg_notify($1, 'a:' || string_agg(partition_id || '=' || next_offset, ',')) from moved`,
  };
}

function* statementParts(placed: readonly PlacedRecord[]): Generator<readonly PlacedRecord[]> {
  let part: PlacedRecord[] = [];
  let sizeBytes = 0;
  const partitions = new Set<number>();
  for (const entry of placed) {
    const recordBytes = recordSizeBytes(entry.record);
    const isNewPartition = !partitions.has(entry.partitionId);
    const isFull =
      part.length >= maxStatementRecords || sizeBytes + recordBytes > maxStatementBytes || (isNewPartition && partitions.size >= maxStatementPartitions);
    if (isFull && part.length > 0) {
      yield part;
      part = [];
      sizeBytes = 0;
      partitions.clear();
    }
    part.push(entry);
    sizeBytes += recordBytes;
    partitions.add(entry.partitionId);
  }
  if (part.length > 0) yield part;
}
