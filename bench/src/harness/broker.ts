import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startBroker } from '@orrery/local-kafka';

/** A real Kafka broker on a free port, in a folder that goes when it stops. */
export async function startBenchBroker(): Promise<{ readonly bootstrapServers: string; restart(): Promise<void>; stop(): Promise<void> }> {
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'orrery-bench-kafka-'));
  const broker = await startBroker({ dataFolder });
  return {
    bootstrapServers: broker.bootstrapServers,
    restart: async () => {
      await broker.restart();
    },
    stop: async () => {
      await broker.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
