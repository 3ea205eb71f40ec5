import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTraining1767312000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('select 1');
  }

  async down(): Promise<void> {
    // Forward only.
  }
}
