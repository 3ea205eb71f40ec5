import { messageOf, OrreryError } from '@orrery/errors';
import { backoffMs } from '../consume/backoff.js';
import type { ResolvedSubscription } from '../consume/resolved-subscription.js';
import { Signal } from '../concurrency/signal.js';
import type { ConsumerState, LogConsumer, TopicPartition } from '../event-log.js';
import type { KnownLag } from '../telemetry/log-metrics.js';
import { connectionPart, KafkaSession, type SessionParts } from './kafka-session.js';

const restartTiming = { baseMs: 250, maxMs: 5_000 };
const endsIntervalMs = 15_000;

export type KafkaConsumerParts<Value> = Omit<SessionParts<Value>, 'isPaused'> & { onStopped(): void };

/** A member of a group; a kafkajs consumer that crashed is replaced by a new one, for as long as it takes. */
export class KafkaConsumer<Value> implements LogConsumer {
  readonly #wake = new Signal();
  #session: KafkaSession<Value> | undefined;
  #isPaused = false;
  #stopping: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #endsTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly subscription: ResolvedSubscription<Value>,
    private readonly parts: KafkaConsumerParts<Value>,
  ) {}

  start(): void {
    this.#running = this.#superviseSessions();
    this.#endsTimer = setInterval(() => void this.#refreshEnds(), endsIntervalMs);
    this.#endsTimer.unref();
  }

  state(): ConsumerState {
    return this.parts.status.state;
  }

  reason(): string | undefined {
    return this.parts.status.reason;
  }

  assignments(): readonly TopicPartition[] {
    return (this.#session?.partitions ?? []).map(({ at }) => at);
  }

  lags(): readonly KnownLag[] {
    return (this.#session?.partitions ?? []).map(({ at, lag }) => ({ ...at, lag: Number(lag) }));
  }

  pause(): void {
    this.#isPaused = true;
    for (const partition of this.#session?.partitions ?? []) partition.hold('paused');
  }

  resume(): void {
    this.#isPaused = false;
    for (const partition of this.#session?.partitions ?? []) partition.release('paused');
  }

  async seek({ topic, partition }: TopicPartition, offset: bigint): Promise<void> {
    const { positions, groupId } = this.subscription;
    const session = this.#session;
    const found = session?.find({ topic, partition });
    if (session === undefined || found === undefined) {
      throw new OrreryError('ORRERY_CONFLICT', `${topic}/${partition} is not this consumer's`, { details: { topic, partition } });
    }
    if (positions !== undefined && positions.reset === undefined) {
      throw new OrreryError('ORRERY_CONFIG', `the positions of group ${groupId} cannot be moved back: their store has no reset`);
    }
    await session.seek(found, offset);
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#shutDown();
    await this.#stopping;
  }

  async #superviseSessions(): Promise<void> {
    const { status } = this.parts;
    for (let failures = 0; this.#stopping === undefined; ) {
      const session = new KafkaSession(this.subscription, { ...this.parts, isPaused: () => this.#isPaused || status.isBroken });
      this.#session = session;
      try {
        await session.run();
      } catch (error) {
        if (this.#stopping !== undefined) return;
        failures = session.hasJoined ? 1 : failures + 1;
        status.retrying(connectionPart, messageOf(error));
        void session.stop();
        await this.#wake.wait(backoffMs(restartTiming, failures, Math.random()));
      }
    }
  }

  async #shutDown(): Promise<void> {
    clearInterval(this.#endsTimer);
    this.#wake.raise();
    await this.#session?.stop();
    await this.#running;
    this.parts.status.stopped();
    this.parts.onStopped();
  }

  /** What is held is not fetched, so that nobody else tells how far its end has moved on. */
  async #refreshEnds(): Promise<void> {
    const held = (this.#session?.partitions ?? []).filter((partition) => partition.isHeld);
    for (const topic of new Set(held.map(({ at }) => at.topic))) {
      const bounds = await this.parts.topics.bounds(topic).catch(() => []);
      for (const { partition, end } of bounds) {
        const found = held.find(({ at }) => at.topic === topic && at.partition === partition);
        if (found !== undefined) found.end = end;
      }
    }
  }
}
