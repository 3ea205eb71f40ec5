import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { createMonthlyPartitionedTable } from '../src/partitions.js';
import { enableRowSecurity } from '../src/row-security.js';

/** The schema of the specs: notes that belong to tenants, and measurements by month. */
export class CreateNotes1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table note (tenant_id text not null, id bigint not null, text text, primary key (tenant_id, id))');
    await enableRowSecurity(runner, 'note');
  }

  async down(): Promise<void> {
    await Promise.resolve();
  }
}

export class CreateMeasurements1767225600001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createMonthlyPartitionedTable(runner, {
      table: 'measurement',
      partitionColumn: 'month',
      definition: 'tenant_id text not null, id text not null, month date not null, value double precision, primary key (tenant_id, id, month)',
    });
    await enableRowSecurity(runner, 'measurement');
    await runner.query('create table checkpoint (name text primary key, number bigint generated always as identity)');
  }

  async down(): Promise<void> {
    await Promise.resolve();
  }
}

@Entity('note')
export class NoteEntity {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @PrimaryColumn({ type: 'bigint' })
  id!: string;

  @Column({ type: 'text', nullable: true })
  text!: string | null;
}

export const noteSchema = { schema: 'notes', entities: [NoteEntity], migrations: [CreateNotes1767225600000, CreateMeasurements1767225600001] };
