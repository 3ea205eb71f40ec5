import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OrreryError } from '@orrery/errors';
import { readProcess, type ProcessUsage } from './process-usage.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export interface PlatformOptions {
  /** Bootstrap servers; absent means that PostgreSQL is the log. */
  readonly kafkaBrokers?: string;
  /** Any PostgreSQL; absent means the embedded one in a folder of its own. */
  readonly databaseUrl?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Flags for node, for example `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
  /** Where the data lies; a temporary folder that is removed at the end when absent. */
  readonly dataFolder?: string;
}

/** The platform in a process of its own, as `npm start` runs it, on an empty store. */
export interface Platform {
  readonly url: string;
  readonly databaseUrl: string;
  readonly process: ChildProcess;
  usage(): ProcessUsage;
  stop(): Promise<void>;
}

const { serverEnvironment, serverFlags } = (await import(path.join(root, 'tools', 'server-process.mjs'))) as { serverEnvironment: NodeJS.ProcessEnv; serverFlags: readonly string[] };

/** Starts the platform and resolves when it answers. */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const dataFolder = options.dataFolder ?? mkdtempSync(path.join(os.tmpdir(), 'orrery-bench-'));
  const child = fork(path.join(root, 'services', 'standalone', 'dist', 'main.js'), [], {
    cwd: root,
    execArgv: [...serverFlags, ...(options.nodeFlags ?? [])],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...serverEnvironment,
      ORRERY_PORT: '0',
      ORRERY_DATA_FOLDER: dataFolder,
      ORRERY_LOG_LEVEL: 'warn',
      ...(options.kafkaBrokers === undefined ? {} : { ORRERY_KAFKA_BROKERS: options.kafkaBrokers, ORRERY_TOPIC_PREFIX: `bench-${process.pid}-` }),
      ...(options.databaseUrl === undefined ? {} : { ORRERY_DATABASE_URL: options.databaseUrl }),
      ...options.environment,
    },
  });
  const { url, databaseUrl } = await new Promise<{ url: string; databaseUrl: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { url: string; databaseUrl: string }));
    child.once('exit', (code) => reject(new OrreryError('ORRERY_DEPENDENCY', `the platform ended with code ${String(code)} before it was ready`)));
  });
  return {
    url,
    databaseUrl,
    process: child,
    usage: () => readProcess(child.pid ?? 0),
    stop: async () => {
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await exited;
      }
      if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
