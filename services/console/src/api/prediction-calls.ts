import type { Accuracy, Forecast, Model } from './prediction-shapes.js';
import { getJson } from './request.js';
import type { Page } from './wire-shapes.js';

export const readAccuracy = (workflow: string, signal: AbortSignal): Promise<Accuracy> => getJson('accuracy', { workflow }, signal);

/** Runs and load of the week to come, by the hour. */
export const readForecast = (workflow: string, signal: AbortSignal): Promise<Forecast> => getJson('forecast', { workflow }, signal);

/** The newest models: those that serve, and what became of the others. */
export const listModels = (signal: AbortSignal): Promise<Page<Model>> => getJson('models', { limit: 20 }, signal);
