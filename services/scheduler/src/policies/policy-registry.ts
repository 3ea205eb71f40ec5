import { createHash } from 'node:crypto';
import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import { LatestUsed, type Database, type Transaction } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { servingHeuristics } from '../domain/index.js';
import type { SchedulerMetrics } from '../scheduler.metrics.js';
import type { OpenedPolicy, OpenPolicy } from './open-policy.js';
import { learnedName, shippedVersion, tunedName, type PolicyShelf } from './policy-shelf.js';
import type { PolicyName, PolicyPublisher, PolicySource, ServingPolicy } from './policy-store.js';
import { addChoice, addPolicy, currentChoice, listPolicies, lockPolicies, readArtifact, undoChoice, type PolicyChoice, type StoredPolicy } from './policy.repository.js';

export interface PolicyRegistryOptions {
  readonly database: Database;
  readonly shelf: PolicyShelf;
  readonly open: OpenPolicy;
  readonly metrics: SchedulerMetrics;
  readonly logger: Logger;
  readonly now: () => number;
  /** How long what a tenant has is taken for granted. @default 5_000 */
  readonly ttlMs?: number;
}

/** What a tenant has beside the shelf. */
export interface TenantPolicies {
  readonly checkedAtMs: number;
  readonly learned: readonly StoredPolicy[];
  readonly choice: PolicyChoice | undefined;
}

interface Loaded {
  readonly opened: OpenedPolicy | undefined;
  readonly fault: string | undefined;
}

/** What decides for a tenant. */
export interface Serving {
  readonly serving: ServingPolicy;
  readonly heuristic: ServingPolicy;
  /** Why it is not what should serve, in words. */
  readonly fault?: string | undefined;
}

const tenantLimit = 500;
const policyLimit = 100;
const nothing = { learned: [], choice: undefined };
/** An engine that asks for the first time is not kept waiting longer. */
const patienceMs = 500;

/**
 * The policies of tenants, kept in memory: what they have is looked up every few seconds, and artifacts are read once. A policy that is
 * damaged never decides. While the database is away, what was known before serves, else what comes with the product.
 */
export class PolicyRegistry implements PolicySource, PolicyPublisher {
  private readonly tenants = new LatestUsed<TenantPolicies>(tenantLimit);
  private readonly opened = new LatestUsed<Loaded>(policyLimit);
  private readonly reading = new Map<string, Promise<TenantPolicies>>();

  constructor(private readonly options: PolicyRegistryOptions) {}

  async find(tenantId: string, name: string): Promise<ServingPolicy | undefined> {
    const { shelf } = this.options;
    const heuristic = shelf.heuristic(name);
    if (heuristic !== undefined) return heuristic;
    const tenant = await this.tenant(tenantId);
    if (name === tunedName) {
      const { heuristic: beside } = await this.servingOf(tenantId, tenant);
      return beside.name === tunedName ? beside : undefined;
    }
    if (name === learnedName) return await this.latestLearned(tenantId, tenant);
    return shelf.shippedPolicy(name) ?? (await this.byOwnName(tenantId, tenant, name));
  }

  async serving(tenantId: string): Promise<Serving> {
    return await this.servingOf(tenantId, await this.tenant(tenantId));
  }

  async publish(tenantId: string, { artifact, card, serves }: Parameters<PolicyPublisher['publish']>[1]): Promise<PolicyName> {
    const { database, now, open } = this.options;
    open(artifact);
    const bytes = Buffer.from(JSON.stringify(artifact), 'utf8');
    const checksum = createHash('sha256').update(bytes).digest('hex');
    const version = await database.forTenant(tenantId, async (transaction) => {
      await lockPolicies(transaction);
      const added = await addPolicy(transaction, tenantId, { name: learnedName, createdAtMs: now(), checksum, card, artifact: bytes });
      if (serves) await addChoice(transaction, tenantId, { name: learnedName, version: added, atMs: now(), by: 'rule', reason: 'it passed the release gate' });
      return added;
    });
    await this.look(tenantId);
    return { name: learnedName, version };
  }

  /** Puts a policy into service. @throws ORRERY_NOT_FOUND when there is none of that name; ORRERY_VALIDATION when it is damaged. */
  async promote(tenantId: string, name: string, { by, reason }: { readonly by: string; readonly reason: string }): Promise<PolicyName> {
    const found = await this.find(tenantId, name);
    if (found === undefined || name === tunedName) throw new OrreryError('ORRERY_NOT_FOUND', `there is no policy ${name} that could serve`, { details: { name } });
    const { now } = this.options;
    await this.change(tenantId, async (transaction) => {
      const present = await currentChoice(transaction);
      if (present?.name === found.name && present.version === found.version) return;
      await addChoice(transaction, tenantId, { name: found.name, version: found.version, atMs: now(), by, reason });
    });
    return { name: found.name, version: found.version };
  }

