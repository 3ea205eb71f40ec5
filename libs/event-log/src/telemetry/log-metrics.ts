import { metrics, type Attributes, type Counter, type Histogram, type ObservableResult } from '@opentelemetry/api';
import type { TopicPartition } from '../event-log.js';
import { instrumentationName, logMetricNames } from './names.js';

export type DeadLetterReason = 'undecodable' | 'unprocessable';

/** How far a group is behind on a partition that this process has. */
export interface KnownLag extends TopicPartition {
  readonly lag: number;
}

/**
 * The metrics of one log. Instruments are made with the log and not when the module loads: the metrics API has no stand-in for
 * a provider that is set later, so what is made before telemetry starts never reports.
 */
export class LogMetrics {
  readonly #deadLetters: Counter;
  readonly #batchDuration: Histogram;
  readonly #lagSources = new Set<{ readonly groupId: string; readonly read: () => readonly KnownLag[] }>();
  readonly #reportedLags = new Map<string, Attributes>();

  constructor() {
    const meter = metrics.getMeter(instrumentationName);
    this.#deadLetters = meter.createCounter(logMetricNames.deadLetters, { description: 'Records put into the dead letters.' });
    this.#batchDuration = meter.createHistogram(logMetricNames.batchDuration, {
      description: 'Time in the handler of a batch, for each attempt.',
      unit: 's',
      advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] },
    });
    const lag = meter.createObservableGauge(logMetricNames.consumerLag, { description: 'Records that a group has not processed yet.' });
    lag.addCallback((result) => this.#reportLags(result));
  }

  countDeadLetters(topic: string, reason: DeadLetterReason, count: number): void {
    this.#deadLetters.add(count, { topic, reason });
  }

  recordBatch(attributes: { readonly group: string; readonly topic: string; readonly outcome: 'done' | 'failed' }, durationMs: number): void {
    this.#batchDuration.record(durationMs / 1000, attributes);
  }

  /** Reports a consumer's lag until the returned function is called. */
  observeLag(groupId: string, read: () => readonly KnownLag[]): () => void {
    const source = { groupId, read };
    this.#lagSources.add(source);
    return () => void this.#lagSources.delete(source);
  }

  /** A partition that went elsewhere counts as 0 here: the SDK would repeat its last value for ever. */
  #reportLags(result: ObservableResult): void {
    const gone = new Map(this.#reportedLags);
    for (const { groupId, read } of this.#lagSources) {
      for (const { topic, partition, lag } of read()) {
        const attributes = { group: groupId, topic, partition };
        const key = `${groupId} ${topic} ${partition}`;
        result.observe(lag, attributes);
        this.#reportedLags.set(key, attributes);
        gone.delete(key);
      }
    }
    for (const attributes of gone.values()) result.observe(0, attributes);
  }
}
