import { OrreryError } from '@orrery/errors';
import pg from 'pg';
import { migrateLogSchema } from './log-schema.js';
import { answering, availableRole, clientConfig, GuardedClient, goodbye, quotedSchema, withClient, type PostgresConnectionOptions } from './postgres-connection.js';

export interface LogDatabaseOptions extends PostgresConnectionOptions {
  readonly schema: string;
  readonly poolSize: number;
}

/** A named prepared statement; the name is unique within the log, as connections are shared. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

type Row = readonly (string | null)[];

/** All values as the server writes them: each statement knows its own columns, and bytea as text is decoded where it is used. */
const rawTypes = { getTypeParser: () => (text: string) => text } as pg.CustomTypesConfig;

const ignore = (): void => undefined;

/** The log's connections: migrated and opened at first use, and again after a first use that failed. */
export class LogDatabase {
  readonly schema: string;
  #opening: Promise<pg.Pool> | undefined;
  #isClosed = false;
  #role: string | null = null;

  constructor(private readonly options: LogDatabaseOptions) {
    this.schema = quotedSchema(options.schema);
  }

  /** The channel that appends and group changes are notified on. */
  get channel(): string {
    return this.options.schema;
  }

  /** @throws ORRERY_DEPENDENCY when the database does not do it. */
  async query(what: string, statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    const { rows } = await this.run(what, statement, values);
    return rows;
  }

  async run(what: string, statement: Statement, values: readonly unknown[]): Promise<{ rows: readonly Row[]; rowCount: number }> {
    return answering(what, async () => {
      const pool = await this.#open();
      const result = await pool.query<(string | null)[]>({ ...statement, values: [...values], rowMode: 'array', types: rawTypes });
      return { rows: result.rows, rowCount: result.rowCount ?? 0 };
    });
  }

  /** Runs statements that belong together, rolled back when one fails. */
  async transaction<Result>(what: string, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    return answering(what, async () => {
      const client = await (await this.#open()).connect();
      let failure: Error | undefined;
      try {
        await client.query('begin');
        const result = await work(client);
        await client.query('commit');
        return result;
      } catch (error) {
        // A connection in the middle of a transaction is thrown away with it.
        failure = error instanceof Error ? error : new OrreryError('ORRERY_DEPENDENCY', String(error));
        throw error;
      } finally {
        client.release(failure);
      }
    });
  }

  /** The settings for one more connection, outside the pool. */
  async connectionConfig(): Promise<pg.ClientConfig> {
    await this.#open();
    return clientConfig(this.options, this.#role);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const opening = this.#opening;
    this.#opening = undefined;
    const pool = await opening?.catch(() => undefined);
    if (pool !== undefined) await goodbye(pool.end());
  }

  #open(): Promise<pg.Pool> {
    if (this.#isClosed) return Promise.reject(new OrreryError('ORRERY_DEPENDENCY', 'the event log is closed'));
    if (this.#opening === undefined) {
      const opening = this.#prepare();
      opening.catch(() => {
        if (this.#opening === opening) this.#opening = undefined;
      });
      this.#opening = opening;
    }
    return this.#opening;
  }

  async #prepare(): Promise<pg.Pool> {
    const { schema, poolSize, role } = this.options;
    this.#role = await withClient(clientConfig(this.options), async (client) => {
      const available = await availableRole(client, role);
      await migrateLogSchema(client, schema, available);
      return available;
    });
    const pool = new pg.Pool({ ...clientConfig(this.options, this.#role), max: poolSize, idleTimeoutMillis: 30_000, Client: GuardedClient });
    // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
    pool.on('error', ignore);
    return pool;
  }
}