  /** Takes a policy out of service, so that what served before it does again. @throws ORRERY_CONFLICT when it does not serve by anybody's choice. */
  async rollback(tenantId: string, name: string): Promise<{ readonly from: PolicyName; readonly to: PolicyName }> {
    const { now } = this.options;
    const from = await this.change(tenantId, async (transaction) => {
      const present = await currentChoice(transaction);
      if (present === undefined || !isCalled(present, name)) {
        throw new OrreryError('ORRERY_CONFLICT', present === undefined ? 'what serves came with the product: there is nothing to go back from' : `${nameOf(present)} serves, and not ${name}`);
      }
      await undoChoice(transaction, present.number, now());
      return { name: present.name, version: present.version };
    });
    const { serving } = await this.serving(tenantId);
    return { from, to: { name: serving.name, version: serving.version } };
  }

  /** What a tenant has beside the shelf, as of now. */
  async look(tenantId: string): Promise<TenantPolicies> {
    return this.keep(tenantId, await this.lookUp(this.options.database, tenantId));
  }

  /** What is wrong with policies that should serve; undefined for nothing. */
  fault(): string | undefined {
    return this.options.shelf.shipped.find(({ fault }) => fault !== undefined)?.fault ?? [...this.opened.values()].find(({ fault }) => fault !== undefined)?.fault;
  }

  /** What is wrong with a policy of a tenant, as far as it was ever opened. */
  faultOf(tenantId: string, { version, checksum }: StoredPolicy): string | undefined {
    return this.opened.get(`${tenantId} ${version} ${checksum}`)?.fault;
  }

  private async change<Result>(tenantId: string, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const result = await this.options.database.forTenant(tenantId, async (transaction) => {
      await lockPolicies(transaction);
      return await work(transaction);
    });
    await this.look(tenantId);
    return result;
  }

  /** What was known some seconds ago is used once more while it is looked up anew; an engine does not wait long for what is not known at all. */
  private async tenant(tenantId: string): Promise<TenantPolicies> {
    const { ttlMs = 5000 } = this.options;
    const known = this.tenants.get(tenantId);
    if (known !== undefined && performance.now() - known.checkedAtMs < ttlMs) return known;
    const reading = this.read(tenantId);
    if (known !== undefined) return known;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<TenantPolicies>((resolve) => (timer = setTimeout(() => resolve({ ...nothing, checkedAtMs: 0 }), patienceMs)));
    return await Promise.race([reading, late]).finally(() => clearTimeout(timer));
  }

  /** Many that miss the same tenant read it once. */
  private async read(tenantId: string): Promise<TenantPolicies> {
    const running = this.reading.get(tenantId);
    if (running !== undefined) return await running;
    const started = this.fetch(tenantId).finally(() => this.reading.delete(tenantId));
    this.reading.set(tenantId, started);
    return await started;
  }

  private async fetch(tenantId: string): Promise<TenantPolicies> {
    const { database, logger } = this.options;
    let found: Pick<TenantPolicies, 'learned' | 'choice'>;
    try {
      found = await this.lookUp(database, tenantId);
    } catch (error) {
      // An engine must not wait for a database, and perhaps nobody waits for this promise any more: what was known before is as good as any.
      logger.warn({ error: messageOf(error) }, 'which policy serves cannot be looked up; what was known before does');
      found = this.tenants.get(tenantId) ?? nothing;
    }
    return this.keep(tenantId, found);
  }

  private async lookUp(database: Database, tenantId: string): Promise<Pick<TenantPolicies, 'learned' | 'choice'>> {
    return await database.forTenant(tenantId, async (transaction) => ({ learned: await listPolicies(transaction), choice: await currentChoice(transaction) }));
  }

  private keep(tenantId: string, { learned, choice }: Pick<TenantPolicies, 'learned' | 'choice'>): TenantPolicies {
    const tenant = { learned, choice, checkedAtMs: performance.now() };
    this.tenants.set(tenantId, tenant);
    return tenant;
  }

