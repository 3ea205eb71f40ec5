import type { MetricSampled, Observation, WorkflowFact } from '@orrery/contracts';
import { observationsOf } from '@orrery/contracts';
import type { LogBatch, OutgoingRecord } from '@orrery/event-log';
import { bucketOf, byTenant, ensureBuckets, findRowsByIndex, rememberTenant, unseen, type Database, type Transaction } from '@orrery/persistence';
import { executionOf, type Champions } from './domain/index.js';
import { learnArrivals, learnSamples } from './forecasting/index.js';
import type { PredictorMetrics } from './predictor.metrics.js';
import type { RecordedExecution } from './tracking/batch-tracker.js';
import { trackExecutions } from './tracking/track-executions.js';
import { trackStarts } from './tracking/track-starts.js';

export const consumerGroup = 'predictor';

/** Every table that lies in months by when the log took the fact. */
export const monthlyTables = ['seen_fact', 'prediction', 'example'] as const;

/** Remembers, within the transaction, how far a group is in a partition. */
export interface Positions {
  /** @throws ORRERY_CONFLICT when the batch does not begin where the group stands: another consumer has it, or it is done. */
  advance(transaction: Transaction, groupId: string, batch: LogBatch<unknown>): Promise<void>;
}

/** Takes records that the log gets once the transaction is committed. */
export interface Outbox {
  write(transaction: Transaction, records: readonly OutgoingRecord[]): Promise<void>;
}

/** Knows which trained models serve. */
export interface ChampionSource {
  championsOf(tenantId: string): Promise<Champions>;
}

export interface PredictorParts {
  readonly database: Database;
  readonly positions: Positions;
  readonly outbox: Outbox;
  readonly champions: ChampionSource;
  readonly metrics: PredictorMetrics;
  /** Unix ms. */
  readonly now: () => number;
}

/** A fact that is learned from: a start, an end, or what gauges showed. */
interface Entry {
  readonly factId: string;
  readonly tenantId: string;
  readonly recordedAtMs: number;
  readonly bucket: string;
  readonly started: Observation | null;
  readonly ended: RecordedExecution | null;
  readonly sampled: MetricSampled | null;
}

/** Learns batches of facts, and holds against them what was predicted. */
export class PredictorService {
  constructor(private readonly parts: PredictorParts) {}

  /**
   * Learns a batch in one transaction: position, histories, scores and outgoing records are there together or not at all. Facts that were
   * learned before change nothing.
   *
   * @throws ORRERY_VALIDATION when a fact cannot be stored; the whole batch is undone, so that it can be halved.
   * @throws ORRERY_CONFLICT when the position is elsewhere.
   */
  async apply(batch: LogBatch<WorkflowFact>): Promise<void> {
    const { database, positions, metrics, champions, now } = this.parts;
    const nowMs = now();
    const entries = batch.records.flatMap(({ value, record: { timestampMs } }) => entriesOf(value, timestampMs, bucketOf(timestampMs, nowMs)));
    const tenants = byTenant(entries);
    // Before the transaction: loading a model that is new must not hold its locks.
    const serving = new Map<string, Champions>();
    for (const tenantId of tenants.keys()) serving.set(tenantId, await champions.championsOf(tenantId));
    const fresh = await metrics.timeWrite(() =>
      database.transaction(async (transaction) => {
        await positions.advance(transaction, consumerGroup, batch);
        await findRowsByIndex(transaction);
        await ensureBuckets(transaction, monthlyTables, entries.map(({ bucket }) => bucket));
        let count = 0;
        for (const [tenantId, own] of tenants) count += await this.applyFor(transaction, tenantId, own, serving.get(tenantId));
        return count;
      }),
    );
    metrics.countBatch(entries.length, fresh);
  }

  private async applyFor(transaction: Transaction, tenantId: string, entries: readonly Entry[], champions: Champions | undefined): Promise<number> {
    const { database, outbox, metrics } = this.parts;
    await database.actAs(transaction, tenantId);
    await rememberTenant(transaction, tenantId);
    const fresh = await unseen(transaction, tenantId, entries);
    const started = fresh.flatMap(({ started: start, recordedAtMs }) => (start === null ? [] : [{ observation: start, recordedAtMs }]));
    const ended = fresh.flatMap(({ ended: end }) => end ?? []);
    const sampled = fresh.flatMap(({ sampled: fact, recordedAtMs }) => (fact === null ? [] : [{ fact, recordedAtMs }]));
    if (started.length > 0) await trackStarts(transaction, tenantId, started);
    if (ended.length > 0) await trackExecutions(transaction, tenantId, ended, { outbox, metrics, champions });
    const load = [...started.map(({ observation }) => observation), ...ended.map(({ execution }) => execution)];
    if (load.length > 0) await learnArrivals(transaction, tenantId, load);
    if (sampled.length > 0) metrics.countUnkeptSamples((await learnSamples(transaction, tenantId, sampled)).unkeptValues);
    return fresh.length;
  }
}

function entriesOf(fact: WorkflowFact, recordedAtMs: number, bucket: string): readonly Entry[] {
  const base = { tenantId: fact.tenantId, recordedAtMs, bucket, started: null, ended: null, sampled: null };
  if (fact.$typeName === 'orrery.v1.MetricSampled') return [{ ...base, factId: fact.factId.replaceAll('-', ''), sampled: fact }];
  if (fact.$typeName === 'orrery.v1.RunStarted') return observationsOf(fact, recordedAtMs).map((observation) => ({ ...base, factId: observation.observationId, started: observation }));
  const execution = executionOf(fact, recordedAtMs);
  return execution === null ? [] : [{ ...base, factId: execution.observation.observationId, ended: { execution, recordedAtMs, bucket } }];
}
