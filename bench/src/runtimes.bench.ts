import { availableParallelism, cpus } from 'node:os';
import { initialWeights, outputWidth, randomData, runtimeNames, type LoadedNetwork, type NetworkBatch, type NetworkSpec, type RuntimeName, type TensorRuntime } from '@orrery/learning';
import { publishNetwork, selectRuntime, serveNetwork, tensorRuntimes } from '@orrery/predictor/networks';
import { seededRandom } from '@orrery/stats';
import { parseOptions } from './harness/options.js';
import { progress, report, table } from './harness/report.js';
import { quantile, rounded } from './harness/statistics.js';

// How long each runtime that works here takes to predict and to learn, and ONNX Runtime, which serves what they learned, to predict.

const quantiles = [0.1, 0.5, 0.9];
const rowCount = 256;
const leastRepeats = 3;
const mostRepeats = 200;

const recurrent = (cell: 'gru' | 'lstm'): NetworkSpec => ({ kind: 'series-forecaster', cell, stepCount: 50, channelCount: 8, contextCount: 4, unitCount: 64, horizon: 1, quantiles });

const networks: Readonly<Record<string, NetworkSpec>> = {
  mlp: { kind: 'mlp-quantiles', featureCount: 64, hidden: [128, 128], targetCount: 3, quantiles },
  gru: recurrent('gru'),
  lstm: recurrent('lstm'),
  next_task: {
    kind: 'sequence-classifier',
    cell: 'gru',
    stepCount: 16,
    embeddings: [{ vocabularySize: 64, size: 16 }],
    numericCount: 4,
    unitCount: 48,
    pooling: 'last',
    classCount: 40,
  },
};

const options = parseOptions('runtimes', {
  runtime: { type: 'string', multiple: true, default: [...runtimeNames] },
  network: { type: 'string', multiple: true, default: Object.keys(networks) },
  seconds: { type: 'string', default: '2' },
  software: { type: 'boolean', default: false },
});
const budgetMs = Number(options.seconds) * 1_000;

interface Times {
  readonly wallMs: number;
  /** Of all threads: what an idle machine needs when one thread does the work, whoever else computes on this one. */
  readonly processorMs: number;
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The median duration of repeats, at least three and for about the budget, after one that is not counted, and their mean processor time. */
async function timesOf(action: () => Promise<unknown>): Promise<Times> {
  await action();
  const walls: number[] = [];
  const [startedAtMs, processorStartMs] = [performance.now(), processorMs()];
  while (walls.length < leastRepeats || (walls.length < mostRepeats && performance.now() - startedAtMs < budgetMs)) {
    const beginMs = performance.now();
    await action();
    walls.push(performance.now() - beginMs);
  }
  return { wallMs: rounded(quantile(walls, 0.5), 3), processorMs: rounded((processorMs() - processorStartMs) / walls.length, 3) };
}

const batchOf = (spec: NetworkSpec, count: number): NetworkBatch => randomData(spec, count, seededRandom(1));

async function predictTimes(network: LoadedNetwork, spec: NetworkSpec): Promise<Record<string, number>> {
  const [one, many] = [batchOf(spec, 1), batchOf(spec, rowCount)];
  const [single, whole] = [await timesOf(() => network.predict(one)), await timesOf(() => network.predict(many))];
  return { predict1_ms: single.wallMs, predict1_processor_ms: single.processorMs, predict256_ms: whole.wallMs, predict256_processor_ms: whole.processorMs };
}

async function stepTimes(runtime: TensorRuntime, spec: NetworkSpec): Promise<Record<string, number>> {
  const random = seededRandom(3);
  const data = { training: randomData(spec, rowCount, random), validation: randomData(spec, 1, random) };
  const steps = 4;
  const train = (epochLimit: number) => runtime.train(spec, data, { epochLimit, batchSize: rowCount, patience: epochLimit });
  await train(1);
  const startMs = processorMs();
  const { epochs } = await train(steps);
  return { train_step256_ms: rounded(quantile(epochs.map(({ durationMs }) => durationMs), 0.5), 1), train_step256_processor_ms: rounded((processorMs() - startMs) / steps, 1) };
}

const chosen = Object.entries(networks).filter(([name]) => options.network.includes(name));
const weightsOf = (spec: NetworkSpec): Float32Array => initialWeights(spec, seededRandom(2));

async function networkTimes(runtime: TensorRuntime): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const [name, spec] of chosen) {
    progress(`${runtime.name}: ${name}`);
    const loaded = await runtime.load({ spec, weights: weightsOf(spec) });
    const times = await predictTimes(loaded, spec);
    await loaded.close();
    rows.push({ network: name, ...times, ...(await stepTimes(runtime, spec)) });
  }
  return rows;
}

async function measured(name: RuntimeName): Promise<Record<string, unknown>> {
  const runtime = tensorRuntimes()[name];
  const probe = await runtime.probe();
  if (!probe.available) return { runtime: name, available: false, reason: probe.reason };
  if (probe.adapter?.software === true && !options.software) return { runtime: name, available: false, reason: `its adapter is software: ${probe.adapter.description} (--software measures it)` };
  return { runtime: name, available: true, library: runtime.describe().library, adapter: probe.adapter, networks: await networkTimes(runtime) };
}

async function served(): Promise<Record<string, unknown>[]> {
  const { runtime, report: selection } = await selectRuntime('wasm');
  const rows: Record<string, unknown>[] = [];
  for (const [name, spec] of chosen) {
    progress(`onnxruntime: ${name}`);
    const published = await publishNetwork(runtime, { spec, weights: weightsOf(spec), epochs: [], bestEpoch: 0, validationLoss: 0 }, selection);
    const network = await serveNetwork(published);
    rows.push({ network: name, ...(await predictTimes(network, spec)), outputs: outputWidth(spec), size_bytes: published.bytes.length, parity: published.metadata.parity.maxDiff, by: network.servedBy.runtime });
    await network.close();
  }
  return rows;
}

const runtimes: Record<string, unknown>[] = [];
for (const name of runtimeNames.filter((one) => options.runtime.includes(one))) runtimes.push(await measured(name));
const onnxruntime = await served();
const { report: auto } = await selectRuntime('auto');

process.stdout.write(`${table(runtimes.filter(({ available }) => available === false).map(({ runtime, reason }) => ({ runtime, 'not measured because': reason })))}\n`);
const rows = runtimes.flatMap(({ runtime, networks: ofRuntime = [] }) => (ofRuntime as Record<string, unknown>[]).map((row) => ({ runtime, ...row })));
report([...rows, ...onnxruntime.map((row) => ({ runtime: 'onnxruntime', ...row }))], {
  bench: 'runtimes',
  node: process.version,
  processor: cpus()[0]?.model ?? 'unknown',
  threads: availableParallelism(),
  batch: rowCount,
  auto,
  runtimes,
  onnxruntime,
});
// A driver's threads would keep the process.
process.exit(0);
