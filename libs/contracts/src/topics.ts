import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import { AnomalySchema, type Anomaly } from './gen/orrery/v1/anomaly_pb.js';
import { BaselineStateSchema, type BaselineState } from './gen/orrery/v1/baseline_pb.js';
import { ExecutionRecordSchema, type ExecutionRecord } from './gen/orrery/v1/execution_pb.js';
import { MetricSampledSchema, RunFinishedSchema, RunStartedSchema, TaskFinishedSchema, type MetricSampled, type RunFinished, type RunStarted, type TaskFinished } from './gen/orrery/v1/facts_pb.js';
import { PredictionMadeSchema, PredictionScoredSchema, type PredictionMade, type PredictionScored } from './gen/orrery/v1/prediction_pb.js';
import { ScheduleDecidedSchema, type ScheduleDecided } from './gen/orrery/v1/schedule_pb.js';

export interface TopicDefinition {
  readonly name: string;
  /** What the key is; records of one key keep their order. */
  readonly key: string;
  readonly partitions: number;
  /** How long records are kept; with `compact`, how long tombstones are. */
  readonly retentionMs: number;
  /** `compact` keeps the latest record of each key for good. Both logs do so from time to time: a reader may still meet older ones. */
  readonly cleanupPolicy: 'delete' | 'compact';
}

type TopicValue = ExecutionRecord | RunStarted | TaskFinished | RunFinished | MetricSampled | Anomaly | BaselineState | PredictionMade | PredictionScored | ScheduleDecided;

/** A topic whose values are one protobuf message. */
export interface TypedTopic<Value extends TopicValue> extends TopicDefinition {
  readonly schema: GenMessage<Value>;
}

const day = 24 * 60 * 60 * 1000;

/** Everything that came in, normalised and keyed by run: the one topic that the whole platform is rebuilt from. */
export const executionTopic: TypedTopic<ExecutionRecord> = {
  name: 'orrery.execution.v1',
  key: 'run_id',
  partitions: 8,
  retentionMs: 7 * day,
  cleanupPolicy: 'delete',
  schema: ExecutionRecordSchema,
};

/** Facts share their key (`workflowIdOf`), so that one partition of each topic holds all facts of a workflow in one order. */
export const runStartedTopic: TypedTopic<RunStarted> = {
  name: 'orrery.run.started.v1',
  key: 'workflow_id',
  partitions: 8,
  retentionMs: 30 * day,
  cleanupPolicy: 'delete',
  schema: RunStartedSchema,
};

export const taskFinishedTopic: TypedTopic<TaskFinished> = {
  name: 'orrery.task.finished.v1',
  key: 'workflow_id',
  partitions: 8,
  retentionMs: 30 * day,
  cleanupPolicy: 'delete',
  schema: TaskFinishedSchema,
};

export const runFinishedTopic: TypedTopic<RunFinished> = {
  name: 'orrery.run.finished.v1',
  key: 'workflow_id',
  partitions: 8,
  retentionMs: 30 * day,
  cleanupPolicy: 'delete',
  schema: RunFinishedSchema,
};

/** What gauges showed while runs ran. */
export const metricSampledTopic: TypedTopic<MetricSampled> = {
  name: 'orrery.metric.sampled.v1',
  key: 'workflow_id',
  partitions: 8,
  retentionMs: 30 * day,
  cleanupPolicy: 'delete',
  schema: MetricSampledSchema,
};

export const anomalyDetectedTopic: TypedTopic<Anomaly> = {
  name: 'orrery.anomaly.detected.v1',
  key: 'key_id',
  partitions: 8,
  retentionMs: 30 * day,
  cleanupPolicy: 'delete',
  schema: AnomalySchema,
};

/** What is normal, the latest of each workload key; a tombstone says that a baseline was dropped. */
export const baselineStateTopic: TypedTopic<BaselineState> = {
  name: 'orrery.baseline.state.v1',
  key: 'tenant_id/key_id',
  partitions: 8,
  retentionMs: 7 * day,
  cleanupPolicy: 'compact',
  schema: BaselineStateSchema,
};

/** What was predicted for somebody who asked. */
export const predictionMadeTopic: TypedTopic<PredictionMade> = {
  name: 'orrery.prediction.made.v1',
  key: 'workflow_id',
  partitions: 8,
  retentionMs: 30 * day,
  cleanupPolicy: 'delete',
  schema: PredictionMadeSchema,
};

/** Predictions beside what really happened. */
export const predictionScoredTopic: TypedTopic<PredictionScored> = {
  name: 'orrery.prediction.scored.v1',
  key: 'workflow_id',
  partitions: 8,
  retentionMs: 30 * day,
  cleanupPolicy: 'delete',
  schema: PredictionScoredSchema,
};

/** What was decided to start, with what the heuristic would have done in the same state. */
export const scheduleDecidedTopic: TypedTopic<ScheduleDecided> = {
  name: 'orrery.schedule.decided.v1',
  key: 'scheduler',
  partitions: 8,
  retentionMs: 30 * day,
  cleanupPolicy: 'delete',
  schema: ScheduleDecidedSchema,
};

/** Records that could not be processed, with the original bytes and the cause in their headers. */
export function deadLetterTopicOf(topic: string): TopicDefinition {
  return { name: `${topic}.dlq`, key: 'as the original', partitions: 1, retentionMs: 30 * day, cleanupPolicy: 'delete' };
}

/** The topic catalogue: every topic that Orrery writes, and the dead letters of those that it reads. */
export const topicCatalogue: readonly TopicDefinition[] = [
  executionTopic,
  runStartedTopic,
  taskFinishedTopic,
  runFinishedTopic,
  metricSampledTopic,
  anomalyDetectedTopic,
  baselineStateTopic,
  predictionMadeTopic,
  predictionScoredTopic,
  scheduleDecidedTopic,
  deadLetterTopicOf(executionTopic.name),
  deadLetterTopicOf(runStartedTopic.name),
  deadLetterTopicOf(taskFinishedTopic.name),
  deadLetterTopicOf(runFinishedTopic.name),
  deadLetterTopicOf(metricSampledTopic.name),
];
