import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import { ExecutionRecordSchema, type ExecutionRecord } from './gen/orrery/v1/execution_pb.js';
import { RunFinishedSchema, TaskFinishedSchema, type RunFinished, type TaskFinished } from './gen/orrery/v1/facts_pb.js';

export interface TopicDefinition {
  readonly name: string;
  /** What the key is; records of one key keep their order. */
  readonly key: string;
  readonly partitions: number;
  /** How long records are kept. */
  readonly retentionMs: number;
  readonly cleanupPolicy: 'delete' | 'compact';
}

/** A topic whose values are one protobuf message. */
export interface TypedTopic<Value extends ExecutionRecord | TaskFinished | RunFinished> extends TopicDefinition {
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

export const taskFinishedTopic: TypedTopic<TaskFinished> = {
  name: 'orrery.task.finished.v1',
  key: 'run_id',
  partitions: 8,
  retentionMs: 30 * day,
  cleanupPolicy: 'delete',
  schema: TaskFinishedSchema,
};

export const runFinishedTopic: TypedTopic<RunFinished> = {
  name: 'orrery.run.finished.v1',
  key: 'run_id',
  partitions: 8,
  retentionMs: 30 * day,
  cleanupPolicy: 'delete',
  schema: RunFinishedSchema,
};

/** Records that could not be processed, with the original bytes and the cause in their headers. */
export function deadLetterTopicOf(topic: string): TopicDefinition {
  return { name: `${topic}.dlq`, key: 'as the original', partitions: 1, retentionMs: 30 * day, cleanupPolicy: 'delete' };
}

/** The topic catalogue: every topic that Orrery writes. */
export const topicCatalogue: readonly TopicDefinition[] = [
  executionTopic,
  taskFinishedTopic,
  runFinishedTopic,
  deadLetterTopicOf(executionTopic.name),
  deadLetterTopicOf(taskFinishedTopic.name),
  deadLetterTopicOf(runFinishedTopic.name),
];
