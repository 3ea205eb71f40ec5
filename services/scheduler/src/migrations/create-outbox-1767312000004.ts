import { outboxStatements } from '@orrery/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The outbox of decisions, and the positions of the consumer. */
export class CreateOutbox1767312000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const [{ schema }] = (await runner.query('select current_schema() as schema')) as [{ schema: string }];
    for (const statement of outboxStatements(schema)) await runner.query(statement);
  }

  async down(): Promise<void> {
    // Forward only: records that wait must not be lost by a step back.
  }
}
