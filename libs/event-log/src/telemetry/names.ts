/** Every metric of the event log; labels are bounded: topics, groups, partitions and the closed sets of reasons and outcomes. */
export const logMetricNames = {
  /** Counter {topic, reason}; reason is `undecodable` or `unprocessable`. */
  deadLetters: 'orrery_dead_letters_total',
  /** Gauge {group, topic, partition}: records between the group's position and the end, for the partitions this process has. */
  consumerLag: 'orrery_consumer_lag_records',
  /** Histogram {group, topic, outcome}: seconds in the handler, one value per attempt; outcome is `done` or `failed`. */
  batchDuration: 'orrery_consumer_batch_duration_seconds',
} as const;

export const logSpanNames = {
  /** One span per append; `destination` is the topic, or `batch` when the records go to several. */
  send: (destination: string): string => `send ${destination}`,
  /** One span per attempt to handle a batch. */
  process: (topic: string): string => `process ${topic}`,
} as const;

/** OpenTelemetry's names for messaging. Source: semantic conventions 1.37, messaging spans. */
export const messagingAttributeNames = {
  system: 'messaging.system',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destination: 'messaging.destination.name',
  partition: 'messaging.destination.partition.id',
  consumerGroup: 'messaging.consumer.group.name',
  messageCount: 'messaging.batch.message_count',
  clientId: 'messaging.client.id',
} as const;

export const instrumentationName = '@orrery/event-log';
