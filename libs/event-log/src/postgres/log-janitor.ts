import type { LogDatabase, Statement } from './log-database.js';

const intervalMs = 60_000;
/** Small enough that a chunk never holds anyone up. */
const chunkRecords = 5_000;
/** A group that has no member for a partition, and had none for so long, no longer holds its records back. */
const groupMemory = '7 days';

/**
 * Removes what a topic no longer keeps, in chunks. Unlike Kafka it never removes a record that a group, alive or seen in the last
 * 7 days, has still to process: a consumer that waits for its database loses nothing, and the lag metric tells that the log grows.
 * Compacted topics lose records that have a newer one of the same key, and tombstones older than the retention.
 */
export class LogJanitor {
  readonly #partitions: Statement;
  readonly #expire: Statement;
  readonly #compact: Statement;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(
    private readonly database: LogDatabase,
    private readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void,
  ) {
    const { schema } = database;
    this.#partitions = {
      name: 'log_retention',
      text: `select p.partition_id, t.retention_ms, t.cleanup_policy,
          least(h.next_offset, (
            select min(coalesce(g.next_offset, 0)) from ${schema}.group_partition g
            left join ${schema}.group_member m on m.group_id = g.group_id and m.member_id = g.owner and m.expires_at > now()
            where g.partition_id = p.partition_id and (m.member_id is not null or g.touched_at > now() - interval '${groupMemory}'))) as below
        from ${schema}.partition p join ${schema}.topic t using (topic) join ${schema}.head h using (partition_id) order by p.partition_id`,
    };
    this.#expire = expireStatement(schema);
    this.#compact = compactStatement(schema);
  }

  start(): void {
    if (this.#timer !== undefined || this.#isStopped) return;
    this.#timer = setInterval(() => {
      this.#working = this.#working.then(async () => void (await this.enforce())).catch((error: unknown) => this.warn('retention did not run', { error }));
    }, intervalMs);
    this.#timer.unref();
  }

  /** Removes everything that can go now; resolves with the number of records. */
  async enforce(): Promise<number> {
    let removed = 0;
    for (const [partitionId, retentionMs, policy, below] of await this.database.query('reading retention', this.#partitions, [])) {
      const statement = policy === 'compact' ? this.#compact : this.#expire;
      for (let isFull = true; isFull && !this.#isStopped; ) {
        const { rows } = await this.database.run('removing old records', statement, [partitionId, retentionMs, below, chunkRecords]);
        const count = Number(rows[0]?.[0] ?? 0);
        removed += count;
        isFull = count === chunkRecords;
      }
    }
    return removed;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#working;
  }
}

/**
 * Removes the oldest records, up to the first that is young enough, and moves the start of the partition behind them. What goes is one range
 * of offsets: held against each other one by one, records of a chunk would cost the square of their number. Where the oldest is young
 * enough, no other is looked at.
 */
function expireStatement(schema: string): Statement {
  return {
    name: 'log_expire',
    text: `with start as (
        select p.start_offset, (
          select r.appended_at < now() - $2::bigint * interval '1 millisecond' from ${schema}.record r
          where r.partition_id = $1 and r.record_offset >= p.start_offset order by r.record_offset limit 1) as is_due
        from ${schema}.partition p where p.partition_id = $1
      ), chunk as (
        select record_offset, appended_at < now() - $2::bigint * interval '1 millisecond' as is_old from ${schema}.record
        where (select is_due from start) and partition_id = $1 and record_offset < $3 and record_offset >= (select start_offset from start)
        order by record_offset limit $4
      ), gone as (
        delete from ${schema}.record r
        where r.partition_id = $1 and r.record_offset >= (select start_offset from start)
          and r.record_offset < (select coalesce(min(record_offset) filter (where not is_old), max(record_offset) + 1) from chunk)
        returning r.record_offset
      ), moved as (
        update ${schema}.partition set start_offset = g.next_start
        from (select max(record_offset) + 1 as next_start from gone) g where partition_id = $1 and g.next_start > start_offset
      )
      select count(*) from gone`,
  };
}

function compactStatement(schema: string): Statement {
  return {
    name: 'log_compact',
    text: `with newest as (
        select key, max(record_offset) as record_offset from ${schema}.record where partition_id = $1 and key is not null group by key
      ), stale as (
        select r.record_offset from ${schema}.record r join newest n using (key)
        where r.partition_id = $1 and r.record_offset < $3
          and (r.record_offset < n.record_offset or (r.value is null and r.appended_at < now() - $2::bigint * interval '1 millisecond'))
        order by r.record_offset limit $4
      ), gone as (
        delete from ${schema}.record r where r.partition_id = $1 and r.record_offset in (select record_offset from stale) returning 1
      )
      select count(*) from gone`,
  };
}
