export { checkBatch, checkData, checkOutput, pickRows, randomData, sizeOf, sliceRows, withRisingQuantiles, type NetworkArray, type NetworkBatch, type NetworkData } from './network-data.js';
export { decodeWeights, encodeWeights, gateCount, headWidth, initialWeights, namedWeights, networkParameters, weightCount, type NetworkParameter } from './network-parameters.js';
export {
  checkSpec,
  networkInputs,
  outputWidth,
  stepWidth,
  targetWidth,
  type EmbeddingSpec,
  type MlpQuantilesSpec,
  type NetworkInput,
  type NetworkSpec,
  type RecurrentCell,
  type SequenceClassifierSpec,
  type SeriesForecasterSpec,
} from './network-spec.js';
export { maskedScore, referenceLoss, referenceOutputs } from './reference-forward.js';
export { fitScaling, scaledLimit, scaledRow, unscaled, type Scaling } from './scaling.js';
export { classifierOf, fitSequenceEncoding, SequenceEncoder, sequenceEnd, type EncodingLimits, type SequenceEncoding, type SequenceStep, type StepSequence } from './sequence-rows.js';
export {
  absolute,
  contextCount,
  forecasterOf,
  historyLength,
  relative,
  windowData,
  windowInputs,
  windowScale,
  windowsOf,
  type RegularSeries,
  type SeriesWindow,
  type WindowScale,
  type WindowShape,
} from './series-windows.js';
export {
  defaultTrainingSettings,
  runtimeNames,
  type AdapterInfo,
  type EpochReport,
  type LoadedNetwork,
  type NetworkWeights,
  type RuntimeDescription,
  type RuntimeName,
  type RuntimeProbe,
  type TensorRuntime,
  type TrainedNetwork,
  type TrainingData,
  type TrainingOptions,
  type TrainingSettings,
} from './tensor-runtime.js';
export { afterEpoch, shuffledRows, type EpochResult, type TrainingCourse } from './training-course.js';
