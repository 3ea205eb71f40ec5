import type { LogDatabase, Statement } from './log-database.js';
import type { GroupView } from './partition-quota.js';

/** One member of a group, as it signs. */
export interface Member {
  readonly groupId: string;
  readonly memberId: string;
  /** As stored, with the prefix. */
  readonly topics: readonly string[];
}

/** A partition that a member holds; commits count only while the epoch is the newest. */
export interface Lease {
  readonly partitionId: number;
  readonly epoch: bigint;
  /** Where the group is; null when it never committed. */
  readonly committed: bigint | null;
}

/**
 * Members, leases and positions of groups. A member lives while its row has not expired; what a dead member owned is free. The
 * server's clock alone decides.
 */
export class GroupStore {
  readonly #statements: ReturnType<typeof groupStatements>;

  constructor(private readonly database: LogDatabase) {
    this.#statements = groupStatements(database.schema);
  }

  async join({ groupId, memberId, topics }: Member, leaseMs: number): Promise<void> {
    await this.database.query(`joining group ${groupId}`, this.#statements.addPartitions, [groupId, topics]);
    await this.#beat({ groupId, memberId, topics }, leaseMs);
    await this.announce(groupId);
  }

  /** Prolongs the member's life and tells how the group stands. */
  async beat(member: Member, leaseMs: number): Promise<GroupView> {
    const { groupId, topics } = member;
    const what = `the heartbeat of group ${groupId}`;
    await this.#beat(member, leaseMs);
    const [members, partitions] = await Promise.all([
      this.database.query(what, this.#statements.members, [groupId, topics]),
      this.database.query(what, this.#statements.partitions, [groupId, topics]),
    ]);
    return {
      members: members.map(([memberId, topic]) => ({ memberId: memberId ?? '', topic: topic ?? '' })),
      partitions: partitions.map(([partitionId, topic, partition, owner, isOwnerAlive, epoch, end]) => ({
        partitionId: Number(partitionId),
        topic: topic ?? '',
        partition: Number(partition),
        owner: owner ?? null,
        isOwnerAlive: isOwnerAlive === 't',
        epoch: BigInt(epoch ?? 0),
        end: BigInt(end ?? 0),
      })),
    };
  }

  /** Takes what is free of the wanted partitions. */
  async claim({ groupId, memberId }: Member, partitionIds: readonly number[]): Promise<readonly Lease[]> {
    const rows = await this.database.query(`the assignment of group ${groupId}`, this.#statements.claim, [groupId, memberId, `{${partitionIds.join(',')}}`]);
    return rows.map(([partitionId, epoch, committed]) => ({
      partitionId: Number(partitionId),
      epoch: BigInt(epoch ?? 0),
      committed: committed === null || committed === undefined ? null : BigInt(committed),
    }));
  }

  /** Records how far the group is; false when the lease is lost and another member decides. */
  async commit({ groupId, memberId }: Member, { partitionId, epoch }: Lease, nextOffset: bigint): Promise<boolean> {
    const { rowCount } = await this.database.run(`the commit of group ${groupId}`, this.#statements.commit, [groupId, partitionId, memberId, epoch, nextOffset]);
    return rowCount === 1;
  }

  async release({ groupId, memberId }: Member, { partitionId, epoch }: Lease): Promise<void> {
    await this.database.query(`the assignment of group ${groupId}`, this.#statements.release, [groupId, partitionId, memberId, epoch]);
    await this.announce(groupId);
  }

  async leave({ groupId, memberId }: Member): Promise<void> {
    await this.database.query(`leaving group ${groupId}`, this.#statements.leave, [groupId, memberId]);
    await this.announce(groupId);
  }

  /** Committed offsets by partition id; partitions without a commit are missing. */
  async positions(groupId: string, partitionIds: readonly number[]): Promise<ReadonlyMap<number, bigint>> {
    const rows = await this.database.query(`the positions of group ${groupId}`, this.#statements.positions, [groupId, `{${partitionIds.join(',')}}`]);
    return new Map(rows.map(([partitionId, nextOffset]) => [Number(partitionId), BigInt(nextOffset ?? 0)]));
  }

  async announce(groupId: string): Promise<void> {
    await this.database.query('notifying the group', this.#statements.announce, [this.database.channel, `g:${groupId}`]);
  }

  async #beat({ groupId, memberId, topics }: Member, leaseMs: number): Promise<void> {
    await this.database.query(`the heartbeat of group ${groupId}`, this.#statements.beat, [groupId, memberId, topics, leaseMs]);
  }
}

function groupStatements(schema: string) {
  return { ...memberStatements(schema), ...leaseStatements(schema) };
}

function memberStatements(schema: string) {
  return {
    addPartitions: {
      name: 'log_group_partitions',
      text: `insert into ${schema}.group_partition (group_id, partition_id)
        select $1, partition_id from ${schema}.partition where topic = any ($2::text[]) order by partition_id on conflict do nothing`,
    },
    beat: {
      name: 'log_group_beat',
      text: `with dead as (
          delete from ${schema}.group_member where group_id = $1 and expires_at < now() - interval '10 minutes'
        )
        insert into ${schema}.group_member (group_id, member_id, topics, expires_at)
        values ($1, $2, $3::text[], now() + $4::int * interval '1 millisecond')
        on conflict (group_id, member_id) do update set topics = excluded.topics, expires_at = excluded.expires_at`,
    },
    members: {
      name: 'log_group_members',
      text: `select m.member_id, t.topic from ${schema}.group_member m, unnest(m.topics) as t (topic)
        where m.group_id = $1 and m.expires_at > now() and t.topic = any ($2::text[]) order by m.member_id`,
    },
    leave: {
      name: 'log_group_leave',
      text: `with freed as (update ${schema}.group_partition set owner = null where group_id = $1 and owner = $2)
        delete from ${schema}.group_member where group_id = $1 and member_id = $2`,
    },
    announce: { name: 'log_group_announce', text: 'select pg_notify($1, $2)' },
  } satisfies Record<string, Statement>;
}

function leaseStatements(schema: string) {
  const alive = `exists (select 1 from ${schema}.group_member m where m.group_id = g.group_id and m.member_id = g.owner and m.expires_at > now())`;
  return {
    partitions: {
      name: 'log_group_view',
      text: `select p.partition_id, p.topic, p.partition, g.owner, ${alive}, g.lease_epoch, h.next_offset
        from ${schema}.group_partition g join ${schema}.partition p using (partition_id) join ${schema}.head h using (partition_id)
        where g.group_id = $1 and p.topic = any ($2::text[]) order by p.topic, p.partition`,
    },
    claim: {
      name: 'log_group_claim',
      text: `with free as (
          select partition_id from ${schema}.group_partition g
          where g.group_id = $1 and g.partition_id = any ($3::int[]) and (g.owner is null or g.owner = $2 or not ${alive})
          order by g.partition_id for update skip locked
        )
        update ${schema}.group_partition g set owner = $2, lease_epoch = g.lease_epoch + 1, touched_at = now() from free f
        where g.group_id = $1 and g.partition_id = f.partition_id
        returning g.partition_id, g.lease_epoch, g.next_offset`,
    },
    commit: {
      name: 'log_group_commit',
      text: `update ${schema}.group_partition set next_offset = $5, touched_at = now()
        where group_id = $1 and partition_id = $2 and owner = $3 and lease_epoch = $4`,
    },
    release: {
      name: 'log_group_release',
      text: `update ${schema}.group_partition set owner = null where group_id = $1 and partition_id = $2 and owner = $3 and lease_epoch = $4`,
    },
    positions: {
      name: 'log_group_positions',
      text: `select partition_id, next_offset from ${schema}.group_partition
        where group_id = $1 and partition_id = any ($2::int[]) and next_offset is not null`,
    },
  } satisfies Record<string, Statement>;
}
