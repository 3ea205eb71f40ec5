import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEventLog, type EventLog } from '@orrery/event-log';
import { startBroker, type Broker } from '@orrery/local-kafka';

const program = path.resolve(import.meta.dirname, '..', '..', '..', 'tools', 'kafka-platform.mjs');

/** What the program says when it is ready. */
interface Ready {
  readonly url: string;
  readonly databaseUrl: string;
  readonly pids: { readonly ingest: number; readonly eventStore: number; readonly baseline: number };
}

export interface RunningPlatform extends Ready {
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /** Resolves when it has ended, to its exit code. */
  readonly exited: Promise<number | null>;
}

/** The platform one process a service, as `npm run start:kafka` runs it, on a broker that belongs to the spec. */
export class KafkaPlatformScene {
  private platforms: RunningPlatform[] = [];

  private constructor(
    private readonly folder: string,
    readonly broker: Broker,
    /** Another producer on the same broker; knows no prefix. */
    readonly producer: EventLog,
  ) {}

  static async open(): Promise<KafkaPlatformScene> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'orrery-kafka-platform-'));
    const broker = await startBroker({ dataFolder: path.join(folder, 'broker') });
    return new KafkaPlatformScene(folder, broker, createEventLog({ kafkaBrokers: [broker.bootstrapServers], clientId: 'spec' }));
  }

  async start(settings: Readonly<Record<string, string>> = {}): Promise<RunningPlatform> {
    const child = fork(program, [], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...{ PATH: process.env['PATH'], HOME: process.env['HOME'] },
        ...{ ORRERY_PORT: '0', ORRERY_DATA_FOLDER: this.folder, ORRERY_KAFKA_BROKERS: this.broker.bootstrapServers, ...settings },
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    const ready = await Promise.race([new Promise<Ready>((resolve) => child.once('message', (message) => resolve(message as Ready))), exited]);
    if (ready === null || typeof ready === 'number') throw new Error(`the platform ended with code ${String(ready)}:\n${output}`);
    const platform = { ...ready, process: child, output: () => output, exited };
    this.platforms.push(platform);
    return platform;
  }

  async close(): Promise<void> {
    for (const { process: child, exited } of this.platforms) {
      child.kill('SIGTERM');
      await exited;
    }
    await this.producer.close();
    await this.broker.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Tries again until the check holds or the time is up; then its last failure counts. */
export async function eventually<Result>(check: () => Promise<Result>, timeoutMs = 45_000): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
