import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/embedded-postgres.js';
import { query } from './query.js';

export interface OwnServer {
  readonly postgres: EmbeddedPostgres;
  /** The URL of a new, empty database. */
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** This library is below the one with the shared test database, so each of its spec files has a server of its own. */
export async function startOwnServer(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'orrery-persistence-'));
  const postgres = await startEmbeddedPostgres({ dataFolder, durable: false, sharedBuffersMb: 32, restart: true, settings });
  let databases = 0;
  const server: OwnServer = {
    postgres,
    newDatabase: async () => {
      const name = `spec_${++databases}`;
      await query(postgres.url, `create database ${name}`);
      return Object.assign(new URL(postgres.url), { pathname: `/${name}` }).href;
    },
    stop: async () => {
      await postgres.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
  servers.push(server);
  return server;
}

const servers: OwnServer[] = [];

/** For afterAll: none stays behind, whatever a spec did. */
export async function stopOwnServers(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
}
