import type { LogBatch } from '@orrery/event-log';
import { bucketOf, byTenant, ensureBuckets, findRowsByIndex, rememberTenant, unseen, type Database, type Transaction } from '@orrery/persistence';
import type { AnomalyWriter, Outbox } from './anomaly-writer.js';
import type { BaselineMetrics } from './baseline.metrics.js';
import { observationsOf, sampledFactId, sampledSeries, type WorkflowFact } from './domain/index.js';
import { learnFinished } from './learn-finished.js';
import { learnSampled } from './learn-series.js';
import { learnStarted } from './learn-started.js';
import type { AnomalyChange } from './learning/anomaly-board.js';
import type { RecordedObservation } from './learning/batch-learner.js';
import type { RecordedSeriesEvent } from './learning/series-learner.js';
import { tallyObservations } from './storage/tally.repository.js';

export const consumerGroup = 'baseline';

/** Every table that lies in months by when the log took the fact. */
const monthlyTables = ['seen_fact', 'observation', 'baseline_history'] as const;

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

/** A fact that is learned from: by its observation, or by the series that it tells of. */
interface Entry {
  readonly factId: string;
  readonly tenantId: string;
  readonly recordedAtMs: number;
  readonly bucket: string;
  readonly observed: RecordedObservation | null;
  readonly sampled: readonly RecordedSeriesEvent[];
}

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
  async apply(batch: LogBatch<WorkflowFact>): Promise<void> {
    const { database, positions, metrics, now } = this.parts;
    const nowMs = now();
    const entries = batch.records.flatMap(({ value, record: { timestampMs } }) => entriesOf(value, timestampMs, bucketOf(timestampMs, nowMs)));
    const learned = await metrics.timeWrite(() =>
      database.transaction(async (transaction) => {
        await positions.advance(transaction, consumerGroup, batch);
        await findRowsByIndex(transaction);
        await ensureBuckets(transaction, monthlyTables, entries.map(({ bucket }) => bucket));
        const tenants: Learned[] = [];
        for (const [tenantId, own] of byTenant(entries)) tenants.push(await this.applyFor(transaction, tenantId, batch, own));
        return tenants;
      }),
    );
    metrics.countBatch(entries.length, learned.reduce((sum, { newCount }) => sum + newCount, 0));
    for (const { before, after } of learned.flatMap(({ changes }) => changes)) if (before === null) metrics.countOpened(after.type);
  }

  private async applyFor(transaction: Transaction, tenantId: string, { topic, partition }: Place, entries: readonly Entry[]): Promise<Learned> {
    await this.parts.database.actAs(transaction, tenantId);
    await rememberTenant(transaction, tenantId);
    const fresh = await unseen(transaction, tenantId, entries);
    const atMs = fresh[0]?.recordedAtMs;
    if (atMs === undefined) return { newCount: 0, changes: [] };
    const observed = fresh.flatMap((entry) => entry.observed ?? []);
    const started = observed.filter(({ observation }) => observation.kind === 'started');
    const finished = observed.filter(({ observation }) => observation.kind === 'finished');
    const sampled = fresh.flatMap((entry) => entry.sampled);
    const changes = [
      ...(started.length === 0 ? [] : await learnStarted(transaction, { tenantId, partition }, started, this.parts)),
      ...(finished.length === 0 ? [] : await learnFinished(transaction, tenantId, finished, this.parts)),
      ...(sampled.length === 0 ? [] : await learnSampled(transaction, tenantId, sampled, this.parts)),
    ];
    if (finished.length > 0) await tallyObservations(transaction, tenantId, { atMs, writer: `${topic}/${partition}`, count: finished.length });
    return { newCount: fresh.length, changes };
  }
}

function entriesOf(fact: WorkflowFact, recordedAtMs: number, bucket: string): readonly Entry[] {
  if (fact.$typeName === 'orrery.v1.MetricSampled') {
    const sampled = sampledSeries(fact, recordedAtMs).map((event) => ({ event, recordedAtMs }));
    return [{ factId: sampledFactId(fact), tenantId: fact.tenantId, recordedAtMs, bucket, observed: null, sampled }];
  }
  return observationsOf(fact, recordedAtMs).map((observation): Entry => {
    const { observationId, tenantId } = observation;
    return { factId: observationId, tenantId, recordedAtMs, bucket, observed: { observation, recordedAtMs, bucket }, sampled: [] };
  });
}
