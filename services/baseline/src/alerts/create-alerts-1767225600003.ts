import { enableRowSecurity } from '@orrery/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Routes, what waits to be put into a message, messages, and the queue that says when which of them is due. The queue has ids and times
 * only and no row security: whoever works it off does so for all tenants, and then reads what an id stands for as that tenant.
 */
export class CreateAlerts1767225600003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table alert_route (
        tenant_id text not null, route_id text not null, route jsonb not null, updated_at timestamptz not null,
        primary key (tenant_id, route_id)
      );
      create table alert_notice (
        tenant_id text not null, notice_id uuid not null, number bigint generated always as identity,
        route_id text not null, group_key text not null, kind text not null, anomaly_id text not null, anomaly jsonb not null, due_at timestamptz not null,
        primary key (tenant_id, notice_id)
      );
      create index alert_notice_by_group on alert_notice (tenant_id, route_id, group_key, number);
      create unique index alert_notice_one_reminder on alert_notice (tenant_id, route_id, anomaly_id) where kind = 'reminder';
      create table alert_delivery (
        tenant_id text not null, delivery_id uuid not null, route_id text not null, route_name text not null, target_kind text not null,
        status text not null, alerts jsonb not null, created_at timestamptz not null, finished_at timestamptz,
        attempt_count int not null default 0, last_attempt_at timestamptz, next_attempt_at timestamptz, last_http_status int, last_error text,
        primary key (tenant_id, delivery_id)
      );
      create index alert_delivery_by_time on alert_delivery (tenant_id, created_at desc, delivery_id desc);
      create index alert_delivery_by_status on alert_delivery (tenant_id, status, created_at desc, delivery_id desc);
      create table alert_queue (
        item_id uuid primary key, owner text not null, kind text not null, subject_id uuid not null,
        due_at timestamptz not null, claim_id uuid, claimed_until timestamptz
      ) with (fillfactor = 70);
      create index alert_queue_by_due on alert_queue (due_at);
      create index alert_queue_by_subject on alert_queue (subject_id)`);
    for (const table of ['alert_route', 'alert_notice', 'alert_delivery']) await enableRowSecurity(runner, table);
  }

  async down(): Promise<void> {
    // Forward only: alerts that wait must not be lost by a step back.
  }
}
