import { isOrreryError, messageOf } from '@orrery/errors';
import { LatestUsed, type Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import type { Champions, NextTaskModel, Versioned } from '../domain/index.js';
import { openArtifact, type ModelOfKind } from './model-artifact.js';
import type { TrainedPredictor } from './next-task/next-task-artifact.js';
import type { ModelMetrics } from './model.metrics.js';
import { findModel, listChampions, listRetired, readArtifact, type ChampionRow } from './model.repository.js';

export interface ChampionRegistryOptions {
  readonly database: Database;
  readonly metrics: ModelMetrics;
  readonly logger: Logger;
  /** How long what serves is taken for granted. @default 5_000 */
  readonly ttlMs?: number;
}

type ServedKind = keyof ModelOfKind;

interface Loaded {
  /** The champion's, whether or not it could be read. */
  readonly version: number;
  readonly checksum: string;
  readonly serving: Versioned<ModelOfKind[ServedKind]> | null;
  readonly fault: string | undefined;
  readonly loadedAtMs: number;
}

interface TenantChampions {
  readonly checkedAtMs: number;
  readonly rows: ReadonlyMap<string, ChampionRow>;
}

const tenantLimit = 500;
const modelLimit = 300;
/** Tenants with more models of next tasks have each loaded when it is first asked for. */
const loadedAtOnce = 16;
/** A damaged model may have been restored meanwhile. */
const damagedAgainMs = 60_000;

/**
 * The models that serve, kept in memory: which ones they are is looked up every few seconds, and their bytes are read only when that has
 * changed. A model that is damaged is never used: the one that served before it answers, or none.
 */
export class ChampionRegistry {
  private readonly tenants = new LatestUsed<TenantChampions>(tenantLimit);
  private readonly models = new LatestUsed<Loaded>(modelLimit);
  private readonly pending = new Map<string, Promise<unknown>>();

  constructor(private readonly options: ChampionRegistryOptions) {}

  /** Cheap enough for every request: one query a tenant every few seconds. */
  async championsOf(tenantId: string): Promise<Champions> {
    const { rows } = await this.tenant(tenantId);
    const ofWorkflows = [...rows.values()].filter(({ kind }) => kind === 'next_task');
    const [duration, memory, failure] = await Promise.all([
      this.serving(tenantId, 'duration', rows),
      this.serving(tenantId, 'memory', rows),
      this.serving(tenantId, 'failure', rows),
      ...(ofWorkflows.length > loadedAtOnce ? [] : ofWorkflows.map(({ scope }) => this.serving(tenantId, 'next_task', rows, scope))),
    ] as const);
    return { duration, memory, failure, nextTask: (workflowId) => this.nextTask(tenantId, rows, workflowId) };
  }

  private nextTask(tenantId: string, rows: TenantChampions['rows'], workflowId: string): NextTaskModel | null {
    const row = rows.get(slotKey({ kind: 'next_task', scope: workflowId }));
    if (row === undefined) return null;
    const loaded = this.models.get(`${tenantId} ${slotKey(row)}`);
    if (loaded?.version !== row.version || loaded.checksum !== row.checksum) {
      this.serving(tenantId, 'next_task', rows, workflowId).catch((error: unknown) => {
        this.options.logger.warn({ tenant_id: tenantId, workflow_id: workflowId, error: messageOf(error) }, 'a model of the next task cannot be loaded; it is tried again');
      });
    }
    const serving = loaded?.serving as Versioned<TrainedPredictor> | null | undefined;
    return serving === null || serving === undefined ? null : { version: serving.version, form: serving.model.form, predict: (prefix) => serving.model.predict(prefix) };
  }

  /** What is wrong with models that should serve; undefined for nothing. */
  fault(): string | undefined {
    return [...this.models.values()].find(({ fault }) => fault !== undefined)?.fault;
  }

  /** Forgets what serves a tenant, so that the next question asks the database. */
  forget(tenantId: string): void {
    this.tenants.delete(tenantId);
  }

  private async tenant(tenantId: string): Promise<TenantChampions> {
    const { ttlMs = 5000, database } = this.options;
    const known = this.tenants.get(tenantId);
    if (known !== undefined && performance.now() - known.checkedAtMs < ttlMs) return known;
    return await this.once(tenantId, async () => {
      const rows = await database.forTenant(tenantId, listChampions);
      const found = { checkedAtMs: performance.now(), rows: new Map(rows.map((row) => [slotKey(row), row])) };
      this.tenants.set(tenantId, found);
      return found;
    });
  }

  private async serving<Kind extends ServedKind>(tenantId: string, kind: Kind, rows: TenantChampions['rows'], scope = ''): Promise<Versioned<ModelOfKind[Kind]> | null> {
    const row = rows.get(slotKey({ kind, scope }));
    if (row === undefined) return null;
    const key = `${tenantId} ${slotKey(row)}`;
    const loaded = this.models.get(key);
    const isCurrent = loaded?.version === row.version && loaded.checksum === row.checksum;
    const isRetried = loaded?.fault !== undefined && performance.now() - loaded.loadedAtMs >= damagedAgainMs;
    const { serving } = isCurrent && !isRetried ? loaded : await this.once(key, () => this.load(tenantId, kind, row));
    return serving as Versioned<ModelOfKind[Kind]> | null;
  }

  private async load(tenantId: string, kind: ServedKind, row: ChampionRow): Promise<Loaded> {
    const { logger, metrics } = this.options;
    const { serving, fault } = await this.firstSound(tenantId, kind, row);
    if (fault !== undefined) {
      metrics.countDamaged(kind);
      logger.error({ tenant_id: tenantId, kind, version: row.version, serving: serving?.version ?? null, reason: fault }, 'a model that should serve cannot be read; an earlier one or the floors answer');
    }
    const loaded = { version: row.version, checksum: row.checksum, serving, fault, loadedAtMs: performance.now() };
    this.models.set(`${tenantId} ${slotKey(row)}`, loaded);
    return loaded;
  }

  /** The champion, else the latest that served before it and can be read. */
  private async firstSound(tenantId: string, kind: ServedKind, row: ChampionRow): Promise<Pick<Loaded, 'serving' | 'fault'>> {
    return await this.options.database.forTenant(tenantId, async (transaction) => {
      const champion = await open(row.version);
      if ('serving' in champion) return { serving: champion.serving, fault: undefined };
      const { promotedAtMs } = await findModel(transaction, row, row.version);
      for (const { version } of await listRetired(transaction, row, promotedAtMs ?? Number.POSITIVE_INFINITY)) {
        const earlier = await open(version);
        if ('serving' in earlier) return { serving: earlier.serving, fault: champion.fault };
      }
      return { serving: null, fault: champion.fault };

      async function open(version: number): Promise<{ readonly serving: Versioned<ModelOfKind[ServedKind]> } | { readonly fault: string }> {
        const stored = await readArtifact(transaction, row, version);
        if (stored === undefined) return { fault: `version ${version} of the ${kind} model is gone` };
        try {
          return { serving: { version, model: openArtifact(kind, stored) } };
        } catch (error) {
          if (!isOrreryError(error)) throw error;
          return { fault: messageOf(error) };
        }
      }
    });
  }

  /** Many requests that miss the same thing ask for it once. */
  private async once<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.pending.get(key) as Promise<Result> | undefined;
    if (running !== undefined) return await running;
    const started = work().finally(() => this.pending.delete(key));
    this.pending.set(key, started);
    return await started;
  }
}

function slotKey({ kind, scope }: { readonly kind: string; readonly scope: string }): string {
  return `${kind} ${scope}`;
}
