import path from 'node:path';
import { startEmbeddedPostgres } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import type { StandaloneConfig } from './standalone.config.js';

export interface RunningDatabase {
  readonly url: string;
  /** Where the files really are; absent for a database of someone else's. */
  readonly dataFolder?: string;
  /** Stops the embedded server; does nothing to a database of someone else's. */
  stop(): Promise<void>;
}

/** The database of the settings, or the embedded one, started and started again whenever it ends by itself. */
export async function startDatabase(config: Pick<StandaloneConfig, 'ORRERY_DATABASE_URL' | 'ORRERY_DATA_FOLDER'>, logger: Logger): Promise<RunningDatabase> {
  if (config.ORRERY_DATABASE_URL !== undefined) return { url: config.ORRERY_DATABASE_URL, stop: async () => undefined };
  const server = await startEmbeddedPostgres({
    dataFolder: path.resolve(config.ORRERY_DATA_FOLDER),
    restart: true,
    onExit: (exit) => logger.error(exit, 'the database ended; starting it again'),
    onLog: (line) => logger.debug({ line }, 'database'),
  });
  // Whatever ends this process without closing it first (a second Ctrl-C, a bug): the server was detached from it and has to be told.
  process.once('exit', () => tellToStop(server.pid));
  return server;
}

function tellToStop(pid: number): void {
  try {
    if (pid > 0) process.kill(pid, 'SIGINT');
  } catch {
    // It has ended already.
  }
}
