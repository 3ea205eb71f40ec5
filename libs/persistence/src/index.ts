export { bulkInsert, type BulkColumn, type BulkInsert, type BulkResult, type ConflictUpdate, type OnConflict } from './bulk-insert.js';
export type { Database, Transaction } from './database.js';
export { translateDatabaseError } from './database-errors.js';
export {
  locateDatabase,
  startEmbeddedPostgres,
  type DatabaseLocation,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type LocatedDatabase,
} from './embedded-postgres.js';
export { identityOf, isRunning, type ProcessIdentity } from './embedded/process-table.js';
export { knownTenants, rememberTenant } from './known-tenants.js';
export type { MigrationClass } from './migrations.js';
export { bucketOf, ensureBuckets } from './month-buckets.js';
export { openDatabase, type DatabaseOptions } from './open-database.js';
export {
  createMonthlyPartitionedTable,
  dropPartitionsOlderThan,
  ensureMonthlyPartitions,
  monthOf,
  undatedMonth,
  type MonthlyPartitionedTable,
} from './partitions.js';
export { LatestUsed } from './latest-used.js';
export { findRowsByIndex } from './plan-settings.js';
export { applicationRole, enableRowSecurity } from './row-security.js';
export { addSeenFacts, byTenant, unseen, type SeenFact } from './seen-facts.js';
export { milliseconds, moment, wholeMilliseconds } from './sql-moment.js';
export { readStored } from './stored-state.js';
export { execute, query, type ColumnParsers, type Statement } from './statement.js';
export { clientOf } from './transaction-client.js';
