import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateExperiments1767312000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('select 1');
  }

  async down(): Promise<void> {
    // Forward only.
  }
}
