import { describe, expect, it } from '@jest/globals';
import { randomData, type EpochReport, type NetworkSpec } from '@orrery/learning';
import { seededRandom } from '@orrery/stats';
import './runtime-realm.js';
import { serveNetwork } from '../src/networks/index.js';
import { selectRuntime, trainNetworkInWorker } from '../src/runtime/index.js';

const spec: NetworkSpec = { kind: 'mlp-quantiles', featureCount: 4, hidden: [6], targetCount: 1, quantiles: [0.1, 0.5, 0.9] };
const rows = randomData(spec, 64, seededRandom(1));
const data = { training: rows, validation: rows };

describe('training in a worker thread', () => {
  it('tells each epoch, hands back what training here gives, and leaves the rows alone', async () => {
    const reports: EpochReport[] = [];
    const settings = { seed: 3, epochLimit: 3, batchSize: 32 };

    const trained = await trainNetworkInWorker(spec, data, { ...settings, requested: 'wasm', onEpoch: (report) => reports.push(report) });

    const { runtime } = await selectRuntime('wasm');
    expect(trained.weights).toEqual((await runtime.train(spec, data, settings)).weights);
    expect(reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(trained.metadata).toMatchObject({ format: 'onnx', spec, sizeBytes: trained.bytes.length, runtime: { runtime: 'wasm', requested: 'wasm' }, training: { epochs: reports } });
    expect(rows.targets).toHaveLength(64);
    const served = await serveNetwork(trained);
    expect(await served.predict(rows)).toHaveLength(64 * 3);
    await served.close();
  });

  it('goes on from weights', async () => {
    const settings = { epochLimit: 1, requested: 'wasm' } as const;
    const first = await trainNetworkInWorker(spec, data, settings);

    const second = await trainNetworkInWorker(spec, data, { ...settings, startWeights: first.weights });

    expect(second.metadata.training.validationLoss).toBeLessThan(first.metadata.training.validationLoss);
  });

  it('ends when it is aborted, with the reason', async () => {
    const abort = new AbortController();
    const reason = new Error('the service ends');

    const attempt = trainNetworkInWorker(spec, data, { requested: 'wasm', epochLimit: 100_000, patience: 100_000, signal: abort.signal, onEpoch: () => abort.abort(reason) });

    await expect(attempt).rejects.toBe(reason);
    await expect(trainNetworkInWorker(spec, data, { signal: abort.signal })).rejects.toBe(reason);
  });

  it('fails with the error of the thread', async () => {
    const short = { ...rows, targets: rows.targets.slice(1) };

    await expect(trainNetworkInWorker(spec, { training: short, validation: rows }, { requested: 'wasm' })).rejects.toMatchObject({
      code: 'ORRERY_VALIDATION',
      message: 'the targets: expected 64 numbers, got 63',
      cause: expect.stringContaining('checkData'),
    });
  });
});
