import { outboxStatements } from '@orrery/event-log';
import { enableRowSecurity } from '@orrery/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The outbox of facts, the positions of the consumer, and which dead letters were sent once more. */
export class CreateOutbox1767225600002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const [{ schema }] = (await runner.query('select current_schema() as schema')) as [{ schema: string }];
    for (const statement of outboxStatements(schema)) await runner.query(statement);
    await runner.query(`
      create table replayed_dead_letter (
        dead_letter_id text primary key, tenant_id text not null, topic text not null, replayed_at timestamptz not null default now()
      )`);
    await enableRowSecurity(runner, 'replayed_dead_letter');
  }

  async down(): Promise<void> {
    // Forward only: facts that wait must not be lost by a step back.
  }
}
