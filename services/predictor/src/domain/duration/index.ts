export type { DurationPoint, DurationPrediction, DurationQuery } from './duration-point.js';
export { cpuShareOf, machineFactor, type MachineBenchmarks, type MachineFactor, type TaskCharacter } from './machine-factor.js';
export { predictDuration } from './predict-duration.js';
