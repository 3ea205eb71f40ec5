import { randomUUID } from 'node:crypto';
import { messageOf, OrreryError } from '@orrery/errors';
import type { ConsumerStatus } from '../consume/consumer-status.js';
import type { ConsumerTiming } from '../consume/consumer-timing.js';
import type { PartitionProcessor } from '../consume/partition-processor.js';
import type { ResolvedSubscription } from '../consume/resolved-subscription.js';
import { Signal } from '../concurrency/signal.js';
import { Slots } from '../concurrency/slots.js';
import type { ConsumerState, LogConsumer, TopicPartition } from '../event-log.js';
import type { KnownLag } from '../telemetry/log-metrics.js';
import type { ChangeListener, ChangeObserver } from './change-listener.js';
import type { GroupStore, Lease, Member } from './group-store.js';
import { PartitionRunner } from './partition-runner.js';
import { planAssignment, type GroupView } from './partition-quota.js';
import type { RecordReader } from './record-reader.js';
import type { KnownPartition } from './topic-registry.js';

const membership = 'membership';

export interface PostgresConsumerParts<Value> {
  readonly store: GroupStore;
  readonly reader: RecordReader;
  readonly listener: ChangeListener;
  readonly status: ConsumerStatus;
  readonly timing: ConsumerTiming;
  /** Every partition of the subscribed topics. */
  readonly partitions: readonly KnownPartition[];
  /** The group and the topics as the tables know them. */
  readonly stored: Omit<Member, 'memberId'>;
  processorFor(at: TopicPartition): PartitionProcessor<Value>;
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
  onStopped(): void;
}

/** A member of a group: keeps its lease alive, takes and gives partitions, and runs one runner for each that it has. */
export class PostgresConsumer<Value> implements LogConsumer, ChangeObserver {
  readonly #member: Member;
  readonly #slots: Slots;
  readonly #beatNow = new Signal();
  readonly #runners = new Map<number, { readonly runner: PartitionRunner<Value>; readonly lease: Lease; isReleasing: boolean }>();
  /** Lost, with a page still in hand; must not be taken again before that is through. */
  readonly #draining = new Set<number>();
  readonly #ends = new Map<number, bigint>();
  #leaseUntilMs = 0;
  #isPaused = false;
  #stopping: Promise<void> | undefined;
  #beating: Promise<void> | undefined;
  #stopObserving: (() => void) | undefined;

  constructor(
    private readonly subscription: ResolvedSubscription<Value>,
    private readonly parts: PostgresConsumerParts<Value>,
  ) {
    this.#member = { ...parts.stored, memberId: randomUUID() };
    this.#slots = new Slots(parts.timing.maxConcurrentPartitions);
  }

