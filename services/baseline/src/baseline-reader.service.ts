import { OrreryError } from '@orrery/errors';
import type { OutgoingRecord } from '@orrery/event-log';
import { findRowsByIndex, type Database, type Transaction } from '@orrery/persistence';
import type { Outbox } from './anomaly-writer.js';
import { describeBaseline, isStale, levelsOf, type Level, type WorkloadKey } from './domain/index.js';
import { historyPointOf } from './learning/history-point.js';
import { forgottenStateRecord } from './outgoing-records.js';
import { findBaseline, findWorkflows, listBaselines, removeBaseline, type BaselineFilter, type Place, type StoredBaseline } from './storage/baseline.repository.js';
import { listHistory, type HistoryPoint } from './storage/history.repository.js';

export interface BaselineDetail {
  readonly baseline: StoredBaseline;
  /** The levels that it backs off to, as far as they are known. */
  readonly coarser: readonly { readonly keyId: string; readonly level: Level; readonly count: number }[];
  readonly isStale: boolean;
}

/** A workload; where the engine or namespace is left out, the first that has a workflow of the name. */
export interface AskedWorkload extends Omit<WorkloadKey, 'engine' | 'namespace'> {
  readonly engine: string | undefined;
  readonly namespace: string | undefined;
}

export interface HistoryQuery {
  readonly sinceMs: number;
  /** Exclusive; absent for the latest. */
  readonly beforeMs: number | undefined;
  readonly limit: number;
}

/** Shows what is normal, and forgets it when asked to. */
export class BaselineReaderService {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly now: () => number,
  ) {}

  list(tenantId: string, filter: BaselineFilter, after: Place | undefined, limit: number): Promise<readonly StoredBaseline[]> {
    return this.read(tenantId, (transaction) => listBaselines(transaction, filter, after, limit));
  }

  /** @throws ORRERY_NOT_FOUND when the tenant has no such baseline. */
  find(tenantId: string, id: string): Promise<BaselineDetail> {
    return this.read(tenantId, async (transaction) => {
      const baseline = existing(id, await findBaseline(transaction, id));
      const coarser: BaselineDetail['coarser'][number][] = [];
      for (const level of levelsOf(baseline.key)) {
        const found = level.keyId === id ? null : await findBaseline(transaction, level.keyId);
        if (found !== null) coarser.push({ keyId: found.keyId, level: found.level, count: found.state.count });
      }
      return { baseline, coarser, isStale: isStale(baseline.state, this.now()) };
    });
  }

  /** The finest baseline that knows enough of a workload; null when none does. */
  findFor({ engine, namespace, ...workload }: AskedWorkload): Promise<{ readonly key: WorkloadKey; readonly baseline: StoredBaseline | null }> {
    return this.read(workload.tenantId, async (transaction) => {
      const known = engine !== undefined && namespace !== undefined ? [] : await findWorkflows(transaction, workload.workflow, engine);
      const place = known.find((found) => namespace === undefined || found.namespace === namespace);
      const key = { ...workload, engine: engine ?? place?.engine ?? '', namespace: namespace ?? place?.namespace ?? '' };
      for (const level of levelsOf(key)) {
        const found = await findBaseline(transaction, level.keyId);
        if (found !== null && describeBaseline(found.state).isSpeaking) return { key, baseline: found };
      }
      return { key, baseline: null };
    });
  }

  /** Points, the latest first; the first of them is how it stands now. @throws ORRERY_NOT_FOUND when the tenant has no such baseline. */
  history(tenantId: string, id: string, { sinceMs, beforeMs, limit }: HistoryQuery): Promise<readonly HistoryPoint[]> {
    return this.read(tenantId, async (transaction) => {
      const present = historyPointOf(existing(id, await findBaseline(transaction, id)).state);
      const isShown = present.atMs >= sinceMs && (beforeMs === undefined || present.atMs < beforeMs);
      const before = beforeMs === undefined ? present.atMs : Math.min(beforeMs, present.atMs);
      return [...(isShown ? [present] : []), ...(await listHistory(transaction, id, { sinceMs, beforeMs: before }, limit))];
    });
  }

  /** Forgets a baseline: the next fact starts afresh. @throws ORRERY_NOT_FOUND when the tenant has no such baseline. */
  forget(tenantId: string, id: string): Promise<void> {
    return this.read(tenantId, async (transaction) => {
      if (!(await removeBaseline(transaction, tenantId, id))) throw notFound(id);
      const records: readonly OutgoingRecord[] = [forgottenStateRecord(tenantId, id)];
      await this.outbox.write(transaction, records);
    });
  }

  private read<Result>(tenantId: string, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.database.forTenant(tenantId, async (transaction) => {
      await findRowsByIndex(transaction);
      return await work(transaction);
    });
  }
}

function existing(id: string, baseline: StoredBaseline | null): StoredBaseline {
  if (baseline === null) throw notFound(id);
  return baseline;
}

function notFound(id: string): OrreryError {
  return new OrreryError('ORRERY_NOT_FOUND', `there is no baseline ${id}`, { details: { key_id: id } });
}
