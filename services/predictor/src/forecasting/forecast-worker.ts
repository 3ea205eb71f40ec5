import { isOrreryError, messageOf } from '@orrery/errors';
import { forecast } from '@orrery/learning';
import { parentPort } from 'node:worker_threads';
import { forecastCapacity, forecastSamples } from '../domain/forecast/index.js';
import type { ForecastJobs, ForecastQuestion, ForecastReply } from './forecast-thread.js';

/** The other end of the forecast thread: answers one question after the other. */
parentPort?.on('message', ({ id, kind, input }: ForecastQuestion) => parentPort?.postMessage(answer(id, kind, input)));

const makers: { readonly [Kind in keyof ForecastJobs]: (input: ForecastJobs[Kind]['input']) => ForecastJobs[Kind]['result'] } = { capacity: forecastCapacity, samples: forecastSamples, values: forecast };

function answer(id: number, kind: keyof ForecastJobs, input: unknown): ForecastReply {
  try {
    return { id, result: makers[kind](input as never) };
  } catch (error) {
    return { id, code: isOrreryError(error) ? error.code : 'ORRERY_NUMERICAL', message: messageOf(error) };
  }
}
