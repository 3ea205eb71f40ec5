import { describe, expect, it } from '@jest/globals';
import {
  outputWidth,
  randomData,
  referenceLoss,
  referenceOutputs,
  withRisingQuantiles,
  type EpochReport,
  type NetworkData,
  type NetworkSpec,
  type NetworkWeights,
  type TensorRuntime,
  type TrainingOptions,
} from '@orrery/learning';
import { seededRandom } from '@orrery/stats';
import { noisyWeights, smallNetworks } from './runtime-networks.js';

const mlp = smallNetworks['multi-layer perceptron']!;
const quick: TrainingOptions = { seed: 5, epochLimit: 4, batchSize: 16, learningRate: 0.02, patience: 4 };

function expectedOutput({ spec, weights }: NetworkWeights, data: NetworkData): number[] {
  return Array.from(withRisingQuantiles(spec, Float32Array.from(referenceOutputs(spec, weights, data).flatMap((row) => Array.from(row)))));
}

const rowsOf = (spec: NetworkSpec, count: number, seed: number): NetworkData => randomData(spec, count, seededRandom(seed));

/** What every runtime promises; `isQuick` leaves out what takes a driver that runs on the processor minutes. */
export function describeTensorRuntime(name: string, runtime: TensorRuntime, { isQuick }: { readonly isQuick: boolean }): void {
  const kinds = Object.entries(smallNetworks).filter(([kind]) => isQuick || kind.startsWith('GRU'));

  describe(`${name} runtime`, () => {
    it('says that it can compute, and on what', async () => {
      expect(await runtime.probe()).toMatchObject({ available: true });
      expect(runtime.describe()).toMatchObject({ runtime: runtime.name, library: expect.any(String) });
    });

    it.each(kinds)('predicts with a %s what its definition says', async (_, spec) => {
      const network = noisyWeights(spec, 11);
      const data = rowsOf(spec, 9, 12);
      const loaded = await runtime.load(network);

      const output = await loaded.predict(data);
      await loaded.close();

      expect(output).toHaveLength(9 * outputWidth(spec));
      const expected = expectedOutput(network, data);
      expect(Math.max(...expected.map((value, index) => Math.abs(value - output[index]!)))).toBeLessThan(2e-6);
    });

    it.each(kinds)('trains a %s down its loss, as the definition computes it', async (_, spec) => {
      const data = rowsOf(spec, 32, 13);
      const start = noisyWeights(spec, 14).weights;

      const trained = await runtime.train(spec, { training: data, validation: data }, { ...quick, epochLimit: isQuick ? 4 : 1, startWeights: start });

      expect(trained.validationLoss).toBeLessThan(referenceLoss(spec, start, data));
      expect(trained.validationLoss).toBeCloseTo(referenceLoss(spec, trained.weights, data), 5);
    });

    if (isQuick) describeTraining(runtime);
  });
}

function describeTraining(runtime: TensorRuntime): void {
  const data = rowsOf(mlp, 48, 21);
  const parts = { training: data, validation: rowsOf(mlp, 16, 22) };

  it('learns the same from the same seed, and something else from another', async () => {
    const [first, second, other] = [await runtime.train(mlp, parts, quick), await runtime.train(mlp, parts, quick), await runtime.train(mlp, parts, { ...quick, seed: 6 })];

    expect(second.weights).toEqual(first.weights);
    expect(other.weights).not.toEqual(first.weights);
  });

  it('drops numbers while it learns, by the seed, and none while it validates', async () => {
    const dropping = { ...quick, dropout: 0.5 };
    const [first, second] = [await runtime.train(mlp, parts, dropping), await runtime.train(mlp, parts, dropping)];

    expect(second.weights).toEqual(first.weights);
    expect(first.validationLoss).toBeCloseTo(referenceLoss(mlp, first.weights, parts.validation), 5);
  });

  it('stops when the validation part gets no better and keeps the best weights', async () => {
    // What is to be learned contradicts what is validated on, so that learning soon makes it worse.
    const opposite = { ...data, targets: data.targets.map((target) => -target - 4) };
    const reports: EpochReport[] = [];

    const trained = await runtime.train(mlp, { training: data, validation: opposite }, { ...quick, epochLimit: 50, patience: 3, onEpoch: (report) => reports.push(report) });

    expect(trained.epochs).toEqual(reports);
    expect(reports).toHaveLength(trained.bestEpoch + 3);
    const losses = reports.map(({ validationLoss }) => validationLoss);
    expect(trained.validationLoss).toBeLessThanOrEqual(Math.min(...losses));
    expect(trained.validationLoss).toBeCloseTo(referenceLoss(mlp, trained.weights, opposite), 5);
  });

  it('takes a target that is not known for none', async () => {
    const unknown = { ...data, targets: data.targets.map((target, index) => (index % 2 === 0 ? Number.NaN : target)) };

    const trained = await runtime.train(mlp, { training: unknown, validation: unknown }, quick);

    expect(trained.validationLoss).toBeCloseTo(referenceLoss(mlp, trained.weights, unknown), 5);
  });

  it('ends with the reason of an abort, and goes on to train others', async () => {
    const abort = new AbortController();
    const reason = new Error('the service ends');

    const attempt = runtime.train(mlp, parts, { ...quick, epochLimit: 1_000, patience: 1_000, signal: abort.signal, onEpoch: ({ epoch }) => epoch === 2 && abort.abort(reason) });

    await expect(attempt).rejects.toBe(reason);
    await expect(runtime.train(mlp, parts, { ...quick, signal: abort.signal })).rejects.toBe(reason);
    expect((await runtime.train(mlp, parts, { ...quick, epochLimit: 1 })).epochs).toHaveLength(1);
  });

  it('refuses rows, weights and settings that do not fit', async () => {
    const refused = expect.objectContaining({ code: 'ORRERY_VALIDATION' });
    const { weights } = noisyWeights(mlp, 1);

    await expect(runtime.train(mlp, { ...parts, validation: rowsOf(mlp, 0, 1) }, quick)).rejects.toEqual(refused);
    await expect(runtime.train(mlp, { ...parts, training: { ...data, targets: data.targets.slice(1) } }, quick)).rejects.toEqual(refused);
    await expect(runtime.train(mlp, parts, { ...quick, batchSize: 0 })).rejects.toEqual(refused);
    await expect(runtime.load({ spec: mlp, weights: weights.slice(1) })).rejects.toEqual(refused);
    const loaded = await runtime.load({ spec: mlp, weights });
    await expect(loaded.predict({ rowCount: 2, inputs: { features: new Float32Array(7) } })).rejects.toEqual(refused);
    await expect(loaded.predict({ rowCount: 1, inputs: { features: Float32Array.of(1, 2, Number.NaN, 4) } })).rejects.toEqual(refused);
  });

  it('says that the numbers went astray when they do', async () => {
    const wild = { ...data, targets: data.targets.map((target) => target * 1e38) };

    await expect(runtime.train(mlp, { training: wild, validation: wild }, { ...quick, learningRate: 1e30, gradientLimit: 1e30 })).rejects.toMatchObject({ code: 'ORRERY_NUMERICAL' });
  });
}
