import type { TopicDefinition } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import type { TopicPartition } from '../event-log.js';
import type { LogDatabase, Statement } from './log-database.js';

/** One partition of a topic and the number that stands for it in the tables. */
export interface KnownPartition extends TopicPartition {
  readonly partitionId: number;
}

/** The topics of a log under the names their users know; in the tables the prefix stands before them. */
export class TopicRegistry {
  readonly #partitions = new Map<string, readonly KnownPartition[]>();
  readonly #load: Statement;
  readonly #list: Statement;

  constructor(
    private readonly database: LogDatabase,
    private readonly prefix: string,
  ) {
    const { schema } = database;
    this.#load = {
      name: 'log_topic_partitions',
      text: `select partition, partition_id from ${schema}.partition where topic = $1 order by partition`,
    };
    this.#list = { name: 'log_topics', text: `select topic from ${schema}.topic where starts_with(topic, $1) order by topic` };
  }

  storedName(topic: string): string {
    return this.prefix + topic;
  }

  /** Creates what is missing; an existing topic keeps its partitions and takes the new retention. */
  async ensure(topics: readonly TopicDefinition[]): Promise<void> {
    if (topics.length === 0) return;
    const { schema } = this.database;
    const names = topics.map(({ name }) => this.storedName(name));
    await this.database.transaction('creating topics', async (client) => {
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [`orrery event log ${schema}`]);
      await client.query(
        `insert into ${schema}.topic (topic, partition_count, retention_ms, cleanup_policy)
         select * from unnest($1::text[], $2::int[], $3::bigint[], $4::text[])
         on conflict (topic) do update set retention_ms = excluded.retention_ms, cleanup_policy = excluded.cleanup_policy
         where (topic.retention_ms, topic.cleanup_policy) is distinct from (excluded.retention_ms, excluded.cleanup_policy)`,
        [names, topics.map((topic) => topic.partitions), topics.map((topic) => topic.retentionMs), topics.map((topic) => topic.cleanupPolicy)],
      );
      await client.query(
        `insert into ${schema}.partition (topic, partition)
         select t.topic, p from ${schema}.topic t, generate_series(0, t.partition_count - 1) p
         where t.topic = any ($1) and not exists (select 1 from ${schema}.partition old where old.topic = t.topic and old.partition = p)
         order by t.topic, p`,
        [names],
      );
      await client.query(
        `insert into ${schema}.head (partition_id) select partition_id from ${schema}.partition where topic = any ($1)
         on conflict (partition_id) do nothing`,
        [names],
      );
    });
  }

  /** The partitions of a topic, in their order. @throws ORRERY_NOT_FOUND when there is no such topic. */
  async partitionsOf(topic: string): Promise<readonly KnownPartition[]> {
    const partitions = await this.findPartitions(topic);
    if (partitions.length === 0) {
      throw new OrreryError('ORRERY_NOT_FOUND', `topic ${topic} does not exist`, { details: { topic } });
    }
    return partitions;
  }

  /** The same, empty when there is no such topic. */
  async findPartitions(topic: string): Promise<readonly KnownPartition[]> {
    const known = this.#partitions.get(topic);
    if (known !== undefined) return known;
    const rows = await this.database.query(`reading topic ${topic}`, this.#load, [this.storedName(topic)]);
    const partitions = rows.map(([partition, partitionId]) => ({ topic, partition: Number(partition), partitionId: Number(partitionId) }));
    // The number of partitions never changes; a topic that is not there may come.
    if (partitions.length > 0) this.#partitions.set(topic, partitions);
    return partitions;
  }

  /** Forgets what it knows, after the tables turned out to be others. */
  forget(): void {
    this.#partitions.clear();
  }

  async list(): Promise<readonly string[]> {
    const rows = await this.database.query('listing topics', this.#list, [this.prefix]);
    return rows.map(([topic]) => (topic ?? '').slice(this.prefix.length));
  }
}
