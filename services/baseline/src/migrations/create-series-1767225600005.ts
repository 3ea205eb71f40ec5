import { enableRowSecurity } from '@orrery/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is known of series of values: samples of metrics, and starts of runs. */
export class CreateSeries1767225600005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createSeries);
    await enableRowSecurity(runner, 'series');
  }

  async down(): Promise<void> {
    // Forward only: what was learned is not thrown away by a step back.
  }
}

const createSeries = `
  create table series (
    tenant_id text not null, series_id text not null, kind text not null, workflow text not null, task text not null, metric text not null,
    unit text not null, updated_at timestamptz not null, state bytea not null,
    primary key (tenant_id, series_id)
  ) with (fillfactor = 80);
  create index series_by_kind on series (tenant_id, kind);
  create index series_by_age on series (tenant_id, updated_at)`;
