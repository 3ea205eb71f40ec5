import { enableRowSecurity } from '@orrery/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Anomalies, what people said of their causes, and what the clock has to look at. A cause has one episode at a time that is not resolved.
 * The watch list has ids and times only and no row security: whoever works it off does so for all tenants, and then reads what an id
 * stands for as that tenant.
 */
export class CreateAnomaly1767225600004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createAnomaly);
    await runner.query(createWatch);
    for (const table of ['anomaly', 'anomaly_run', 'cause_setting', 'running_run']) await enableRowSecurity(runner, table);
  }

  async down(): Promise<void> {
    // Forward only: what people decided is not thrown away by a step back.
  }
}

// Every run that showed an anomaly finds it; the anomaly itself keeps the first and the last of them. Not an array with an index of its
// own: row security lets such an index be used by nobody.
const createAnomaly = `
  create table anomaly (
    tenant_id text not null, anomaly_id text not null, subject_key_id text not null, cause text not null, type text not null, severity text not null,
    status text not null, resolution text, workflow text not null, task text not null,
    detected_at timestamptz not null, last_detected_at timestamptz not null, heard_at timestamptz not null, anomaly jsonb not null,
    primary key (tenant_id, anomaly_id)
  ) with (fillfactor = 80);
  create unique index anomaly_one_episode on anomaly (tenant_id, subject_key_id, cause) where status <> 'resolved';
  create index anomaly_by_time on anomaly (tenant_id, last_detected_at desc, anomaly_id desc);
  create index anomaly_by_status on anomaly (tenant_id, status, last_detected_at desc, anomaly_id desc);
  create index anomaly_by_key on anomaly (tenant_id, subject_key_id, last_detected_at desc, anomaly_id desc);
  create index anomaly_by_workflow on anomaly (tenant_id, workflow, last_detected_at desc, anomaly_id desc);
  create index anomaly_by_detection on anomaly (tenant_id, detected_at);
  create index anomaly_unheard on anomaly (tenant_id, heard_at);
  create table anomaly_run (tenant_id text not null, run_id text not null, anomaly_id text not null, primary key (tenant_id, run_id, anomaly_id));
  create index anomaly_run_by_anomaly on anomaly_run (tenant_id, anomaly_id);
  create table cause_setting (
    tenant_id text not null, key_id text not null, cause text not null, threshold double precision not null, muted_until timestamptz,
    primary key (tenant_id, key_id, cause)
  )`;

// A run that ended before its start was told leaves a row that says so, which the start takes away.
const createWatch = `
  create table running_run (
    tenant_id text not null, run_id uuid not null, subject_key_id text, observation jsonb, recorded_at timestamptz not null,
    is_closed boolean not null default false, is_reported boolean not null default false,
    primary key (tenant_id, run_id)
  ) with (fillfactor = 80);
  create index running_run_reported on running_run (tenant_id, subject_key_id) where is_reported;
  create index running_run_by_age on running_run (tenant_id, recorded_at);
  create table watch (
    owner text not null, kind text not null, subject_id text not null, partition int not null, due_at timestamptz not null,
    primary key (owner, kind, subject_id)
  ) with (fillfactor = 70);
  create index watch_by_due on watch (due_at)`;
