export type { Arm, ArmSource } from './arm-source.js';
export { decisionRecordOf, type DecidedRun, type DecisionRecord } from './decision-record.js';
export { experimentOpenApi, experimentOperations } from './experiment-openapi.js';
export { experimentParts, type ExperimentOptions, type ExperimentParts } from './experiment-parts.js';
export type { ToldEnd } from './learn-outcomes.js';
