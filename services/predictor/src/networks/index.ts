export { workerTrainer, type NetworkTrainer } from './network-trainer.js';
export { onnxModel, weightsOfModel } from './onnx-graph.js';
export { loadOnnxRuntime, serveNetwork, type OnnxRuntime, type ServedNetwork, type ServingParts } from './onnx-serving.js';
export { parityLimit, publishNetwork } from './publish-network.js';
export { checkPublished, checksumOf, type NetworkMetadata, type ParityCheck, type PublishedNetwork } from './published-network.js';
export { predictNext, splitSequences, trainSequenceNetwork, type NextStep, type SequenceEvaluation, type SequenceNetwork, type SequenceNetworkOptions, type SequenceParts, type SequenceUse } from './sequence-network.js';
export type { SeriesEvaluation } from './series-evaluation.js';
export { predictSeries, seriesQuantiles, trainSeriesNetwork, type SeriesForecast, type SeriesNetwork, type SeriesNetworkOptions, type SeriesUse } from './series-network.js';
export * from '../runtime/index.js';
