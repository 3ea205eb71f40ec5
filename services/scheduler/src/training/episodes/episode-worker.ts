import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import { parentPort, workerData } from 'node:worker_threads';
import type { Workload } from '../../domain/index.js';
import { giveWay } from '../give-way.js';
import type { EpisodeThreadData, FromEpisodeThread, ToEpisodeThread } from './episode-messages.js';
import { EpisodeRunner } from './run-episodes.js';

/** A thread that runs the episodes it is sent, one message after the other. */

const runner = new EpisodeRunner();
const workloads = new Map<number, Workload>();
giveWay((workerData as EpisodeThreadData).niceness);

parentPort?.on('message', (message: ToEpisodeThread) => {
  if (message.type === 'workload') workloads.set(message.id, message.workload);
  else tell(answerTo(message));
});

function answerTo({ ticket, workloadId, task }: Extract<ToEpisodeThread, { type: 'run' }>): FromEpisodeThread {
  try {
    const workload = workloads.get(workloadId);
    if (workload === undefined) throw new OrreryError('ORRERY_CONFLICT', `workload ${workloadId} was never sent`);
    return { type: 'done', ticket, outcomes: runner.run({ ...task, workload }) };
  } catch (error) {
    return { type: 'failed', ticket, code: isOrreryError(error) ? error.code : 'ORRERY_NUMERICAL', message: messageOf(error) };
  }
}

function tell(message: FromEpisodeThread): void {
  parentPort?.postMessage(message);
}
