import { createServer, type AddressInfo } from 'node:net';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { Predictor } from '@orrery/contracts';
import { openDatabase } from '@orrery/persistence';
import { predictorCore, predictorMigrations, predictorSettings } from '@orrery/predictor';
import { createLogger } from '@orrery/telemetry';
import { z } from 'zod';
import { parseOptions } from './harness/options.js';
import { startPlatform } from './harness/platform.js';
import { progress, report } from './harness/report.js';
import { quantile, rounded } from './harness/statistics.js';
import { inTurn, openLoop } from './predict-latency/open-loop.js';
import { askedTask, endedTask, factBatch, taughtFacts } from './predict-latency/taught-workflows.js';

// How long an engine waits that asks before it starts a task: in process, over gRPC, and a hundred at once, while 200 questions a second come
// in; and how long it takes until the end of a task is learned. With trained models that serve, on a real PostgreSQL.

const values = parseOptions('predict-latency', {
  rate: { type: 'string', default: '200' },
  seconds: { type: 'string', default: '28' },
  workflows: { type: 'string', default: '40' },
  runs: { type: 'string', default: '60' },
});
const [ratePerSecond, seconds, workflows, runs] = [values.rate, values.seconds, values.workflows, values.runs].map(Number) as [number, number, number, number];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function train(url: string, kind: string): Promise<string> {
  const asked = (await (await fetch(`${url}/api/v1/trainings`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ kind, seed: 1 }) })).json()) as { training_id: string };
  for (;;) {
    const { status, message } = (await (await fetch(`${url}/api/v1/trainings/${asked.training_id}`)).json()) as { status: string; message: string };
    if (status !== 'queued' && status !== 'running') return `${status}: ${message}`;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const grpcPort = await freePort();
const platform = await startPlatform({ environment: { ORRERY_PREDICTOR_GRPC_PORT: String(grpcPort), ORRERY_PREDICTOR_AUTO_TRAINING: 'false' } });
const database = await openDatabase({ url: platform.databaseUrl, schema: 'predictor', migrations: predictorMigrations });
try {
  const config = z.object(predictorSettings).parse({ ORRERY_PREDICTOR_AUTO_TRAINING: 'false' });
  const { service, asking, ledger } = predictorCore({ config, database, logger: createLogger('bench', 'warn'), now: Date.now });
  progress(`${workflows} workflows are taught ${runs} runs each`);
  let offset = 0n;
  const taughtAtMs = performance.now();
  for (const batch of taughtFacts(workflows, runs)) {
    await service.apply(factBatch(batch, offset));
    offset += BigInt(batch.length);
  }
  const learnPerSecond = Math.round(Number(offset) / ((performance.now() - taughtAtMs) / 1000));
  for (const kind of ['duration', 'memory', 'failure']) progress(`training ${kind}: ${await train(platform.url, kind)}`);

  const work = { ratePerSecond, seconds };
  progress('in process');
  const inProcess = await openLoop(work, (index) => asking.answer('default', [askedTask(index, workflows)]));
  progress('over gRPC');
  const client = createClient(Predictor, createGrpcTransport({ baseUrl: `http://127.0.0.1:${grpcPort}` }));
  const overGrpc = await openLoop(work, async (index) => {
    const { engine, namespace, workflow, task, input_size_bytes: inputSizeBytes } = askedTask(index, workflows);
    await client.predict({ engine: engine ?? '', namespace: namespace ?? '', workflow, task, inputSizeBytes: inputSizeBytes ?? 0 });
  });
  progress('a hundred at once, and updates');
  const batches = await openLoop({ ratePerSecond: 4, seconds: 5 }, (index) => asking.answer('default', Array.from({ length: 100 }, (_, place) => askedTask(index * 100 + place, workflows))));
  const updates = await inTurn(300, async (index) => {
    await service.apply(factBatch([endedTask(index, workflows)], offset++));
  });
  await ledger.stop();

  const row = (name: string, { latenciesMs, failed }: typeof inProcess) => ({ measured: name, n: latenciesMs.length, failed, p50_ms: rounded(quantile(latenciesMs, 0.5), 2), p99_ms: rounded(quantile(latenciesMs, 0.99), 2), max_ms: rounded(Math.max(...latenciesMs), 1) });
  report([row('in process', inProcess), row('over gRPC', overGrpc), row('100 at once', batches), row('update', updates)], {
    bench: 'predict-latency',
    single_p50_ms: rounded(quantile(inProcess.latenciesMs, 0.5), 2),
    single_p99_ms: rounded(quantile(inProcess.latenciesMs, 0.99), 2),
    grpc_p50_ms: rounded(quantile(overGrpc.latenciesMs, 0.5), 2),
    grpc_p99_ms: rounded(quantile(overGrpc.latenciesMs, 0.99), 2),
    batch100_ms: rounded(quantile(batches.latenciesMs, 0.5), 1),
    update_ms: rounded(quantile(updates.latenciesMs, 0.5), 1),
    update_p99_ms: rounded(quantile(updates.latenciesMs, 0.99), 1),
    learn_tasks_per_s: learnPerSecond,
    failed: inProcess.failed + overGrpc.failed + batches.failed + updates.failed,
    rate_per_s: ratePerSecond,
    workflows,
    runs,
  });
} finally {
  await database.close();
  await platform.stop();
}
