import { OrreryError } from '@orrery/errors';
import { ensureCluster } from './embedded/cluster.js';
import { openDataFolder } from './embedded/data-folder.js';
import { withFileErrors } from './embedded/file-errors.js';
import { locateNativePackage, makeRunnable } from './embedded/native-folder.js';
import { acquireOwnership } from './embedded/owner-lock.js';
import { stopLeftovers } from './embedded/postmaster.js';
import { serverSettings } from './embedded/server-settings.js';
import { SupervisedServer, type ServerExit } from './embedded/supervised-server.js';

export interface EmbeddedPostgresOptions {
  /** Made when missing; holds the cluster, its password and the owner lock. One running process at a time has it. */
  readonly dataFolder: string;
  /** @default a free one, another at every start */
  readonly port?: number;
  /** @default 128 */
  readonly sharedBuffersMb?: number;
  /** @default 200 */
  readonly maxConnections?: number;
  /** False trades safety against a crash of the machine or the server for speed; for specs only. @default true */
  readonly durable?: boolean;
  /** Further server settings by name, over ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Starts the server again on its port when it ends without being asked to, for as long as it takes. @default false */
  readonly restart?: boolean;
  /** Lets our process end while the server runs on; for whoever sees to its end by other means. @default false */
  readonly background?: boolean;
  /** Called when the server ended without being asked to, before any restart. */
  readonly onExit?: (exit: ServerExit) => void;
  /** Lines for a log: the server's own and what the launcher did about leftovers and places. */
  readonly onLog?: (line: string) => void;
  /** Until connections are accepted, recovery after a crash included. @default 300_000 */
  readonly startTimeoutMs?: number;
}

export interface EmbeddedPostgres {
  /** With user and password; the database is empty at first. */
  readonly url: string;
  readonly port: number;
  /** Of the server; another one after a restart. */
  readonly pid: number;
  /** Where the files really are: elsewhere than asked for when the server's account cannot reach that place. */
  readonly dataFolder: string;
  /** Shuts the server down and gives the folder free; committed data stays. Open connections are cut. */
  stop(): Promise<void>;
  /** Ends all of the server's processes at once, as a crash would; with `restart` it comes back. */
  kill(): Promise<void>;
}

/**
 * Starts a PostgreSQL of our own on the data folder and resolves when it accepts connections on the loopback interface.
 * Run as root, the server gets the account 65534 (nobody). A server that a killed parent left on the folder is stopped first, which
 * loses nothing committed; a folder that a running process has is refused.
 *
 * @throws ORRERY_CONFLICT when a running process has the folder (its pid is in the message) or the port is taken.
 * @throws ORRERY_CONFIG when there are no binaries for this platform, no permission, or the files are of another major version.
 * @throws ORRERY_DEPENDENCY when the disk is full or the server ends while starting; the message has its last words.
 * @example
 * const postgres = await startEmbeddedPostgres({ dataFolder: '.orrery/database' });
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataFolder, durable = true, onLog = () => undefined } = options;
  return await withFileErrors(`embedded database in ${dataFolder}`, async () => {
    const place = await openDataFolder(dataFolder, onLog);
    const nativeFolder = await makeRunnable(await locateNativePackage(), place.account);
    const ownership = await acquireOwnership(place.folder);
    try {
      await stopLeftovers(place, onLog);
      const password = await ensureCluster(place, nativeFolder, durable);
      const server = new SupervisedServer({
        postmaster: {
          place,
          nativeFolder,
          settings: {
            ...serverSettings({ durable, sharedBuffersMb: options.sharedBuffersMb ?? 128, maxConnections: options.maxConnections ?? 200 }),
            ...options.settings,
          },
          startTimeoutMs: options.startTimeoutMs ?? 300_000,
          onLine: onLog,
        },
        password,
        ownership,
        restart: options.restart ?? false,
        background: options.background ?? false,
        onExit: options.onExit ?? (() => undefined),
        onLog,
      });
      await server.start(options.port);
      return server;
    } catch (error) {
      await ownership.release();
      throw error;
    }
  });
}

/** Where the database is, as the standalone's settings have it. */
export interface DatabaseLocation {
  /** Absent means the embedded one. */
  readonly ORRERY_DATABASE_URL?: string | undefined;
  readonly ORRERY_DATA_FOLDER: string;
}

export interface LocatedDatabase {
  readonly url: string;
  /** Stops the embedded server; does nothing to a database of someone else's. */
  stop(): Promise<void>;
}

/**
 * The database that the settings mean: the given one, or the embedded one, started.
 *
 * @throws as {@link startEmbeddedPostgres} does.
 */
export async function locateDatabase(
  location: DatabaseLocation,
  options: Omit<EmbeddedPostgresOptions, 'dataFolder'> = {},
): Promise<LocatedDatabase> {
  if (location.ORRERY_DATABASE_URL !== undefined) return { url: location.ORRERY_DATABASE_URL, stop: async () => undefined };
  if (location.ORRERY_DATA_FOLDER === '') throw new OrreryError('ORRERY_CONFIG', 'ORRERY_DATA_FOLDER is empty and there is no ORRERY_DATABASE_URL');
  return await startEmbeddedPostgres({ ...options, dataFolder: location.ORRERY_DATA_FOLDER });
}
