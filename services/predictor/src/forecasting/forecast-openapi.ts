import { describeOperations, type Operation } from '@orrery/http';
import { capacityQuery, seriesQuery } from './forecast-inputs.js';
import { capacitySchema, seriesSchema } from './forecast.view.js';

/** Every route of forecasts. */
export const forecastOperations: readonly Operation[] = [
  { path: '/api/v1/forecast', method: 'get', id: 'getForecast', summary: 'Runs and load of the hours to come, peaks, and what it will cost', query: capacityQuery, response: capacitySchema },
  { path: '/api/v1/forecast/series', method: 'get', id: 'getSeriesForecast', summary: 'What a gauge will show in the minutes to come', query: seriesQuery, response: seriesSchema },
];

/** The routes of forecasts, made from the schemas that check their input and describe their output. */
export const forecastOpenApi = describeOperations(forecastOperations, { tag: 'forecasts' });
