export { removeOldArrivals } from './arrival.repository.js';
export { forecastOpenApi, forecastOperations } from './forecast-openapi.js';
export { forecastingParts, type ForecastingOptions, type ForecastingParts } from './forecasting-parts.js';
export { learnArrivals } from './learn-arrivals.js';
export { learnSamples, mostSeries, type LearnedSamples, type RecordedSamples } from './learn-samples.js';
export { removeStaleSeries } from './series.repository.js';
