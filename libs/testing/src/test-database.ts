import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { testServer } from './test-server.js';

export interface TestDatabase {
  readonly url: string;
  readonly database: string;
  /** Drops it at once, connections and all. */
  drop(): Promise<void>;
}

/**
 * Gives the calling spec file an empty database of its own on the one embedded PostgreSQL of the jest run. The server is not durable
 * (no fsync): a spec about crashes starts one of its own with `startEmbeddedPostgres`.
 *
 * @example
 * let database: TestDatabase;
 * beforeAll(async () => { database = await testDatabase(); });
 * afterAll(() => database.drop());
 */
export async function testDatabase(): Promise<TestDatabase> {
  const serverUrl = await testServer();
  const database = `spec_${randomUUID().replaceAll('-', '')}`;
  // Not the default strategy (all pages through the log): copying files is faster where nothing is synced.
  await onServer(serverUrl, `create database ${database} strategy file_copy`);
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return { url: url.href, database, drop: () => onServer(serverUrl, `drop database if exists ${database} with (force)`) };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
