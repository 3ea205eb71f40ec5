export { forecastCapacity, type CapacityForecast, type CapacityHour, type CapacityInput, type Quantiles } from './forecast-capacity.js';
export { forecastSamples, type SamplesForecast, type SamplesInput } from './forecast-samples.js';
