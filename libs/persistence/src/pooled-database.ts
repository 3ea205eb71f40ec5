import { OrreryError } from '@orrery/errors';
import type { ClientBase } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { isClientTimeout, translateDatabaseError } from './database-errors.js';
import type { Database, Transaction } from './database.js';
import { tenantSetting } from './row-security.js';

/** A pool of connections as the services' role. */
export class PooledDatabase implements Database {
  private readonly running = new Set<Promise<unknown>>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly source: DataSource,
    readonly schema: string,
  ) {}

  async transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    if (this.closing !== undefined) throw new OrreryError('ORRERY_DEPENDENCY', `the connections to schema ${this.schema} are closed`);
    const running = this.run(work);
    this.running.add(running);
    try {
      return await running;
    } finally {
      this.running.delete(running);
    }
  }

  private async run<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const runner = this.source.createQueryRunner();
    try {
      await runner.startTransaction();
      const result = await work(runner.manager);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      await abandon(runner, error);
      throw translateDatabaseError(error);
    } finally {
      await runner.release();
    }
  }

  async forTenant<Result>(tenantId: string, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return await this.transaction(async (transaction) => {
      await this.actAs(transaction, tenantId);
      return await work(transaction);
    });
  }

  async actAs(transaction: Transaction, tenantId: string): Promise<void> {
    if (tenantId === '') throw new OrreryError('ORRERY_VALIDATION', 'the tenant is empty');
    try {
      // Local to the transaction: the connection goes back to the pool without a tenant.
      await transaction.query(`select set_config('${tenantSetting}', $1, true)`, [tenantId]);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  async ping(): Promise<void> {
    await this.transaction((transaction) => transaction.query('select 1'));
  }

  close(): Promise<void> {
    this.closing ??= this.closeWhenIdle();
    return this.closing;
  }

  /** TypeORM's own closing would give connections with open transactions back to the pool. */
  private async closeWhenIdle(): Promise<void> {
    await Promise.allSettled(this.running);
    await this.source.destroy();
  }
}

/** Rolls back; a connection on which even that is not possible is cut, so that the pool makes another. */
async function abandon(runner: QueryRunner, error: unknown): Promise<void> {
  try {
    if (isClientTimeout(error)) await cut(runner);
    else if (runner.isTransactionActive) await runner.rollbackTransaction();
  } catch {
    await cut(runner);
  }
}

async function cut(runner: QueryRunner): Promise<void> {
  if (runner.isReleased) return;
  const client = (await runner.connect().catch(() => undefined)) as (ClientBase & { end(): Promise<void> }) | undefined;
  // With a statement still running, pg destroys the socket instead of waiting.
  await client?.end().catch(() => undefined);
}
