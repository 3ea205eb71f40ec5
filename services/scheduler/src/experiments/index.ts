export type { Arm, ArmSource } from './arm-source.js';
export type { DecidedRun, DecisionRecord } from './decision-record.js';
export { experimentOpenApi, experimentOperations } from './experiment-openapi.js';
export { experimentParts, type ExperimentOptions, type ExperimentParts } from './experiment-parts.js';
