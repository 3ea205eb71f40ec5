import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startBroker } from '@orrery/local-kafka';
import { readProcess } from './process-usage.js';

/** A real Kafka broker on a free port, in a folder that goes when it stops. */
export interface BenchBroker {
  readonly bootstrapServers: string;
  cpuSeconds(): number;
  restart(): Promise<void>;
  /** Kills it and starts it again. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBenchBroker(): Promise<BenchBroker> {
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'orrery-bench-kafka-'));
  const broker = await startBroker({ dataFolder });
  return {
    bootstrapServers: broker.bootstrapServers,
    cpuSeconds: () => readProcess(broker.pid ?? 0).cpuSeconds,
    restart: () => broker.restart(),
    crash: async () => {
      await broker.kill();
      await broker.start();
    },
    stop: async () => {
      await broker.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
