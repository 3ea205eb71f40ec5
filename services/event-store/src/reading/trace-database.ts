import { OrreryError } from '@orrery/errors';
import { findRowsByIndex, type Database, type Transaction } from '@orrery/persistence';
import type { StoredRun } from '../storage/run-rows.js';
import { findRun } from '../storage/run.repository.js';

/** Reads as one tenant: rows of others are not there, whatever is asked for. */
export class TraceDatabase {
  constructor(private readonly database: Database) {}

  read<Result>(tenantId: string, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.database.forTenant(tenantId, async (transaction) => {
      await findRowsByIndex(transaction);
      return await work(transaction);
    });
  }

  /** Reads below one run. @throws ORRERY_NOT_FOUND when the tenant has no such run. */
  readRun<Result>(tenantId: string, runId: string, work: (transaction: Transaction, run: StoredRun) => Promise<Result>): Promise<Result> {
    return this.read(tenantId, async (transaction) => {
      const run = await findRun(transaction, runId);
      if (run === null) throw new OrreryError('ORRERY_NOT_FOUND', `there is no run ${runId}`, { details: { run_id: runId } });
      return await work(transaction, run);
    });
  }
}
