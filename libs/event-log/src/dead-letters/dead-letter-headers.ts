/**
 * The headers of a dead letter. The first group are Spring Kafka's names and encodings, so that its tools read ours: partition
 * is an int32, offset and timestamp are int64, all big-endian bytes (carried as `base64:` text), the rest is UTF-8.
 * Source: Spring for Apache Kafka, KafkaHeaders and DeadLetterPublishingRecoverer.
 */
export const deadLetterHeaders = {
  originalTopic: 'kafka_dlt-original-topic',
  originalPartition: 'kafka_dlt-original-partition',
  originalOffset: 'kafka_dlt-original-offset',
  originalTimestamp: 'kafka_dlt-original-timestamp',
  consumerGroup: 'kafka_dlt-original-consumer-group',
  exceptionName: 'kafka_dlt-exception-fqcn',
  exceptionMessage: 'kafka_dlt-exception-message',
  /** The `OrreryError` code, or `UNKNOWN`. */
  errorCode: 'orrery-error-code',
  /** `undecodable` or `unprocessable`. */
  reason: 'orrery-dead-letter-reason',
} as const;

/** On a record that was replayed: `<dead letter topic>/<partition>/<offset>`. */
export const replayedFromHeader = 'orrery-replayed-from';

/** Every name above; a replayed record is sent without them. */
export const deadLetterHeaderNames: ReadonlySet<string> = new Set(Object.values(deadLetterHeaders));
