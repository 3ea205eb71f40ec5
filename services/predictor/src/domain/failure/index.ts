export { failureFeatureNames, failureFeatures, failureFeatureTopics, type FailureTopic } from './failure-features.js';
export { decodeFailure, encodeFailure, failureProbability, failureSettings, fitFailure, type FailureModel, type FailureRows, type FailureTraining } from './failure-model.js';
export type { FailureQuery, OutcomePoint } from './outcome-point.js';
export { predictFailure, type FailurePrediction } from './predict-failure.js';
