import { setTimeout as sleep } from 'node:timers/promises';
import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import pg from 'pg';

export interface PostgresConnectionOptions {
  readonly url: string;
  /** Becomes the session's role when the server has it and the login may. @default 'orrery_app' */
  readonly role?: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
}

const connectLimitMs = 5_000;
const goodbyeLimitMs = 2_000;
/** Longer than any statement of ours takes; a connection that went silent is given up after it. */
const answerLimitMs = 30_000;

/** The settings of a connection as the login that the URL names, or as a role that it may take. */
export function clientConfig({ url, applicationName }: PostgresConnectionOptions, role: string | null = null): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: answerLimitMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(role === null ? {} : { options: `-c role=${role}` }),
  };
}

/**
 * A connection of a pool that can break at any moment without ending the process: a server that shuts down can say so in the very
 * packet that ends the handshake, when the pool listens no longer and the taker not yet.
 */
export class GuardedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** Opens a connection of its own that is closed when the work is done. */
export async function withClient<Result>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new GuardedClient(config);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await goodbye(client.end());
  }
}

/** Waits for a connection to close, but not for a peer that vanished without a word. */
export async function goodbye(closing: Promise<unknown>): Promise<void> {
  await Promise.race([closing.catch(() => undefined), sleep(goodbyeLimitMs, undefined, { ref: false })]);
}

/** The role to take: null when the server does not have it, or the login may not take it. */
export async function availableRole(client: pg.Client, role = 'orrery_app'): Promise<string | null> {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) return null;
  try {
    // Being a member is not enough since PostgreSQL 16; only trying tells on every version.
    await client.query(`set role ${client.escapeIdentifier(role)}`);
    await client.query('reset role');
    return role;
  } catch (error) {
    if ((error as { code?: string }).code === insufficientPrivilege) return null;
    throw error;
  }
}

const insufficientPrivilege = '42501';

/** Turns what the driver throws into ORRERY_DEPENDENCY: for a log, whatever its database says is a log that does not work. */
export async function answering<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isOrreryError(error)) throw error;
    throw new OrreryError('ORRERY_DEPENDENCY', `${what} failed: ${messageOf(error) || 'the server does not answer'}`, { cause: error });
  }
}

/** Quotes the name of a schema. @throws ORRERY_CONFIG when it is not a plain lower-case name. */
export function quotedSchema(schema: string): string {
  if (!/^[a-z_][a-z0-9_]{0,47}$/.test(schema)) {
    throw new OrreryError('ORRERY_CONFIG', `"${schema}" cannot be a schema: expected a lower-case name of at most 48 characters`);
  }
  return `"${schema}"`;
}
