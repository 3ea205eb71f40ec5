import type { LogBatch } from '@orrery/event-log';
import type { Database, Transaction } from '@orrery/persistence';
import type { AnomalyWriter, Outbox } from './anomaly-writer.js';
import type { BaselineMetrics } from './baseline.metrics.js';
import { observationsOf, type BaselineFact } from './domain/index.js';
import { learnFinished } from './learn-finished.js';
import { learnStarted } from './learn-started.js';
import type { AnomalyChange } from './learning/anomaly-board.js';
import type { RecordedObservation } from './learning/batch-learner.js';
import { bucketOf, ensureBuckets } from './storage/bucket.js';
import { findRowsByIndex } from './storage/plan-settings.js';
import { addSeenFacts } from './storage/seen-fact.repository.js';
import { tallyObservations } from './storage/tally.repository.js';
import { rememberTenant } from './storage/tenants.js';

export const consumerGroup = 'baseline';

/** Remembers, within the transaction, how far a group is in a partition. */
export interface Positions {
  /** @throws ORRERY_CONFLICT when the batch does not begin where the group stands: another consumer has it, or it is done. */
  advance(transaction: Transaction, groupId: string, batch: LogBatch<unknown>): Promise<void>;
}

export interface BaselineParts {
  readonly database: Database;
  readonly positions: Positions;
  readonly outbox: Outbox;
  readonly anomalies: AnomalyWriter;
  readonly metrics: BaselineMetrics;
  /** Unix ms. */
  readonly now: () => number;
}

type Place = Pick<LogBatch<unknown>, 'topic' | 'partition'>;

interface Learned {
  readonly newCount: number;
  readonly changes: readonly AnomalyChange[];
}

/** Learns batches of facts. */
export class BaselineService {
  constructor(private readonly parts: BaselineParts) {}

  /**
   * Learns a batch in one transaction: position, what is known, anomalies, alerts and outgoing records are there together or not at all.
   * Facts that were learned before change nothing.
   *
   * @throws ORRERY_VALIDATION when a fact cannot be stored; the whole batch is undone, so that it can be halved.
   * @throws ORRERY_CONFLICT when the position is elsewhere.
   */
  async apply(batch: LogBatch<BaselineFact>): Promise<void> {
    const { database, positions, metrics, now } = this.parts;
    const nowMs = now();
    const entries = batch.records.flatMap(({ value, record: { timestampMs } }) =>
      observationsOf(value, timestampMs).map((observation): RecordedObservation => ({ observation, recordedAtMs: timestampMs, bucket: bucketOf(timestampMs, nowMs) })),
    );
    const learned = await metrics.timeWrite(() =>
      database.transaction(async (transaction) => {
        await positions.advance(transaction, consumerGroup, batch);
        await findRowsByIndex(transaction);
        await ensureBuckets(transaction, [...new Set(entries.map(({ bucket }) => bucket))]);
        const tenants: Learned[] = [];
        for (const [tenantId, own] of byTenant(entries)) tenants.push(await this.applyFor(transaction, tenantId, batch, own));
        return tenants;
      }),
    );
    metrics.countBatch(entries.length, learned.reduce((sum, { newCount }) => sum + newCount, 0));
    for (const { before, after } of learned.flatMap(({ changes }) => changes)) if (before === null) metrics.countOpened(after.type);
  }

  private async applyFor(transaction: Transaction, tenantId: string, { topic, partition }: Place, entries: readonly RecordedObservation[]): Promise<Learned> {
    await this.parts.database.actAs(transaction, tenantId);
    await rememberTenant(transaction, tenantId);
    const fresh = await this.notSeen(transaction, tenantId, entries);
    const atMs = fresh[0]?.recordedAtMs;
    if (atMs === undefined) return { newCount: 0, changes: [] };
    const started = fresh.filter(({ observation }) => observation.kind === 'started');
    const finished = fresh.filter(({ observation }) => observation.kind === 'finished');
    const { anomalies } = this.parts;
    const changes = [
      ...(started.length === 0 ? [] : await learnStarted(transaction, { tenantId, partition }, started, anomalies)),
      ...(finished.length === 0 ? [] : await learnFinished(transaction, tenantId, finished, this.parts)),
    ];
    if (finished.length > 0) await tallyObservations(transaction, tenantId, { atMs, writer: `${topic}/${partition}`, count: finished.length });
    return { newCount: fresh.length, changes };
  }

  /** The first of each fact that was never seen before, in the order of the log. */
  private async notSeen(transaction: Transaction, tenantId: string, entries: readonly RecordedObservation[]): Promise<readonly RecordedObservation[]> {
    const first = new Map<string, RecordedObservation>();
    for (const entry of entries) if (!first.has(entry.observation.observationId)) first.set(entry.observation.observationId, entry);
    const facts = [...first].map(([factId, { bucket }]) => ({ factId, bucket }));
    const isNew = await addSeenFacts(transaction, tenantId, facts);
    return [...first.values()].filter(({ observation }) => isNew.has(observation.observationId));
  }
}

function byTenant(entries: readonly RecordedObservation[]): ReadonlyMap<string, readonly RecordedObservation[]> {
  const tenants = new Map<string, RecordedObservation[]>();
  for (const entry of entries) {
    const own = tenants.get(entry.observation.tenantId);
    if (own === undefined) tenants.set(entry.observation.tenantId, [entry]);
    else own.push(entry);
  }
  // In one order, so that two batches with the same new tenants do not wait for each other in a circle.
  return new Map([...tenants].sort(([left], [right]) => (left < right ? -1 : 1)));
}
