import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startBroker, type Broker } from '@orrery/local-kafka';

/** A broker of its own, with its data in a temporary folder that goes with it. */
export async function startKafka(): Promise<{ readonly broker: Broker; stop(): Promise<void> }> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'orrery-kafka-'));
  const broker = await startBroker({ dataFolder });
  return {
    broker,
    stop: async () => {
      await broker.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
