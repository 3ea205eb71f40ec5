export { boostedLevels, boostedTargets, decodeBoosted, encodeBoosted, predictBoosted, type BoostedModel, type BoostedTarget } from './boosted-model.js';
export { inOrder } from './boosted-rows.js';
export { joinParts, splitParts } from './byte-parts.js';
export { fewestExamples, fitBoosted, type BoostedTraining, type FittedBoosted } from './fit-boosted.js';
export { calibrationOf, measureCandidate, type CalibrationPoint, type CandidateMetrics } from './held-out-metrics.js';
export { compareLosses, fewestRows, type Comparison } from './paired-comparison.js';
export { splitByTime, type TimeSplit, type Timed } from './time-split.js';
export type { PastExecution } from './past-execution.js';
export type { TrainingControl, TrainingProgress, TrainingReport } from './training-report.js';