  private async servingOf(tenantId: string, { learned, choice }: TenantPolicies): Promise<Serving> {
    const { shelf } = this.options;
    if (choice === undefined) return this.shippedServing();
    const heuristic = shelf.heuristic(choice.name);
    if (heuristic !== undefined) return { serving: heuristic, heuristic };
    const row = learned.find(({ name, version }) => name === choice.name && version === choice.version);
    if (row === undefined && choice.version === shippedVersion) {
      const opened = shelf.shipped.find(({ name }) => name === choice.name)?.opened;
      if (opened !== undefined) return { serving: { name: choice.name, version: shippedVersion, ...opened }, heuristic: shelf.beside(opened) };
    }
    const { opened, fault } = row === undefined ? { opened: undefined, fault: `${nameOf(choice)} is gone` } : await this.open(tenantId, row);
    if (opened !== undefined) return { serving: { ...choice, ...opened }, heuristic: shelf.beside(opened) };
    return { serving: shelf.beside(undefined), heuristic: shelf.beside(undefined), fault };
  }

  private shippedServing(): Serving {
    const { shelf } = this.options;
    const { best } = shelf;
    const heuristic = shelf.beside(best?.opened);
    if (best?.opened !== undefined) return { serving: { name: best.name, version: shippedVersion, ...best.opened }, heuristic };
    return { serving: heuristic, heuristic, fault: shelf.shipped.find(({ fault }) => fault !== undefined)?.fault };
  }

  /** What serves where that was learned, else the newest that can be read. */
  private async latestLearned(tenantId: string, tenant: TenantPolicies): Promise<ServingPolicy | undefined> {
    const { serving } = await this.servingOf(tenantId, tenant);
    if (serving.version > 0) return serving;
    for (const row of tenant.learned) {
      const { opened } = await this.open(tenantId, row);
      if (opened !== undefined) return { name: row.name, version: row.version, ...opened };
    }
    const { best } = this.options.shelf;
    return best === undefined ? undefined : this.options.shelf.shippedPolicy(best.name);
  }

  private async byOwnName(tenantId: string, { learned }: TenantPolicies, name: string): Promise<ServingPolicy | undefined> {
    const row = learned.find((one) => nameOf(one) === name);
    if (row === undefined) return undefined;
    const { opened } = await this.open(tenantId, row);
    return opened === undefined ? undefined : { name: row.name, version: row.version, ...opened };
  }

  private async open(tenantId: string, row: StoredPolicy): Promise<Loaded> {
    const key = `${tenantId} ${row.version} ${row.checksum}`;
    const known = this.opened.get(key);
    if (known !== undefined) return known;
    const { database, logger, metrics } = this.options;
    let stored: Awaited<ReturnType<typeof readArtifact>>;
    try {
      stored = await database.forTenant(tenantId, (transaction) => readArtifact(transaction, row));
    } catch (error) {
      if (!isOrreryError(error) || !error.retriable) throw error;
      return { opened: undefined, fault: `${nameOf(row)} cannot be read at present: ${error.message}` };
    }
    const loaded = stored === undefined ? { opened: undefined, fault: `${nameOf(row)} is gone` } : this.openBytes(row, stored.artifact);
    if (loaded.fault !== undefined) {
      metrics.countDamaged();
      logger.error({ tenant_id: tenantId, policy: row.name, version: row.version, reason: loaded.fault }, 'a policy cannot be read; the heuristic decides');
    }
    this.opened.set(key, loaded);
    return loaded;
  }

  private openBytes(row: StoredPolicy, bytes: Uint8Array): Loaded {
    if (createHash('sha256').update(bytes).digest('hex') !== row.checksum) return { opened: undefined, fault: `${nameOf(row)} is damaged: its checksum does not fit` };
    try {
      return { opened: this.options.open(JSON.parse(Buffer.from(bytes).toString('utf8'))), fault: undefined };
    } catch (error) {
      return { opened: undefined, fault: `${nameOf(row)} is damaged: ${messageOf(error)}` };
    }
  }
}

/** The own name of a learned policy: with its version. */
export function nameOf({ name, version }: PolicyName): string {
  return version >= 2 ? `${name}-${version}` : name;
}

function isCalled(policy: PolicyName, name: string): boolean {
  return nameOf(policy) === name || policy.name === name;
}

/** Names that are known to everybody, whether or not there is such a policy just now. */
export function isKnownName(name: string): boolean {
  return servingHeuristics.has(name) || name === learnedName || name === tunedName || /^learned-\d{1,9}$/.test(name);
}
