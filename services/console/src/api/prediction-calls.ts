import type { Accuracy, Forecast } from './prediction-shapes.js';
import { getJson } from './request.js';

export const readAccuracy = (workflow: string, signal: AbortSignal): Promise<Accuracy> => getJson('accuracy', { workflow }, signal);

/** Runs and load of the week to come, by the hour. */
export const readForecast = (workflow: string, signal: AbortSignal): Promise<Forecast> => getJson('forecast', { workflow }, signal);
