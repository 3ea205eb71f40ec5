import type pg from 'pg';
import { quotedSchema } from './postgres-connection.js';

/** Forward only: a statement list is never edited after it was released; the next version goes behind it. */
const versions: readonly (readonly string[])[] = [
  [
    `create table topic (
       topic text primary key,
       partition_count int not null check (partition_count > 0),
       retention_ms bigint not null check (retention_ms > 0),
       cleanup_policy text not null check (cleanup_policy in ('delete', 'compact')))`,
    `create table partition (
       partition_id int generated always as identity primary key,
       topic text not null references topic,
       partition int not null,
       start_offset bigint not null default 0,
       unique (topic, partition))`,
    // One small hot row a partition: its lock gives offsets without gaps that become visible in order. Room for updates in place.
    `create table head (
       partition_id int primary key references partition,
       next_offset bigint not null default 0) with (fillfactor = 20)`,
    // No foreign key: it would cost a lookup for each record, and partitions are never deleted.
    `create table record (
       partition_id int not null,
       record_offset bigint not null,
       appended_at timestamptz not null,
       key bytea,
       value bytea,
       headers text,
       primary key (partition_id, record_offset))`,
    // Compressing large values costs more CPU than it saves disk in the days that they live.
    `alter table record alter column value set storage external`,
    `create table group_member (
       group_id text not null,
       member_id uuid not null,
       topics text[] not null,
       expires_at timestamptz not null,
       primary key (group_id, member_id)) with (fillfactor = 50)`,
    `create table group_partition (
       group_id text not null,
       partition_id int not null references partition,
       next_offset bigint,
       owner uuid,
       lease_epoch bigint not null default 0,
       touched_at timestamptz not null default now(),
       primary key (group_id, partition_id)) with (fillfactor = 20)`,
  ],
];

/**
 * Makes the log's own schema, or brings it up to date; once at a time, whoever starts together. Everything is granted to `role`
 * where there is one.
 */
export async function migrateLogSchema(client: pg.Client, schema: string, role: string | null): Promise<void> {
  const quoted = quotedSchema(schema);
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`orrery event log ${schema}`]);
  const version = await currentVersion(client, quoted);
  if (version === 0) {
    await client.query(`create schema if not exists ${quoted}`);
    await client.query(`create table if not exists ${quoted}.schema_version (version int not null)`);
    await client.query(`insert into ${quoted}.schema_version values (0)`);
  }
  if (version < versions.length) {
    await client.query(`set local search_path to ${quoted}`);
    for (const statement of versions.slice(version).flat()) await client.query(statement);
    await client.query('update schema_version set version = $1', [versions.length]);
  }
  if (role !== null) await grantTo(client, quoted, { role, isNew: version < versions.length });
  await client.query('commit');
}

/** 0 when there is none. Asked of the catalogue: `create schema if not exists` needs a privilege even when there is nothing to do. */
async function currentVersion(client: pg.Client, quoted: string): Promise<number> {
  const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [`${quoted}.schema_version`]);
  if (rows[0]?.found !== true) return 0;
  const result = await client.query<{ version: number }>(`select version from ${quoted}.schema_version`);
  return result.rows[0]?.version ?? 0;
}

/** Also later than the tables: the role can come into being after the log. */
async function grantTo(client: pg.Client, quoted: string, { role, isNew }: { role: string; isNew: boolean }): Promise<void> {
  const { rows } = await client.query<{ may: boolean }>('select has_schema_privilege($1, $2, $3) as may', [role, quoted.replaceAll('"', ''), 'usage']);
  if (rows[0]?.may === true && !isNew) return;
  const quotedRole = client.escapeIdentifier(role);
  await client.query(`grant usage on schema ${quoted} to ${quotedRole}`);
  await client.query(`grant select, insert, update, delete on all tables in schema ${quoted} to ${quotedRole}`);
}
