import { createMonthlyPartitionedTable, enableRowSecurity } from '@orrery/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The ledger of decisions, the policies of tenants and which of them serve, and what is known of tasks and runs. Tables that grow with
 * every decision or fact lie in months.
 */
export class CreateDeciding1767312000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createStates);
    for (const table of partitioned) await createMonthlyPartitionedTable(runner, { ...table, partitionColumn: 'bucket' });
    await runner.query(createIndexes);
    const tables = ['policy', 'policy_choice', 'task_estimate', 'finished_run', ...partitioned.map(({ table }) => table)];
    for (const table of tables) await enableRowSecurity(runner, table);
  }

  async down(): Promise<void> {
    // Forward only: what was decided and learned is not thrown away by a step back.
  }
}

// Which policy serves is the choice with the greatest number that nobody undid; none means the one that comes with the product.
const createStates = `
  create table known_tenant (name text primary key);
  create table policy (
    tenant_id text not null, name text not null, version int not null, created_at timestamptz not null, checksum text not null, card jsonb not null, artifact bytea not null,
    primary key (tenant_id, name, version)
  );
  create table policy_choice (
    tenant_id text not null, number int not null, name text not null, version int not null, at timestamptz not null, by text not null, reason text not null, undone_at timestamptz,
    primary key (tenant_id, number)
  );
  create table task_estimate (
    tenant_id text not null, workflow_id text not null, workflow text not null, task text not null, count bigint not null, learned_at timestamptz not null, state jsonb not null,
    primary key (tenant_id, workflow_id, task)
  ) with (fillfactor = 80);
  create index task_estimate_by_workflow on task_estimate (tenant_id, workflow, task);
  create index task_estimate_by_age on task_estimate (tenant_id, learned_at);
  create table finished_run (
    tenant_id text not null, run_id uuid not null, workflow_id text not null, workflow text not null, started_at timestamptz, finished_at timestamptz, outcome text not null,
    recorded_at timestamptz not null, tasks jsonb not null,
    primary key (tenant_id, run_id)
  ) with (fillfactor = 80);
  create index finished_run_by_workflow on finished_run (tenant_id, workflow, finished_at desc) where finished_at is not null;
  create index finished_run_by_time on finished_run (tenant_id, finished_at desc) where finished_at is not null;
  create index finished_run_by_age on finished_run (tenant_id, recorded_at)`;

const partitioned = [
  { table: 'seen_fact', definition: 'tenant_id text not null, fact_id uuid not null, bucket date not null, primary key (fact_id, bucket)' },
  {
    table: 'decision',
    definition: `
      tenant_id text not null, decision_id uuid not null, bucket date not null, scheduler text not null, decided_at timestamptz not null, took_ms double precision not null,
      policy text not null, version int not null, fallback text not null, fallback_words text not null, runs int not null, free_slots int not null, run_ids text[] not null,
      assignments jsonb not null, heuristic text not null, heuristic_assignments jsonb not null, shadow text, shadow_assignments jsonb, experiment_id text, arm text,
      primary key (decision_id, bucket)`,
  },
] as const;

const createIndexes = `
  create index decision_by_time on decision (tenant_id, decided_at desc, decision_id desc);
  create index decision_by_scheduler on decision (tenant_id, scheduler, decided_at desc, decision_id desc);
  create index decision_by_run on decision using gin (run_ids)`;
