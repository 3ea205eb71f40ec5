import type { EntityManager } from 'typeorm';

/** Everything that a unit of work does to the database goes through it; passed explicitly, never ambient. */
export type Transaction = EntityManager;

/** One service's schema in the database, as the unprivileged role, with its migrations applied. */
export interface Database {
  readonly schema: string;
  /**
   * Commits what `work` did, or rolls it back when `work` throws. Errors of the database come as an OrreryError that says whose fault
   * it is (see `translateDatabaseError`). Where the connection is lost during the commit, the transaction may be committed: work must
   * be safe to repeat.
   *
   * @throws ORRERY_DEPENDENCY when the database is away.
   */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  /** The same, and every row seen or written is the tenant's (row-level security). */
  forTenant<Result>(tenantId: string, work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  /** Makes the rest of a transaction the tenant's; a batch over several tenants calls it once for each. */
  actAs(transaction: Transaction, tenantId: string): Promise<void>;
  /** Resolves when the database answers. @throws ORRERY_DEPENDENCY when it does not. */
  ping(): Promise<void>;
  /** Waits for open transactions and closes all connections. */
  close(): Promise<void>;
}
