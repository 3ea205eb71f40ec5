export { decodeRing, emptyRing, encodeRing, mostSamples, rememberSamples, sampleIntervalMs, samplesUntil, type Sample, type SampleRing } from './sample-ring.js';
export { canonicalAttributes, seriesIdOf, seriesOfFact, type SeriesKey, type SeriesSamples } from './series-of-fact.js';
