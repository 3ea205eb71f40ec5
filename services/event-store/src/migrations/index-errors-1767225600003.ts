import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The errors of a task are asked for whenever an attempt of it ends, so they are found without reading what else it logged. Most
 * events are no errors: they cost this index nothing.
 */
export class IndexErrors1767225600003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index execution_event_by_error on execution_event (run_id, task_id, placed_at, event_id) where severity_number >= 17 and kind = 'log'`);
  }

  async down(): Promise<void> {
    // Forward only, like all of them.
  }
}
