export { runningOpenApi, runningOperations, runningParts, type RunningOptions, type RunningParts } from './running-parts.js';
export type { RunPredictionView } from './run-prediction.view.js';
