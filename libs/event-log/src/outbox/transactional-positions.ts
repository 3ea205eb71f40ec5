import { OrreryError } from '@orrery/errors';
import type { LogBatch, OffsetRange, PositionStore, TopicPartition } from '../event-log.js';
import { quotedSchema } from '../postgres/postgres-connection.js';
import { rowsOf, type SqlDatabase, type SqlSession } from './sql-session.js';

/**
 * A consumer's positions in its own schema, moved in the transaction that stores what it made of the batch: a batch takes effect
 * once, however often it comes and whoever else believes to own the partition.
 *
 * @example
 * const positions = new TransactionalPositions(database);
 * handle: (batch) => database.transaction(async (transaction) => {
 *   await positions.advance(transaction, groupId, batch);
 *   await store(transaction, batch);
 * })
 */
export class TransactionalPositions implements PositionStore {
  readonly #table: string;

  constructor(private readonly database: SqlDatabase) {
    this.#table = `${quotedSchema(database.schema)}.consumer_position`;
  }

  /**
   * Moves past a batch. Call it first: the row's lock then keeps a second owner of the partition waiting before it does work.
   *
   * @throws ORRERY_CONFLICT when the position is not where the batch begins; the consumer then goes on where it is.
   */
  async advance(transaction: SqlSession, groupId: string, batch: Pick<LogBatch<unknown>, 'topic' | 'partition' | 'firstOffset' | 'nextOffset'>): Promise<void> {
    const { topic, partition, firstOffset, nextOffset } = batch;
    const sql = `with moved as (${this.#upsert('p.next_offset = $5')} returning 1) select count(*)::int as moved from moved`;
    const result = await transaction.query(sql, [groupId, topic, partition, nextOffset.toString(), firstOffset.toString()]);
    if (rowsOf<{ moved: number }>(result)[0]?.moved === 1) return;
    throw new OrreryError('ORRERY_CONFLICT', `group ${groupId} is no longer at ${firstOffset} of ${topic}/${partition}`, {
      details: { groupId, topic, partition, expectedOffset: firstOffset.toString() },
    });
  }

  load(groupId: string, { topic, partition }: TopicPartition): Promise<bigint | null> {
    return this.database.transaction(async (session) => {
      const sql = `select next_offset::text from ${this.#table} where group_id = $1 and topic = $2 and partition = $3`;
      const [row] = rowsOf<{ next_offset: string }>(await session.query(sql, [groupId, topic, partition]));
      return row === undefined ? null : BigInt(row.next_offset);
    });
  }

  async skip(groupId: string, at: TopicPartition, { firstOffset, nextOffset }: OffsetRange): Promise<void> {
    const { topic, partition } = at;
    await this.database.transaction((session) => this.advance(session, groupId, { topic, partition, firstOffset, nextOffset }));
  }

  async reset(groupId: string, { topic, partition }: TopicPartition, nextOffset: bigint): Promise<void> {
    await this.database.transaction((session) => session.query(this.#upsert('true'), [groupId, topic, partition, nextOffset.toString()]));
  }

  #upsert(condition: string): string {
    return `insert into ${this.#table} as p (group_id, topic, partition, next_offset) values ($1, $2, $3, $4)
      on conflict (group_id, topic, partition) do update set next_offset = excluded.next_offset, moved_at = clock_timestamp()
      where ${condition}`;
  }
}
