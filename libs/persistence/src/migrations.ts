import pg from 'pg';
import { DataSource, type Logger, type MigrationInterface } from 'typeorm';
import { splitUrl, startupOptions } from './connection-settings.js';
import { protectMigrationTable, setUpSchema } from './schema-setup.js';

/** A migration's class; its name ends in a Unix time in ms, which gives the order (TypeORM's rule). */
export type MigrationClass = new () => MigrationInterface;

export interface MigrateOptions {
  readonly url: string;
  readonly schema: string;
  readonly migrations: readonly MigrationClass[];
  readonly applicationName: string;
  /** For a connection to be made. */
  readonly connectTimeoutMs: number;
}

const migrationTable = 'migration';
// Other pods wait this long for the one that migrates.
const migrationLockTimeoutMs = 600_000;
const tableLockTimeoutMs = 30_000;

/**
 * Applies the migrations that are missing, each in a transaction of its own, under the URL's role. A lock on the schema lets one
 * process at a time do so; the others find nothing left to do.
 */
export async function migrate({ url, schema, migrations, applicationName, connectTimeoutMs }: MigrateOptions): Promise<void> {
  const target = splitUrl(url);
  const session = { schema, statementTimeoutMs: 0, idleTransactionTimeoutMs: 0 };
  const connection = { application_name: `${applicationName} migrations`, keepAlive: true, connectionTimeoutMillis: connectTimeoutMs };
  const guard = new pg.Client({
    ...connection,
    connectionString: target.url,
    options: startupOptions(target.options, { ...session, lockTimeoutMs: migrationLockTimeoutMs }),
  });
  // A lost connection also fails the statement in hand; without a listener it would end the process.
  guard.on('error', () => undefined);
  try {
    await guard.connect();
    await guard.query(`select pg_advisory_lock(hashtextextended($1, 0))`, [`orrery.migrations.${schema}`]);
    await guard.query(`set lock_timeout = ${tableLockTimeoutMs}`);
    await setUpSchema(guard, schema);
    await runMigrations(
      new DataSource({
        type: 'postgres',
        driver: pg,
        url: target.url,
        schema,
        migrations: [...migrations],
        migrationsTableName: migrationTable,
        migrationsTransactionMode: 'each',
        poolSize: 1,
        installExtensions: false,
        logger: silentLogger,
        poolErrorHandler: () => undefined,
        extra: { ...connection, options: startupOptions(target.options, { ...session, lockTimeoutMs: tableLockTimeoutMs }) },
      }),
    );
    await protectMigrationTable(guard, schema, migrationTable);
  } finally {
    await guard.end().catch(() => undefined);
  }
}

async function runMigrations(source: DataSource): Promise<void> {
  try {
    await source.initialize();
    await source.runMigrations();
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

/** TypeORM's own would print statements, with the values in them, to the console; errors come to the caller anyway. */
export const silentLogger: Logger = {
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};
