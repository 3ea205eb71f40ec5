import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, OrreryError } from '@orrery/errors';
import pg from 'pg';
import { superuser } from './cluster.js';
import type { OwnerLock } from './owner-lock.js';
import { killServer, startPostmaster, stopServer, type Postmaster, type PostmasterOptions } from './postmaster.js';
import { failureKind } from './server-failure.js';
import { freePort } from './server-port.js';

/** A server that ended without being asked to. */
export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly restarts: boolean;
}

export interface SupervisedServerOptions {
  readonly postmaster: Omit<PostmasterOptions, 'port'>;
  readonly password: string;
  readonly ownership: OwnerLock;
  readonly restart: boolean;
  readonly background: boolean;
  readonly onExit: (exit: ServerExit) => void;
  readonly onLog: (line: string) => void;
}

const database = 'orrery';
const stopTimeoutMs = 15_000;
const portAttempts = 5;
const firstRestartPauseMs = 100;
const longestRestartPauseMs = 5_000;

/** The server process of one data folder over its restarts. */
export class SupervisedServer {
  private postmaster: Postmaster | undefined;
  private restarting: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;
  private chosenPort = 0;

  constructor(private readonly options: SupervisedServerOptions) {}

  get url(): string {
    return this.urlOf(database);
  }

  get port(): number {
    return this.chosenPort;
  }

  get pid(): number {
    return this.postmaster?.pid ?? 0;
  }

  get dataFolder(): string {
    return this.options.postmaster.place.folder;
  }

  /** Starts on the port, or on a free one: then again when another program was faster to take it. */
  async start(port: number | undefined): Promise<void> {
    for (let attempt = 1; this.postmaster === undefined; attempt++) {
      this.chosenPort = port ?? (await freePort());
      try {
        await this.launch();
      } catch (error) {
        if (port !== undefined || failureKind(error) !== 'port' || attempt === portAttempts) throw error;
      }
    }
    try {
      await this.createDatabase();
    } catch (error) {
      await this.stop();
      throw new OrreryError('ORRERY_DEPENDENCY', `the embedded database started but cannot be used: ${messageOf(error)}`, { cause: error });
    }
  }

  stop(): Promise<void> {
    this.stopping ??= this.shutDown();
    return this.stopping;
  }

  async kill(): Promise<void> {
    const killed = this.postmaster;
    await killServer(this.options.postmaster.place);
    await killed?.ended;
  }

  private async launch(): Promise<void> {
    const postmaster = await startPostmaster({ ...this.options.postmaster, port: this.chosenPort });
    this.postmaster = postmaster;
    if (this.options.background) postmaster.unref();
    void postmaster.ended.then(({ code, signal }) => this.ended({ code, signal, restarts: this.options.restart }));
  }

  private ended(exit: ServerExit): void {
    this.postmaster = undefined;
    if (this.stopping !== undefined) return;
    this.options.onLog(`the database ended (${exit.signal ?? `code ${exit.code}`})`);
    this.options.onExit(exit);
    if (exit.restarts) this.restarting = this.restartUntilItRuns();
    else void this.options.ownership.release();
  }

  private async restartUntilItRuns(): Promise<void> {
    for (let pauseMs = firstRestartPauseMs; this.stopping === undefined; pauseMs = Math.min(pauseMs * 2, longestRestartPauseMs)) {
      try {
        // Backends of a killed server may live on for a moment and hold its shared memory.
        await killServer(this.options.postmaster.place);
        return await this.launch();
      } catch (error) {
        this.options.onLog(`the database did not start again: ${messageOf(error)}`);
        await sleep(pauseMs);
      }
    }
  }

  private async shutDown(): Promise<void> {
    await this.restarting;
    const { postmaster } = this;
    if (postmaster !== undefined) {
      await stopServer(postmaster.pid, this.options.postmaster.place, stopTimeoutMs);
      await postmaster.ended;
    }
    await this.options.ownership.release();
  }

  private async createDatabase(): Promise<void> {
    const client = new pg.Client({ connectionString: this.urlOf('postgres') });
    await client.connect();
    try {
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
      if (rowCount === 0) await client.query(`create database ${database}`);
    } finally {
      await client.end();
    }
  }

  private urlOf(name: string): string {
    return `postgresql://${superuser}:${this.options.password}@127.0.0.1:${this.chosenPort}/${name}`;
  }
}
