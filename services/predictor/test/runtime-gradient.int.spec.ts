import { describe, expect, it } from '@jest/globals';
import { networkParameters, randomData, referenceLoss, sizeOf, type NetworkSpec } from '@orrery/learning';
import { seededRandom } from '@orrery/stats';
import { wasmBackend } from '../src/runtime/backends.js';
import { tensorRuntimes } from '../src/runtime/index.js';
import { inputTensors, parameterTensors } from '../src/runtime/tfjs-forward.js';
import { summedLoss, targetTensors } from '../src/runtime/tfjs-loss.js';
import { noisyWeights, smallNetworks } from './runtime-networks.js';

const { tf } = await wasmBackend.start();
await tf.setBackend('wasm');

async function gradientOf(spec: NetworkSpec, weights: Float32Array, data: ReturnType<typeof randomData>): Promise<Float32Array> {
  const variables = new Map(Array.from(parameterTensors(tf, spec, weights), ([name, tensor]) => [name, tf.variable(tensor)]));
  const targets = targetTensors(tf, spec, data);
  const { grads } = tf.variableGrads(() => summedLoss(spec, { tf, parameters: variables, inputs: inputTensors(tf, spec, data) }, targets).div(targets.count).asScalar(), [...variables.values()]);
  const parts = await Promise.all(networkParameters(spec).map(async ({ name, shape }) => (await grads[variables.get(name)!.name]?.data()) ?? new Float32Array(sizeOf(shape))));
  return Float32Array.from(parts.flatMap((part) => Array.from(part)));
}

describe('gradient', () => {
  it.each(Object.entries(smallNetworks))('of a %s is the slope of its loss in every direction tried', async (_, spec) => {
    const { weights } = noisyWeights(spec, 31);
    const data = randomData(spec, 6, seededRandom(32));
    const gradient = await gradientOf(spec, weights, data);
    const random = seededRandom(33);

    for (let trial = 0; trial < 12; trial += 1) {
      const direction = Float64Array.from(weights, () => random.normal());
      const length = Math.hypot(...direction);
      const lossAt = (step: number): number => referenceLoss(spec, Float64Array.from(weights, (weight, index) => weight + (step * direction[index]!) / length), data);
      const slope = (lossAt(1e-5) - lossAt(-1e-5)) / 2e-5;
      const told = gradient.reduce((sum, value, index) => sum + (value * direction[index]!) / length, 0);

      expect(Math.abs(told - slope)).toBeLessThan(1e-4 * Math.max(0.1, Math.abs(slope)));
    }
  });
});

describe('a backend', () => {
  it('holds no more after a training, an aborted one and a network that was closed than before', async () => {
    const { wasm } = tensorRuntimes();
    const spec = smallNetworks['GRU classifier with attention']!;
    const data = randomData(spec, 40, seededRandom(34));
    const parts = { training: data, validation: data };
    const settings = { epochLimit: 3, batchSize: 16, dropout: 0.3 };
    await wasm.train(spec, parts, settings);
    const before = tf.memory().numTensors;

    await wasm.train(spec, parts, settings);
    const abort = new AbortController();
    await expect(wasm.train(spec, parts, { ...settings, signal: abort.signal, onEpoch: () => abort.abort(new Error('enough')) })).rejects.toThrow('enough');
    const network = await wasm.load(noisyWeights(spec, 35));
    await network.predict(data);
    await network.close();

    expect(tf.memory().numTensors).toBe(before);
  });
});
