import { enableRowSecurity } from '@orrery/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Trained models with their cards, the trainings that made them, what people said of transitions, and what predictions may do. */
export class CreateModels1767225700003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createModels);
    await runner.query(createGuidance);
    for (const table of ['model', 'training', 'annotation', 'prediction_mode', 'metric_series']) await enableRowSecurity(runner, table);
  }

  async down(): Promise<void> {
    // Forward only: models that serve are not thrown away by a step back.
  }
}

// One champion for each kind and scope; the scope is a workflow's id, a series' id, or empty for all of the tenant. The queue has ids and
// times only and no row security: whoever works it off does so for all tenants, and then reads what an id stands for as that tenant.
const createModels = `
  create table model (
    tenant_id text not null, kind text not null, scope text not null, version int not null, status text not null,
    created_at timestamptz not null, promoted_at timestamptz, workflow text not null, checksum text not null, card jsonb not null, artifact bytea not null,
    primary key (tenant_id, kind, scope, version)
  );
  create unique index model_one_champion on model (tenant_id, kind, scope) where status = 'champion';
  create index model_by_time on model (tenant_id, created_at desc);
  create table training (
    tenant_id text not null, training_id uuid not null, kind text not null, scope text not null, workflow text not null, status text not null,
    requested_at timestamptz not null, requested_by text not null, started_at timestamptz, finished_at timestamptz, heartbeat_at timestamptz, seed bigint not null,
    promote text not null, progress jsonb, message text not null, model_version int,
    primary key (tenant_id, training_id)
  ) with (fillfactor = 80);
  create index training_by_time on training (tenant_id, requested_at desc);
  create unique index training_one_at_a_time on training (tenant_id, kind, scope) where status in ('queued', 'running');
  create table training_queue (training_id uuid primary key, owner text not null, requested_at timestamptz not null, claim_id uuid, claimed_until timestamptz) with (fillfactor = 70);
  create index training_queue_by_time on training_queue (requested_at)`;

const createGuidance = `
  create table annotation (
    tenant_id text not null, annotation_id uuid not null, workflow_id text not null, workflow text not null, branch text not null, from_task text not null, to_task text not null,
    label text not null, note text not null, by text not null, at timestamptz not null,
    primary key (tenant_id, annotation_id)
  );
  create unique index annotation_one_each on annotation (tenant_id, workflow_id, branch, from_task, to_task);
  create table prediction_mode (
    tenant_id text not null, workflow_id text not null, workflow text not null, branch text not null, mode text not null, at timestamptz not null,
    primary key (tenant_id, workflow_id, branch)
  );
  create table metric_series (
    tenant_id text not null, series_id text not null, workflow_id text not null, workflow text not null, task text not null, metric text not null, unit text not null,
    attributes text not null, updated_at timestamptz not null, learned_at timestamptz not null, state bytea not null,
    primary key (tenant_id, series_id)
  ) with (fillfactor = 80);
  create index metric_series_by_workflow on metric_series (tenant_id, workflow, updated_at desc);
  create index metric_series_by_age on metric_series (tenant_id, learned_at)`;
