import { OrreryError } from '@orrery/errors';
import type { Database, Transaction } from '@orrery/persistence';
import type { ChampionRegistry } from './champion-registry.js';
import type { ModelSlot } from './domain/model-kind.js';
import { openArtifact } from './model-artifact.js';
import type { ModelMetrics } from './model.metrics.js';
import { findChampion, findModel, listModels, listRetired, lockSlot, readArtifact, setStanding, type ModelFilter, type ModelPlace, type StoredModel } from './model.repository.js';
import { slotOf, type SlotWords } from './model-slot.js';

export interface ModelServiceOptions {
  readonly database: Database;
  readonly registry: ChampionRegistry;
  readonly metrics: ModelMetrics;
  readonly now: () => number;
}

/** What a person decided. */
export interface PersonsChoice {
  readonly by: string;
  readonly note?: string | undefined;
}

/** What serves after a step back. */
export interface RolledBack {
  readonly from: StoredModel;
  /** Null where nothing served before: the history and the floors answer. */
  readonly to: StoredModel | null;
}

/** The models of tenants, and which of them serve. */
export class ModelService {
  constructor(private readonly options: ModelServiceOptions) {}

  async list(tenantId: string, { workflow, ...filter }: ModelFilter & { readonly workflow?: string | undefined }, after: ModelPlace | undefined, limit: number): Promise<readonly StoredModel[]> {
    return await this.options.database.forTenant(tenantId, async (transaction) => {
      const scope = workflow === undefined ? filter.scope : (await slotOf(transaction, { kind: 'next_task', workflow })).scope;
      return await listModels(transaction, { ...filter, scope }, after, limit);
    });
  }

  /** @throws ORRERY_NOT_FOUND */
  async find(tenantId: string, words: SlotWords, version: number): Promise<StoredModel> {
    return await this.options.database.forTenant(tenantId, async (transaction) => await findModel(transaction, await slotOf(transaction, words), version));
  }

  /**
   * Puts a model into service by hand, whatever its figures are.
   *
   * @throws ORRERY_NOT_FOUND, or ORRERY_VALIDATION when the stored model is damaged.
   */
  async promote(tenantId: string, words: SlotWords, version: number, { by, note }: PersonsChoice): Promise<StoredModel> {
    const promoted = await this.change(tenantId, words, async (transaction, slot) => {
      const model = await findModel(transaction, slot, version);
      if (model.status === 'champion') return model;
      await checkReadable(transaction, slot, version);
      const reason = note ?? 'put into service by hand';
      await this.retire(transaction, slot, { by, reason: `version ${version} was put into service by hand` });
      const atMs = this.options.now();
      return await setStanding(transaction, model, { status: 'champion', promotedAtMs: atMs, decision: { atMs, what: 'promoted', by, reason } });
    });
    this.options.metrics.countPromotion(promoted.kind, 'hand');
    return promoted;
  }

  /**
   * Goes back to the model that served before; where there is none, the present one is taken out of service.
   *
   * @throws ORRERY_CONFLICT when no model serves.
   */
  async rollback(tenantId: string, words: SlotWords, { by, note }: PersonsChoice): Promise<RolledBack> {
    return await this.change(tenantId, words, async (transaction, slot) => {
      const from = await findChampion(transaction, slot);
      if (from === undefined) throw new OrreryError('ORRERY_CONFLICT', `no ${slot.kind} model serves: there is nothing to go back from`);
      const [before] = await listRetired(transaction, slot, from.promotedAtMs ?? Number.POSITIVE_INFINITY);
      if (before !== undefined) await checkReadable(transaction, slot, before.version);
      const reason = note ?? 'rolled back by hand';
      const atMs = this.options.now();
      const retired = await setStanding(transaction, from, { status: 'retired', decision: { atMs, what: 'retired', by, reason } });
      // It keeps the time of its own promotion: another step back then goes to the one before it.
      const to = before === undefined ? null : await setStanding(transaction, before, { status: 'champion', decision: { atMs, what: 'restored', by, reason } });
      return { from: retired, to };
    });
  }

  private async change<Result>(tenantId: string, words: SlotWords, work: (transaction: Transaction, slot: ModelSlot) => Promise<Result>): Promise<Result> {
    const result = await this.options.database.forTenant(tenantId, async (transaction) => {
      const slot = await slotOf(transaction, words);
      await lockSlot(transaction, slot);
      return await work(transaction, slot);
    });
    this.options.registry.forget(tenantId);
    return result;
  }

  private async retire(transaction: Transaction, slot: ModelSlot, { by, reason }: { readonly by: string; readonly reason: string }): Promise<void> {
    const present = await findChampion(transaction, slot);
    if (present !== undefined) await setStanding(transaction, present, { status: 'retired', decision: { atMs: this.options.now(), what: 'retired', by, reason } });
  }
}

async function checkReadable(transaction: Transaction, slot: ModelSlot, version: number): Promise<void> {
  const stored = await readArtifact(transaction, slot, version);
  if (stored !== undefined) openArtifact(slot.kind, stored);
}
