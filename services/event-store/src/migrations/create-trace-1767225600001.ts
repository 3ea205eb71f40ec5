import { createMonthlyPartitionedTable, enableRowSecurity } from '@orrery/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Ids are hashes that contain the tenant, so keys need no tenant of their own. `bucket` is the month in which a run was first heard
 * of: all rows of a run lie in one partition of each table, whatever times producers tell.
 */
export class CreateTrace1767225600001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createRun);
    await runner.query(createTask);
    await runner.query(createArtifact);
    for (const table of partitioned) await createMonthlyPartitionedTable(runner, { ...table, partitionColumn: 'bucket' });
    await runner.query(createEventIndexes);
    await runner.query(createChangeFeed);
    for (const table of ['run', 'task', 'artifact', 'change_feed', ...partitioned.map(({ table: name }) => name)]) await enableRowSecurity(runner, table);
  }

  async down(): Promise<void> {
    // Forward only: what was recorded is not thrown away by a step back.
  }
}

const progressColumns = `
  status smallint, status_at timestamptz, outcome smallint, outcome_at timestamptz, failure jsonb, last_failure jsonb,
  queued_at timestamptz, started_at timestamptz, finished_at timestamptz`;

// Free space in the pages lets an update of a row that changes no indexed column stay in its page (HOT).
const createRun = `
  create table run (
    run_id uuid primary key, tenant_id text not null, bucket date not null,
    engine text, source text, external_id text, attempt int, namespace text, workflow text, trigger text, url text,
    parent_run_id uuid, root_run_id uuid, previous_run_id uuid, trace_id text, version_control jsonb, labels jsonb, flags jsonb,
    ${progressColumns},
    shown_status smallint not null, placed_at timestamptz not null, received_at timestamptz, updated_at timestamptz,
    task_count int not null, queued_task_count int not null, running_task_count int not null, finished_task_count int not null, failed_task_count int not null,
    event_count bigint not null, artifact_count bigint not null, input_size_bytes bigint not null, output_size_bytes bigint not null,
    sources jsonb not null
  ) with (fillfactor = 80);
  create index run_by_time on run (tenant_id, placed_at desc, run_id desc);
  create index run_by_workflow on run (tenant_id, workflow, placed_at desc, run_id desc);
  create index run_by_parent on run (parent_run_id) where parent_run_id is not null;
  create index run_by_bucket on run (bucket);
  create table known_tenant (name text primary key)`;

const createTask = `
  create table task (
    run_id uuid not null, task_id uuid not null, tenant_id text not null,
    external_id text, parent_task_id uuid, depends_on jsonb, name text, kind text, span_id text, url text, command_hash text, labels jsonb,
    attempt int, ${progressColumns}, executor jsonb, earlier_attempts jsonb, measures jsonb,
    event_count bigint not null, artifact_count bigint not null, input_size_bytes bigint not null, output_size_bytes bigint not null,
    primary key (run_id, task_id)
  ) with (fillfactor = 80)`;

// A uri or digest may be longer than an index entry can be, so their hashes are indexed.
const createArtifact = `
  create table artifact (
    run_id uuid not null, artifact_id uuid not null, tenant_id text not null,
    task_id uuid, event_id uuid, direction smallint not null, namespace text, name text, uri text, digest text, media_type text, size_bytes bigint,
    occurred_at timestamptz, said_at timestamptz not null, placed_at timestamptz not null, actor text, attributes jsonb,
    uri_key bigint generated always as (hashtextextended(uri, 0)) stored,
    digest_key bigint generated always as (hashtextextended(digest, 0)) stored,
    primary key (run_id, artifact_id)
  );
  create index artifact_by_uri on artifact (uri_key, placed_at desc) where uri_key is not null;
  create index artifact_by_digest on artifact (digest_key, placed_at desc) where digest_key is not null`;

const partitioned = [
  {
    table: 'record',
    definition: `
      run_id uuid not null, record_id uuid not null, bucket date not null, tenant_id text not null,
      occurred_at timestamptz, received_at timestamptz, encoded bytea not null,
      primary key (run_id, record_id, bucket)`,
  },
  {
    table: 'execution_event',
    definition: `
      run_id uuid not null, event_id uuid not null, bucket date not null, tenant_id text not null,
      external_id text, task_id uuid, parent_event_id uuid, kind text, name text, actor text, target text, ${progressColumns},
      model text, input_tokens bigint, output_tokens bigint, cost_usd double precision, attributes jsonb, input text, output text, severity_number int,
      placed_at timestamptz not null, is_told boolean not null,
      primary key (run_id, event_id, bucket)`,
  },
  {
    table: 'message',
    definition: `
      run_id uuid not null, message_id uuid not null, bucket date not null, tenant_id text not null,
      task_id uuid, event_id uuid, sender text, receiver text, role text, content text, digest text,
      occurred_at timestamptz, said_at timestamptz not null, placed_at timestamptz not null,
      primary key (run_id, message_id, bucket)`,
  },
  {
    table: 'sample',
    definition: `
      run_id uuid not null, sample_id uuid not null, bucket date not null, tenant_id text not null,
      task_id uuid, event_id uuid, name text, unit text, kind smallint not null, value double precision not null,
      placed_at timestamptz not null, attributes jsonb,
      primary key (run_id, sample_id, bucket)`,
  },
] as const;

// The children of an event, or the events of a run that have no parent; and the events of a task.
const createEventIndexes = `
  create index execution_event_by_parent on execution_event (run_id, parent_event_id, placed_at, event_id);
  create index execution_event_by_task on execution_event (run_id, task_id, placed_at, event_id)`;

// A reader that remembers (xid, number) and reads only below the oldest open transaction misses no row that commits late.
const createChangeFeed = `
  create table change_feed (
    tenant_id text not null, xid xid8 not null default pg_current_xact_id(), number bigint generated always as identity,
    run_id uuid not null, change jsonb not null, created_at timestamptz not null default now(),
    primary key (tenant_id, xid, number)
  )`;
