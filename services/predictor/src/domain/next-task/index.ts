export { adviseNext, type NextTaskAdvice } from './advise-next.js';
export {
  annotationLabels,
  branchNameOf,
  marksOn,
  modeOn,
  onBranch,
  predictionModes,
  usualMode,
  type AnnotationLabel,
  type MarkedTransition,
  type OnBranch,
  type PredictionMode,
} from './guidance.js';
export { predictNext, type LearnedSequences, type NextTaskCandidate, type NextTaskModel, type NextTaskPrediction, type NextTaskQuestion } from './predict-next.js';
export { emptyLengths, endShareOf, learnLength, type RunLengths } from './run-lengths.js';
export { endOfRun, type Transition } from './transition.js';
