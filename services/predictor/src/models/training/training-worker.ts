import { isOrreryError, messageOf } from '@orrery/errors';
import { parentPort, workerData } from 'node:worker_threads';
import type { PastExecution, TrainingProgress } from '../../domain/boosted/index.js';
import { parseExample } from './parse-example.js';
import { train, type FromThread, type ThreadData, type ToThread } from './training-job.js';

/** A training thread: it is sent rows, trains when it is told to, and answers once. */

const { job, stopFlag } = workerData as ThreadData;
const flag = new Int32Array(stopFlag);
const examples: PastExecution[] = [];
const progressEveryMs = 200;
let toldAtMs = 0;

parentPort?.on('message', (message: ToThread) => {
  if (message.type === 'rows') for (const row of message.rows) examples.push(parseExample(row));
  else void answer();
});

async function answer(): Promise<void> {
  try {
    tell({ type: 'done', result: await train(job, examples, { onProgress: tellProgress, shouldStop: () => Atomics.load(flag, 0) !== 0 }) });
  } catch (error) {
    tell({ type: 'failed', code: isOrreryError(error) ? error.code : 'ORRERY_NUMERICAL', message: messageOf(error) });
  }
}

function tellProgress(progress: TrainingProgress): void {
  const nowMs = performance.now();
  if (nowMs - toldAtMs < progressEveryMs) return;
  toldAtMs = nowMs;
  tell({ type: 'progress', progress });
}

function tell(message: FromThread): void {
  parentPort?.postMessage(message);
}
