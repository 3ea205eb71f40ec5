import { isOrreryError, messageOf } from '@orrery/errors';
import { parentPort } from 'node:worker_threads';
import { forecastCapacity, forecastSamples, type CapacityInput, type SamplesInput } from '../domain/forecast/index.js';
import type { ForecastQuestion, ForecastReply } from './forecast-thread.js';

/** The other end of the forecast thread: answers one question after the other. */
parentPort?.on('message', ({ id, kind, input }: ForecastQuestion) => parentPort?.postMessage(answer(id, kind, input)));

function answer(id: number, kind: ForecastQuestion['kind'], input: unknown): ForecastReply {
  try {
    return { id, result: kind === 'capacity' ? forecastCapacity(input as CapacityInput) : forecastSamples(input as SamplesInput) };
  } catch (error) {
    return { id, code: isOrreryError(error) ? error.code : 'ORRERY_NUMERICAL', message: messageOf(error) };
  }
}
