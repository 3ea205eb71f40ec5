import { parentPort, workerData } from 'node:worker_threads';
import { publishNetwork } from '../networks/publish-network.js';
import { selectRuntime } from './select-runtime.js';
import { sentError, type NetworkJob, type NetworkMessage } from './worker-messages.js';

// The thread in which TensorFlow.js lives: loaded here only, and gone with the thread.

function send(message: NetworkMessage, buffers: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, buffers);
}

async function run(job: NetworkJob): Promise<void> {
  if (job.kind === 'select') {
    const { report } = await selectRuntime(job.requested);
    send({ kind: 'selected', report });
    return;
  }
  const { requested, spec, data, settings, startWeights } = job;
  const { runtime, report } = await selectRuntime(requested, { workload: { spec, batchSize: Math.min(settings.batchSize ?? 128, data.training.rowCount) } });
  const options = { ...settings, ...(startWeights === null ? {} : { startWeights }) };
  const trained = await runtime.train(spec, data, { ...options, onEpoch: (epoch) => send({ kind: 'epoch', report: epoch }) });
  const network = await publishNetwork(runtime, trained, report);
  send({ kind: 'published', network, weights: trained.weights }, [network.bytes.buffer as ArrayBuffer, trained.weights.buffer as ArrayBuffer]);
}

try {
  await run(workerData as NetworkJob);
} catch (error) {
  send({ kind: 'failed', error: sentError(error) });
}
