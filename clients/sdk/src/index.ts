export { Orrery, type Closing, type FlushOptions } from './orrery.js';
export type { OrreryOptions } from './settings.js';
export type { Run, RunOptions } from './run.js';
export type { End, Task, TaskOptions } from './task.js';
export type { Call, CallEnd } from './call.js';
export type { ArtifactFields, DataSetName, EventFields, MessageFields, SampleFields } from './scope-fields.js';
export type { LossReason, Problem, Statistics } from './tally.js';
export type { Moment } from './clock.js';
export type {
  Attributes,
  EventKind,
  ExecutionData,
  ExecutorData,
  FailureData,
  Labels,
  Outcome,
  RunIdentityData,
  Status,
  VersionControlData,
} from './execution-data.js';
