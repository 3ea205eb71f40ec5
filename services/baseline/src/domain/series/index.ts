export { type SeriesValue } from './judge-series.js';
export { learnSeriesEvent, type SeriesVerdict } from './learn-series.js';
export { causeOfSeries, seriesIdOf, subjectOfSeries, type SeriesKey } from './series-key.js';
export { sampledFactId, sampledSeries, submissionOf, type SeriesEvent } from './series-of-fact.js';
export { decodeSeries, emptySeries, encodeSeries, submissionIntervalMs, type SeriesState } from './series-state.js';
