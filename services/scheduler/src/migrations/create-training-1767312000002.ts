import { enableRowSecurity } from '@orrery/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Trainings and evaluations with what came of them, and the jobs that were uploaded for them. */
export class CreateTraining1767312000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(create);
    for (const table of ['learning_job', 'workload']) await enableRowSecurity(runner, table);
  }

  async down(): Promise<void> {
    // Forward only: reports are not thrown away by a step back.
  }
}

// The queue has ids and times only and no row security: whoever works it off does so for all tenants, and then reads what an id stands for as
// that tenant.
const create = `
  create table learning_job (
    tenant_id text not null, job_id uuid not null, kind text not null, name text not null, status text not null, requested_at timestamptz not null, requested_by text not null,
    started_at timestamptz, finished_at timestamptz, heartbeat_at timestamptz, attempt int not null, request jsonb not null, progress jsonb, message text not null,
    policy text, policy_version int, result jsonb,
    primary key (tenant_id, job_id)
  ) with (fillfactor = 80);
  create index learning_job_by_time on learning_job (tenant_id, kind, requested_at desc);
  create index learning_job_open on learning_job (tenant_id) where status in ('queued', 'running');
  create table learning_queue (job_id uuid primary key, owner text not null, requested_at timestamptz not null, claim_id uuid, claimed_until timestamptz) with (fillfactor = 70);
  create index learning_queue_by_time on learning_queue (requested_at);
  create table workload (
    tenant_id text not null, workload_id uuid not null, name text not null, format text not null, created_at timestamptz not null, kinds int not null, tasks int not null,
    mean_work_seconds double precision not null, size_bytes int not null, checksum text not null, body bytea not null,
    primary key (tenant_id, workload_id)
  );
  create index workload_by_time on workload (tenant_id, created_at desc)`;
