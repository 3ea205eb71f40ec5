import { createMonthlyPartitionedTable, enableRowSecurity } from '@orrery/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was learned, by key. Tables that grow with every fact lie in the month in which the log took the fact (`bucket`), whatever times
 * producers tell. Key ids are hashes that contain the tenant; the tenant is in the keys all the same, for row security to use.
 */
export class CreateBaseline1767225600001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createStates);
    for (const table of partitioned) await createMonthlyPartitionedTable(runner, { ...table, partitionColumn: 'bucket' });
    const tables = ['baseline', 'outage_guard', 'cadence', 'observation_tally', ...partitioned.map(({ table }) => table)];
    for (const table of tables) await enableRowSecurity(runner, table);
  }

  async down(): Promise<void> {
    // Forward only: what was learned is not thrown away by a step back.
  }
}

const createStates = `
  create table known_tenant (name text primary key);
  create table baseline (
    tenant_id text not null, key_id text not null, level smallint not null, subject text not null,
    engine text not null, namespace text not null, workflow text not null, task text not null,
    image text not null, command_hash text not null, executor_class text not null,
    count bigint not null, updated_at timestamptz not null, learned_at timestamptz not null, state bytea not null,
    primary key (tenant_id, key_id)
  ) with (fillfactor = 80);
  create index baseline_by_time on baseline (tenant_id, updated_at desc, key_id desc);
  create index baseline_by_workflow on baseline (tenant_id, workflow, updated_at desc, key_id desc);
  create table outage_guard (tenant_id text not null, workflow_id text not null, state bytea not null, primary key (tenant_id, workflow_id)) with (fillfactor = 80);
  create table cadence (
    tenant_id text not null, workflow_id text not null, engine text not null, namespace text not null, workflow text not null,
    last_run_id text not null, state bytea not null,
    primary key (tenant_id, workflow_id)
  ) with (fillfactor = 80);
  create table observation_tally (tenant_id text not null, hour timestamptz not null, writer text not null, count bigint not null, primary key (tenant_id, hour, writer))`;

const partitioned = [
  { table: 'seen_fact', definition: 'tenant_id text not null, fact_id uuid not null, bucket date not null, primary key (fact_id, bucket)' },
  {
    table: 'observation',
    definition: `
      tenant_id text not null, workflow_id text not null, at timestamptz not null, observation_id uuid not null, bucket date not null,
      subject text not null, task text not null, image text not null, command_hash text not null, executor_class text not null,
      run_id uuid not null, task_id uuid, outcome text not null, measures double precision[] not null,
      primary key (workflow_id, at, observation_id, bucket)`,
  },
  {
    table: 'baseline_history',
    definition: `
      tenant_id text not null, key_id text not null, at timestamptz not null, bucket date not null, count bigint not null,
      duration_p50_ms double precision, duration_p95_ms double precision, duration_mean_ms double precision,
      memory_p50_bytes double precision, memory_max_bytes double precision, success_rate double precision,
      primary key (key_id, at, bucket)`,
  },
] as const;
