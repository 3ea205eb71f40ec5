import { describe, expect, it } from '@jest/globals';
import { outputWidth, randomData, type NetworkSpec, type NetworkWeights } from '@orrery/learning';
import { seededRandom } from '@orrery/stats';
import './runtime-realm.js';
import { loadOnnxRuntime, onnxModel, publishNetwork, serveNetwork, weightsOfModel, type PublishedNetwork } from '../src/networks/index.js';
import { selectRuntime, tensorRuntimes, type RuntimeReport } from '../src/runtime/index.js';
import { noisyWeights, smallNetworks } from './runtime-networks.js';

const { wasm } = tensorRuntimes();
const { report }: { report: RuntimeReport } = await selectRuntime('cpu');

const published = async (network: NetworkWeights, parts: Parameters<typeof publishNetwork>[3] = {}): Promise<PublishedNetwork> =>
  await publishNetwork(wasm, { ...network, epochs: [], bestEpoch: 0, validationLoss: 1 }, report, parts);

const unavailable = (): never => {
  throw new Error('no such library');
};

const kinds = Object.entries(smallNetworks);

describe('a published network', () => {
  it.each(kinds)('predicts as a %s the same as the trained one', async (_, spec) => {
    const network = noisyWeights(spec, 41);
    const data = randomData(spec, 37, seededRandom(42));

    const stored = await published(network);
    const served = await serveNetwork(stored);
    const output = await served.predict(data);
    await served.close();

    expect(stored.metadata.parity).toMatchObject({ against: 'onnxruntime', rowCount: 64 });
    expect(stored.metadata.parity.maxDiff).toBeLessThan(1e-6);
    expect(served.servedBy).toEqual({ runtime: 'onnxruntime', because: null });
    const loaded = await wasm.load(network);
    const expected = await loaded.predict(data);
    await loaded.close();
    expect(output).toHaveLength(37 * outputWidth(spec));
    expect(Math.max(...expected.map((value, index) => Math.abs(value - output[index]!)))).toBeLessThan(1e-5);
  });

  it.each(kinds)('holds the weights of a %s, so that another library can serve it', async (_, spec) => {
    const network = noisyWeights(spec, 43);
    const data = randomData(spec, 5, seededRandom(44));

    expect(weightsOfModel(spec, onnxModel(network))).toEqual(network.weights);
    const stored = await published(network, { loadLibrary: unavailable });
    const served = await serveNetwork(stored, { loadLibrary: unavailable, fallback: () => wasm });
    const output = await served.predict(data);
    await served.close();

    expect(stored.metadata.parity).toMatchObject({ against: 'reference' });
    expect(served.servedBy).toEqual({ runtime: 'wasm', because: 'ONNX Runtime cannot be loaded: no such library' });
    const usual = await serveNetwork(stored);
    const expected = await usual.predict(data);
    await usual.close();
    expect(Math.max(...expected.map((value, index) => Math.abs(value - output[index]!)))).toBeLessThan(1e-5);
  });

  it('survives as JSON and bytes', async () => {
    const stored = await published(noisyWeights(smallNetworks['LSTM forecaster']!, 45));

    const metadata = JSON.parse(JSON.stringify(stored.metadata)) as PublishedNetwork['metadata'];
    const served = await serveNetwork({ metadata, bytes: Uint8Array.from(stored.bytes) });
    await served.close();

    expect(metadata).toEqual(stored.metadata);
  });

  it('is not let out when it predicts something else than was trained', async () => {
    const [spec] = Object.values(smallNetworks) as [NetworkSpec];
    const wrong = ({ weights }: NetworkWeights): Uint8Array => onnxModel({ spec, weights: weights.map((weight) => weight * 1.001) });

    for (const loadLibrary of [loadOnnxRuntime, unavailable]) {
      await expect(published(noisyWeights(spec, 46), { write: wrong, loadLibrary })).rejects.toMatchObject({ code: 'ORRERY_NUMERICAL', message: expect.stringContaining('differs from the trained one') });
    }
  });

  it('is not served when its bytes are others, or none of a network', async () => {
    const stored = await published(noisyWeights(smallNetworks['GRU forecaster']!, 47));
    const changed = Uint8Array.from(stored.bytes);
    changed[200]! ^= 1;
    const { spec } = stored.metadata;

    await expect(serveNetwork({ ...stored, bytes: changed })).rejects.toMatchObject({ code: 'ORRERY_VALIDATION', message: expect.stringContaining('checksum') });
    for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3), stored.bytes.subarray(0, 100), Uint8Array.from({ length: 50 }, () => 255)]) {
      expect(() => weightsOfModel(spec, bytes)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    }
  });

  it('refuses rows that do not fit, and gives nothing for none', async () => {
    const spec = smallNetworks['LSTM classifier']!;
    const served = await serveNetwork(await published(noisyWeights(spec, 48)));
    const rows = randomData(spec, 2, seededRandom(49));

    expect(await served.predict(randomData(spec, 0, seededRandom(1)))).toHaveLength(0);
    await expect(served.predict({ ...rows, rowCount: 3 })).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
    await expect(served.predict({ ...rows, inputs: { ...rows.inputs, tokens: rows.inputs.tokens!.map(() => 6) } })).rejects.toMatchObject({ message: 'token 6 is outside [0, 6)' });
    await served.close();
  });
});
