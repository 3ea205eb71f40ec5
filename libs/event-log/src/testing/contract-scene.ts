import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicDefinition } from '@orrery/contracts';
import type { ConsumerTiming } from '../consume/consumer-timing.js';
import type { EventLog, LogBatch, LogConsumer, LogRecord, OutgoingRecord, Subscription } from '../event-log.js';
import { quickTiming, type ContractBackend } from './contract-backend.js';

const patienceMs = 40_000;

/** One spec's stage: a topic and a group of its own, and logs that are closed at its end. */
export class ContractScene {
  readonly topic = `spec.${randomUUID()}`;
  readonly groupId = `group-${randomUUID()}`;
  readonly log: EventLog;
  readonly #logs: EventLog[] = [];

  constructor(private readonly backend: ContractBackend) {
    this.log = this.openLog();
  }

  openLog(timing: Partial<ConsumerTiming> = {}): EventLog {
    const log = this.backend.open({ ...quickTiming, ...timing });
    this.#logs.push(log);
    return log;
  }

  async createTopic(partitions = 1): Promise<void> {
    await this.log.ensureTopics([topicNamed(this.topic, partitions)]);
  }

  /** Appends texts; with one key they share a partition. */
  async append(texts: readonly string[], key: string | null = 'key'): Promise<void> {
    await this.log.append(texts.map((text) => this.record(text, key)));
  }

  record(text: string, key: string | null = 'key'): OutgoingRecord {
    return { topic: this.topic, key, value: Buffer.from(text) };
  }

  /** A subscription whose handler collects what it gets. */
  collect(overrides: Partial<Subscription<string>> = {}): Collected {
    const batches: LogBatch<string>[] = [];
    const subscription: Subscription<string> = {
      groupId: this.groupId,
      topics: [this.topic],
      decode: textOf,
      handle: async (batch) => void batches.push(batch),
      ...overrides,
    };
    return { subscription, batches, texts: () => batches.flatMap((batch) => batch.records.map(({ value }) => value)) };
  }

  async deadLetters(): Promise<readonly LogRecord[]> {
    return this.log.read({ topic: `${this.topic}.dlq`, partition: 0 }, 0n, 5_000);
  }

  /** How many records the group has still to do, over all partitions. */
  async lag(): Promise<number> {
    const lags = await this.log.lag(this.groupId, [this.topic]);
    return lags.reduce((sum, { lag }) => sum + Number(lag), 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#logs.map((log) => log.close()));
  }
}

export interface Collected {
  readonly subscription: Subscription<string>;
  readonly batches: LogBatch<string>[];
  texts(): string[];
}

export function topicNamed(name: string, partitions: number): TopicDefinition {
  return { name, key: 'test', partitions, retentionMs: 60 * 60 * 1000, cleanupPolicy: 'delete' };
}

export function textOf(record: LogRecord): string {
  return Buffer.from(record.value ?? []).toString();
}

/** `prefix-0`, `prefix-1`, ... */
export function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/** Waits until a check no longer throws; its last error is the spec's when patience ends. */
export async function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(25);
    }
  }
}

/** A gate that a handler can wait at. */
export class Gate {
  #open: () => void = () => undefined;
  readonly #opened = new Promise<void>((resolve) => (this.#open = resolve));
  readonly #reached: Promise<void>;
  #reach: () => void = () => undefined;

  constructor() {
    this.#reached = new Promise<void>((resolve) => (this.#reach = resolve));
  }

  open(): void {
    this.#open();
  }

  async pass(): Promise<void> {
    this.#reach();
    await this.#opened;
  }

  /** Resolves when someone waits. */
  reached(): Promise<void> {
    return this.#reached;
  }
}

export async function stopAll(consumers: readonly LogConsumer[]): Promise<void> {
  await Promise.all(consumers.map((consumer) => consumer.stop()));
}
