import { enableRowSecurity } from '@orrery/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Experiments, what became of the runs that were decided for, and the breaker of each scheduler. */
export class CreateExperiments1767312000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createExperiments);
    await runner.query(createOutcomes);
    for (const table of ['experiment', 'experiment_tally', 'shadow_tally', 'run_outcome', 'scheduler_breaker', 'replay_window']) await enableRowSecurity(runner, table);
  }

  async down(): Promise<void> {
    // Forward only: an experiment that runs is not thrown away by a step back.
  }
}

// The tenants have no row security: whoever looks after experiments does so for all of them, one by one.
const createExperiments = `
  create table experiment_tenant (name text primary key);
  create table experiment (
    tenant_id text not null, experiment_id uuid not null, name text not null, kind text not null, scheduler text not null, status text not null,
    policy text not null, control text not null, started_at timestamptz not null, ends_at timestamptz not null, ended_at timestamptz,
    started_by text not null, note text not null, reason text not null, request jsonb not null, plan jsonb, design jsonb not null, result jsonb, keeps_hold_out boolean not null,
    primary key (tenant_id, experiment_id)
  ) with (fillfactor = 80);
  create unique index experiment_one_name on experiment (tenant_id, name);
  create unique index experiment_one_at_a_time on experiment (tenant_id, scheduler) where status = 'running';
  create index experiment_by_time on experiment (tenant_id, started_at desc, experiment_id desc);
  create table experiment_tally (
    tenant_id text not null, experiment_id uuid not null, arm text not null, decisions bigint not null, faults bigint not null,
    primary key (tenant_id, experiment_id, arm)
  ) with (fillfactor = 70);
  create table shadow_tally (
    tenant_id text not null, experiment_id uuid not null, decisions bigint not null, agreed bigint not null, slots bigint not null, shared_slots bigint not null,
    missing bigint not null, latency bytea not null,
    primary key (tenant_id, experiment_id)
  ) with (fillfactor = 70)`;

// A run's row is made by whoever comes first, a decision or a fact; without a scheduler it is a run that was never decided for, and is swept away.
const createOutcomes = `
  create table run_outcome (
    tenant_id text not null, run_id text not null, scheduler text, arrived_at timestamptz, started_at timestamptz, finished_at timestamptz, is_failed boolean not null,
    decisions int not null, learned_decisions int not null, resource_ms double precision not null, pools jsonb, tasks jsonb, task_ends jsonb not null, noted_at timestamptz not null,
    primary key (tenant_id, run_id)
  ) with (fillfactor = 70);
  create index run_outcome_by_arrival on run_outcome (tenant_id, scheduler, arrived_at) where scheduler is not null;
  create index run_outcome_by_age on run_outcome (tenant_id, noted_at);
  create table scheduler_breaker (
    tenant_id text not null, scheduler text not null, state jsonb, replayed_until timestamptz, updated_at timestamptz not null,
    primary key (tenant_id, scheduler)
  ) with (fillfactor = 70);
  create table replay_window (
    tenant_id text not null, scheduler text not null, from_at timestamptz not null, until_at timestamptz not null, runs int not null, learned_runs int not null,
    actual_ms double precision not null, heuristic_ms double precision not null, serving_ms double precision, shadow_ms double precision, shadow_experiment_id uuid,
    primary key (tenant_id, scheduler, from_at)
  );
  create index replay_window_by_shadow on replay_window (tenant_id, shadow_experiment_id) where shadow_experiment_id is not null`;
