import { createMonthlyPartitionedTable, enableRowSecurity } from '@orrery/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is remembered of executions, by key and by workflow, and the ledger: every prediction beside what really happened. Tables that
 * grow with every fact lie in the month in which the log took it (`bucket`), whatever times producers tell.
 */
export class CreateTracking1767225700001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createStates);
    await runner.query(createAccuracy);
    for (const table of partitioned) await createMonthlyPartitionedTable(runner, { ...table, partitionColumn: 'bucket' });
    await runner.query(createIndexes);
    const tables = ['history', 'workflow_state', 'run_progress', 'accuracy', 'arrival', ...partitioned.map(({ table }) => table)];
    for (const table of tables) await enableRowSecurity(runner, table);
  }

  async down(): Promise<void> {
    // Forward only: what was learned is not thrown away by a step back.
  }
}

// Tasks and runs of a workflow end on topics of their own: what is learned of them lies in rows of its own, each with one writer.
const createStates = `
  create table known_tenant (name text primary key);
  create table history (
    tenant_id text not null, key_id text not null, level smallint not null, subject text not null,
    engine text not null, namespace text not null, workflow text not null, task text not null,
    image text not null, command_hash text not null, executor_class text not null,
    count bigint not null, updated_at timestamptz not null, learned_at timestamptz not null, state bytea not null,
    primary key (tenant_id, key_id)
  ) with (fillfactor = 80);
  create index history_by_age on history (tenant_id, learned_at);
  create index history_by_workflow on history (tenant_id, workflow, task, key_id);
  create table workflow_state (
    tenant_id text not null, workflow_id text not null, subject text not null, engine text not null, namespace text not null, workflow text not null,
    learned_at timestamptz not null, state jsonb not null, transitions bytea not null,
    primary key (tenant_id, workflow_id, subject)
  ) with (fillfactor = 80);
  create index workflow_state_by_name on workflow_state (tenant_id, workflow);
  create table run_progress (
    tenant_id text not null, run_id uuid not null, workflow_id text not null, started_at timestamptz, finished_at timestamptz,
    recorded_at timestamptz not null, state jsonb not null,
    primary key (tenant_id, run_id)
  ) with (fillfactor = 80);
  create index run_progress_by_age on run_progress (tenant_id, recorded_at);
  create index run_progress_by_workflow on run_progress (tenant_id, workflow_id, finished_at desc) where finished_at is not null;
  create table arrival (
    tenant_id text not null, workflow_id text not null, hour timestamptz not null, workflow text not null,
    runs bigint not null, tasks bigint not null, load_ms double precision not null, cost_usd double precision not null,
    primary key (tenant_id, workflow_id, hour)
  ) with (fillfactor = 80);
  create index arrival_by_hour on arrival (tenant_id, hour);
  create index arrival_by_workflow on arrival (tenant_id, workflow, hour)`;

// Sums only: whoever adds a batch need not know what was there. Floors in the order last success, mean of ten, median, average.
const createAccuracy = `
  create table accuracy (
    tenant_id text not null, workflow_id text not null, task text not null, target text not null, model text not null, version int not null,
    week date not null, origin text not null, engine text not null, namespace text not null, workflow text not null,
    count bigint not null, excellent bigint not null, good bigint not null, fair bigint not null, poor bigint not null,
    ape_sum double precision not null, pinball_sum double precision not null, covered bigint not null, brier_sum double precision not null, right_count bigint not null,
    floor_counts double precision[] not null, floor_hits double precision[] not null, floor_ape_sums double precision[] not null, floor_pinball_sums double precision[] not null,
    primary key (tenant_id, workflow_id, task, target, model, version, week, origin)
  ) with (fillfactor = 80);
  create index accuracy_by_workflow on accuracy (tenant_id, workflow, week)`;

const partitioned = [
  { table: 'seen_fact', definition: 'tenant_id text not null, fact_id uuid not null, bucket date not null, primary key (fact_id, bucket)' },
  {
    table: 'prediction',
    definition: `
      tenant_id text not null, prediction_id uuid not null, bucket date not null, origin text not null,
      workflow_id text not null, engine text not null, namespace text not null, workflow text not null, task text not null, run_id uuid, target text not null,
      model text not null, version int not null, samples bigint not null, level smallint not null, made_at timestamptz not null,
      p10 double precision, p50 double precision, p90 double precision, probability double precision, next_task text, reasons text[],
      actual double precision, actual_next_task text, scored_at timestamptz,
      ape double precision, grade text, pinball double precision, is_covered boolean, brier double precision, is_right boolean,
      floors double precision[],
      primary key (prediction_id, bucket)`,
  },
  {
    table: 'example',
    definition: `
      tenant_id text not null, example_id uuid not null, bucket date not null, workflow_id text not null, subject text not null, task text not null, run_id uuid not null,
      started_at timestamptz not null, finished_at timestamptz not null, features real[] not null, failure_features real[] not null,
      reference_ms double precision, reference_bytes double precision, duration_ms double precision, peak_memory_bytes double precision, outcome text not null, floors double precision[],
      added_at timestamptz not null default now(),
      primary key (example_id, bucket)`,
  },
] as const;

// A run that ends looks for what was asked about it; people look at the newest first.
const createIndexes = `
  create index prediction_open on prediction (tenant_id, run_id, task) where scored_at is null and run_id is not null;
  create index prediction_by_run on prediction (tenant_id, run_id) where run_id is not null;
  create index prediction_by_score on prediction (tenant_id, scored_at desc, prediction_id desc) where scored_at is not null;
  create index prediction_by_workflow on prediction (tenant_id, workflow, scored_at desc, prediction_id desc) where scored_at is not null;
  create index example_by_time on example (tenant_id, finished_at desc);
  create index example_by_workflow on example (tenant_id, workflow_id, finished_at desc);
  create index example_by_age on example (tenant_id, added_at)`;
