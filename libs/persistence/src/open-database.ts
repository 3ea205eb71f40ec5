import { setTimeout as sleep } from 'node:timers/promises';
import { isOrreryError, OrreryError } from '@orrery/errors';
import pg from 'pg';
import { DataSource, type EntitySchema } from 'typeorm';
import { splitUrl, startupOptions } from './connection-settings.js';
import type { Database } from './database.js';
import { translateDatabaseError } from './database-errors.js';
import { GuardedClient } from './guarded-client.js';
import { quoteIdentifier } from './identifiers.js';
import { migrate, silentLogger, type MigrationClass } from './migrations.js';
import { PooledDatabase } from './pooled-database.js';
import { applicationRole } from './row-security.js';

export interface DatabaseOptions {
  /** Any PostgreSQL from version 15 on; its user owns the schema. */
  readonly url: string;
  /** The service's own; lower case. */
  readonly schema: string;
  // TypeORM itself takes any class for an entity.
  readonly entities?: readonly (EntitySchema | (abstract new (...parameters: never[]) => object))[];
  readonly migrations?: readonly MigrationClass[];
  /** Connections at most. @default 10 */
  readonly poolSize?: number;
  /** What the database's administrator sees. @default the schema */
  readonly applicationName?: string;
  /** @default 30_000 */
  readonly statementTimeoutMs?: number;
  /** How long to wait for a lock of another transaction. @default 10_000 */
  readonly lockTimeoutMs?: number;
  /** How long a transaction may stay idle. @default 60_000 */
  readonly idleTransactionTimeoutMs?: number;
  /** How long to wait for a connection, free or new. @default 5_000 */
  readonly connectTimeoutMs?: number;
  /** How long to wait for a server that no longer answers at all; long statements it ends itself. @default statementTimeoutMs + 10_000 */
  readonly answerTimeoutMs?: number;
  /** How long to wait at the start for a database that is not there yet. @default 30_000 */
  readonly startTimeoutMs?: number;
  /** Called when an idle connection was lost; the pool replaces it. */
  readonly onConnectionLost?: (error: Error) => void;
}

/**
 * Opens a service's schema: waits for the database, applies the missing migrations under the URL's user (several pods can do so at
 * once), and connects a pool as the role `orrery_app`, which row security binds.
 *
 * @throws ORRERY_DEPENDENCY when the database is not there within `startTimeoutMs`.
 * @throws ORRERY_CONFIG when the URL, the privileges, the version or a migration is wrong.
 * @example
 * const database = await openDatabase({ url, schema: 'baseline', entities: [BaselineEntity], migrations: [CreateBaseline1767225600000] });
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  quoteIdentifier(options.schema);
  const deadline = performance.now() + (options.startTimeoutMs ?? 30_000);
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    try {
      return await open(options);
    } catch (error) {
      const fault = translateDatabaseError(error);
      const isAway = isOrreryError(fault) && fault.code === 'ORRERY_DEPENDENCY' && fault.retriable;
      if (!isAway || performance.now() + pauseMs > deadline) throw fault;
      await sleep(pauseMs);
    }
  }
}

async function open(options: DatabaseOptions): Promise<Database> {
  const { schema, applicationName = schema, connectTimeoutMs = 5_000 } = options;
  await migrate({ url: options.url, schema, migrations: options.migrations ?? [], applicationName, connectTimeoutMs });
  const source = poolOf({ ...options, applicationName, connectTimeoutMs });
  try {
    await source.initialize();
    await checkSession(source, schema);
  } catch (error) {
    if (source.isInitialized) await source.destroy();
    throw error;
  }
  return new PooledDatabase(source, schema);
}

function poolOf(options: DatabaseOptions & { readonly connectTimeoutMs: number }): DataSource {
  const { schema, statementTimeoutMs = 30_000, lockTimeoutMs = 10_000, idleTransactionTimeoutMs = 60_000, onConnectionLost } = options;
  const target = splitUrl(options.url);
  return new DataSource({
    type: 'postgres',
    driver: pg,
    url: target.url,
    schema,
    entities: [...(options.entities ?? [])],
    poolSize: options.poolSize ?? 10,
    installExtensions: false,
    logger: silentLogger,
    poolErrorHandler: (error: Error) => onConnectionLost?.(error),
    extra: {
      Client: GuardedClient,
      application_name: options.applicationName,
      options: startupOptions(target.options, { schema, role: applicationRole, statementTimeoutMs, lockTimeoutMs, idleTransactionTimeoutMs }),
      connectionTimeoutMillis: options.connectTimeoutMs,
      query_timeout: options.answerTimeoutMs ?? statementTimeoutMs + 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      idleTimeoutMillis: 60_000,
    },
  });
}

/** Connection poolers may drop start-up options, and with them the role that row security binds. */
async function checkSession(source: DataSource, schema: string): Promise<void> {
  const [session] = (await source.query('select current_user as role, current_schema() as schema')) as [{ role: string; schema: string }];
  if (session.role === applicationRole && session.schema === schema) return;
  throw new OrreryError('ORRERY_CONFIG', `the connection ignores its start-up options (a pooler between?): role is ${session.role}, expected ${applicationRole}; schema is ${session.schema}, expected ${schema}`);
}
