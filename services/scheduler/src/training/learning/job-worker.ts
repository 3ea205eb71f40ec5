import { isOrreryError, messageOf } from '@orrery/errors';
import { parentPort, workerData } from 'node:worker_threads';
import { EpisodePool } from '../episodes/episode-pool.js';
import { giveWay } from '../give-way.js';
import { carryOut } from './carry-out.js';
import type { FromJobThread, JobThreadData } from './learning-job.js';

/** A thread that carries out one job with episode threads of its own, and answers once. */

const { job, workerCount, niceness } = workerData as JobThreadData;
const progressEveryMs = 200;
let toldAtMs = Number.NEGATIVE_INFINITY;

giveWay(niceness);
void answer();

async function answer(): Promise<void> {
  const pool = new EpisodePool({ workerCount, niceness });
  try {
    const result = await carryOut(job, {
      pool,
      onProgress: (progress) => {
        const nowMs = performance.now();
        if (nowMs - toldAtMs < progressEveryMs && progress.phase !== 'learning') return;
        toldAtMs = nowMs;
        tell({ type: 'progress', progress });
      },
    });
    tell({ type: 'done', result });
  } catch (error) {
    tell({ type: 'failed', code: isOrreryError(error) ? error.code : 'ORRERY_NUMERICAL', message: messageOf(error) });
  } finally {
    await pool.close();
  }
}

function tell(message: FromJobThread): void {
  parentPort?.postMessage(message);
}
