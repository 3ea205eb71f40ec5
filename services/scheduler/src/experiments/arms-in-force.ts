import { messageOf } from '@orrery/errors';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { armIn, heldBack, openReason, type BreakerState, type Standing } from '../domain/experiments/index.js';
import type { Arm, ArmSource } from './arm-source.js';
import { listBreakers } from './breaker.repository.js';
import { standingExperiments, type Experiment } from './experiment.repository.js';

interface TenantArms {
  /** Which reading it comes from. */
  readonly number: number;
  readonly standings: ReadonlyMap<string, Standing>;
  readonly breakers: ReadonlyMap<string, BreakerState>;
}

const nobody: TenantArms = { number: 0, standings: new Map(), breakers: new Map() };

/** What experiments ask of decisions, held in memory: nothing here waits for the database. */
export class ArmsInForce implements ArmSource {
  private readonly tenants = new Map<string, TenantArms>();
  private readonly pending = new Map<string, Promise<void>>();
  private readings = 0;

  constructor(private readonly options: { readonly database: Database; readonly now: () => number; readonly logger: Logger }) {}

  armOf(tenantId: string, scheduler: string, nowMs: number): Arm | undefined {
    const standing = this.known(tenantId).standings.get(scheduler);
    return standing === undefined ? undefined : armIn(standing, nowMs);
  }

  breakerOf(tenantId: string, scheduler: string): string | undefined {
    const { standings, breakers } = this.known(tenantId);
    const standing = standings.get(scheduler);
    const state = breakers.get(scheduler);
    return (standing === undefined ? undefined : heldBack(standing)) ?? (state === undefined ? undefined : openReason(state, this.options.now()));
  }

  /** Reads anew what is in force. */
  async refresh(tenantId: string): Promise<void> {
    const { database } = this.options;
    const number = ++this.readings;
    const [experiments, breakers] = await database.forTenant(tenantId, async (transaction) => [await standingExperiments(transaction, tenantId), await listBreakers(transaction, tenantId)] as const);
    // A reading that began before another and ended after it knows less.
    if ((this.tenants.get(tenantId)?.number ?? 0) < number) this.tenants.set(tenantId, { number, standings: standingsOf(experiments), breakers: new Map(breakers.map(({ scheduler, state }) => [scheduler, state])) });
  }

  /** The first decision of a tenant that this process makes is made without experiments, rather than late. */
  private known(tenantId: string): TenantArms {
    const known = this.tenants.get(tenantId);
    if (known === undefined && !this.pending.has(tenantId)) {
      const reading = this.refresh(tenantId)
        .catch((error: unknown) => this.options.logger.warn({ tenant_id: tenantId, error: messageOf(error) }, 'experiments cannot be read; it is tried again'))
        .finally(() => this.pending.delete(tenantId));
      this.pending.set(tenantId, reading);
    }
    return known ?? nobody;
  }
}

function standingsOf(experiments: readonly Experiment[]): ReadonlyMap<string, Standing> {
  const standings = new Map<string, Standing>();
  for (const experiment of experiments) {
    const known = standings.get(experiment.scheduler) ?? { running: undefined, ended: undefined };
    standings.set(experiment.scheduler, experiment.status === 'running' ? { ...known, running: experiment } : { ...known, ended: experiment });
  }
  return standings;
}