  async start(): Promise<void> {
    try {
      await this.parts.store.join(this.#member, this.parts.timing.sessionTimeoutMs);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#stopObserving = this.parts.listener.observe(this);
    this.#beating = this.#keepAlive();
  }

  state(): ConsumerState {
    return this.parts.status.state;
  }

  reason(): string | undefined {
    return this.parts.status.reason;
  }

  assignments(): readonly TopicPartition[] {
    return [...this.#runners.values()].map(({ runner }) => ({ topic: runner.at.topic, partition: runner.at.partition }));
  }

  lags(): readonly KnownLag[] {
    return [...this.#runners.values()].map(({ runner }) => ({ topic: runner.at.topic, partition: runner.at.partition, lag: Number(runner.lag) }));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#wakeAll();
  }

  async seek({ topic, partition }: TopicPartition, offset: bigint): Promise<void> {
    const entry = [...this.#runners.values()].find(({ runner }) => runner.at.topic === topic && runner.at.partition === partition);
    if (entry === undefined) throw new OrreryError('ORRERY_CONFLICT', `${topic}/${partition} is not this consumer's`, { details: { topic, partition } });
    await entry.runner.seek(offset);
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#shutDown();
    await this.#stopping;
  }

  appended(partitionId: number, end: bigint): void {
    this.#ends.set(partitionId, end);
    this.#runners.get(partitionId)?.runner.noteEnd(end);
  }

  groupChanged(groupId: string): void {
    if (groupId === this.#member.groupId) this.#beatNow.raise();
  }

  reconnected(): void {
    this.#beatNow.raise();
  }

  async #keepAlive(): Promise<void> {
    const { timing, status } = this.parts;
    while (this.#stopping === undefined) {
      try {
        await this.#beat();
        status.recovered(membership);
        status.started();
      } catch (error) {
        status.retrying(membership, messageOf(error));
      }
      if (this.#stopping === undefined) await this.#beatNow.wait(timing.heartbeatMs);
    }
  }

  async #beat(): Promise<void> {
    const { store, timing } = this.parts;
    const startedAtMs = performance.now();
    const view = await store.beat(this.#member, timing.sessionTimeoutMs);
    // Counted from before the question: the server's lease lasts at least as long as what we believe.
    this.#leaseUntilMs = startedAtMs + timing.sessionTimeoutMs;
    this.#dropLost(view);
    for (const { partitionId, end } of view.partitions) this.appended(partitionId, end);
    const plan = planAssignment(view, this.#member.memberId, new Set(this.#runners.keys()));
    for (const partitionId of plan.release) void this.#release(partitionId);
    for (const { partitionId, epoch } of plan.disown) {
      if (!this.#draining.has(partitionId)) await store.release(this.#member, { partitionId, epoch, committed: null });
    }
    const claim = plan.claim.filter((partitionId) => !this.#draining.has(partitionId));
    if (claim.length === 0 || this.parts.status.isBroken || this.#stopping !== undefined) return;
    for (const lease of await store.claim(this.#member, claim)) this.#take(lease);
  }

  /** Another member took a partition while this one was thought dead; what is in hand will not be committed. */
  #dropLost({ partitions }: GroupView): void {
    const { memberId } = this.#member;
    const epochs = new Map(partitions.filter(({ owner }) => owner === memberId).map(({ partitionId, epoch }) => [partitionId, epoch]));
    for (const [partitionId, { runner, lease }] of this.#runners) {
      if (epochs.get(partitionId) === lease.epoch) continue;
      this.#runners.delete(partitionId);
      this.#draining.add(partitionId);
      void runner.stop().then(() => this.#draining.delete(partitionId));
    }
  }

  #take(lease: Lease): void {
    const { status, reader, timing, store } = this.parts;
    const at = this.parts.partitions.find(({ partitionId }) => partitionId === lease.partitionId);
    if (at === undefined || this.#stopping !== undefined) return;
    const host = {
      ...{ status, reader, slots: this.#slots, retry: timing.retry },
      mayWork: () => !this.#isPaused && !status.isBroken && performance.now() < this.#leaseUntilMs,
      commit: async (nextOffset: bigint) => {
        const isOurs = await store.commit(this.#member, lease, nextOffset);
        if (!isOurs) this.#beatNow.raise();
        return isOurs;
      },
      warn: (message: string, details: Readonly<Record<string, unknown>>) => this.parts.warn(message, details),
    };
    const known = { at, committed: lease.committed, end: this.#ends.get(lease.partitionId) ?? 0n };
    const runner = new PartitionRunner(this.subscription, this.parts.processorFor(at), host, known);
    this.#runners.set(lease.partitionId, { runner, lease, isReleasing: false });
  }

  /** Drains, commits, releases; then another member may take it. */
  async #release(partitionId: number): Promise<void> {
    const entry = this.#runners.get(partitionId);
    if (entry === undefined || entry.isReleasing) return;
    entry.isReleasing = true;
    await entry.runner.stop();
    this.#runners.delete(partitionId);
    try {
      await this.parts.store.release(this.#member, entry.lease);
    } catch {
      // Still ours in the table: the next heartbeat takes it again, or gives it away once more.
      this.#beatNow.raise();
    }
  }

  async #shutDown(): Promise<void> {
    const { store, status } = this.parts;
    this.#stopObserving?.();
    this.#beatNow.raise();
    const lastBeats = setInterval(() => void this.#stayAlive(), this.parts.timing.heartbeatMs);
    await Promise.all([this.#beating, ...[...this.#runners.values()].map(({ runner }) => runner.stop())]);
    clearInterval(lastBeats);
    this.#runners.clear();
    // Away with the database: the lease runs out by itself.
    await store.leave(this.#member).catch(() => undefined);
    status.stopped();
    this.parts.onStopped();
  }

  /** A long last batch must not lose its partition while it is finished. */
  async #stayAlive(): Promise<void> {
    await this.parts.store.beat(this.#member, this.parts.timing.sessionTimeoutMs).catch(() => undefined);
  }

  #wakeAll(): void {
    for (const { runner } of this.#runners.values()) runner.wake();
  }
}
