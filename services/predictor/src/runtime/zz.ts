import { tensorRuntimes } from './index.js';
import { initialWeights, randomData, type NetworkSpec } from '@orrery/learning';
import { seededRandom } from '@orrery/stats';
const { wasm } = tensorRuntimes();
const cpuMs = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1000; };
const specs: Record<string, NetworkSpec> = {
 gru50x64: { kind: 'series-forecaster', cell: 'gru', stepCount: 50, channelCount: 8, contextCount: 4, unitCount: 64, horizon: 1, quantiles: [.1,.5,.9] },
 lstm50x64: { kind: 'series-forecaster', cell: 'lstm', stepCount: 50, channelCount: 8, contextCount: 4, unitCount: 64, horizon: 1, quantiles: [.1,.5,.9] },
 next: { kind: 'sequence-classifier', cell: 'gru', stepCount: 16, embeddings: [{ vocabularySize: 64, size: 16 }], numericCount: 4, unitCount: 48, pooling: 'last', classCount: 40 },
};
for (const [n, spec] of Object.entries(specs)) for (const B of [128, 256]) {
  const d = randomData(spec, B, seededRandom(1)); const net = await wasm.load({ spec, weights: initialWeights(spec, seededRandom(1)) });
  await net.predict(d); let t = cpuMs(); for (let i = 0; i < 4; i++) await net.predict(d); const p = (cpuMs() - t) / 4;
  const one = randomData(spec, 1, seededRandom(1));
  await wasm.train(spec, { training: d, validation: one }, { epochLimit: 1, batchSize: B }); t = cpuMs(); await wasm.train(spec, { training: d, validation: one }, { epochLimit: 4, batchSize: B, patience: 9 }); const s = (cpuMs() - t) / 4;
  console.log(n, B, 'predict', p.toFixed(1), 'step', s.toFixed(1));
}
