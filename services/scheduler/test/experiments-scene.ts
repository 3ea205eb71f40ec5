import { Module, type DynamicModule } from '@nestjs/common';
import { observationsOf } from '@orrery/contracts';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { createLogger, startTelemetry } from '@orrery/telemetry';
import { runFinished, specRunId, specTenantOf, SpecClient, taskFinished, TestStore } from '@orrery/testing';
import { namedRules, listPolicy, type Policy } from '../src/domain/index.js';
import { experimentParts, type Arm, type DecisionRecord, type ExperimentOptions, type ExperimentParts } from '../src/experiments/index.js';
import { schedulerMigrations } from '../src/migrations/index.js';
import type { PolicySource, ServingPolicy } from '../src/policies/policy-store.js';

const epochMs = Date.UTC(2026, 2, 2, 9);

@Module({})
class SpecModule {}

const heuristicOf = (name: string, policy: Policy = listPolicy('fair', namedRules.fair)): ServingPolicy => ({ name, version: 0, policy });
const learned = (name: string, version: number, policy: Policy = listPolicy('fifo', namedRules.fifo)): ServingPolicy => ({ name, version, policy });

/** `tuned` shares the slots out equally; `learned` serves and gives all to the first; `learned-1` prefers the shortest. */
const known: readonly ServingPolicy[] = [heuristicOf('tuned'), heuristicOf('fifo', listPolicy('fifo', namedRules.fifo)), learned('learned', 2), learned('learned-1', 1, listPolicy('sjf-cp', namedRules['sjf-cp']))];
export const specPolicies: PolicySource = {
  find: async (_tenantId, name) => known.find((policy) => policy.name === name),
  serving: async () => ({ serving: known[2] as ServingPolicy, heuristic: known[0] as ServingPolicy }),
};

export interface RunWords {
  readonly name: string;
  readonly arrivedMs: number;
  readonly completionMs: number;
  readonly tenantId?: string;
  readonly scheduler?: string;
  /** 0 for a heuristic. @default 1 */
  readonly policyVersion?: number;
  readonly fallback?: string;
  readonly arm?: Arm | undefined;
  /** What its one task took. @default all of it */
  readonly taskMs?: number;
  readonly shadow?: Pick<DecisionRecord, 'shadowAssignments' | 'shadowTookMs'>;
}

/** Experiments on a database of their own, a clock that the spec sets, and the HTTP service. */
export class ExperimentsScene extends SpecClient {
  private constructor(
    readonly store: TestStore,
    readonly parts: ExperimentParts,
    private readonly http: HttpService,
    private readonly clock: { nowMs: number },
  ) {
    super(http.url);
  }

  get nowMs(): number {
    return this.clock.nowMs;
  }

  set nowMs(value: number) {
    this.clock.nowMs = value;
  }

  static async open(given: Partial<ExperimentOptions> = {}, store?: TestStore): Promise<ExperimentsScene> {
    const own = store ?? (await TestStore.open({ schema: 'scheduler', migrations: schedulerMigrations }));
    const clock = { nowMs: epochMs };
    const logger = createLogger('spec', 'silent');
    const parts = experimentParts({ database: own.database, policies: specPolicies, logger, now: () => clock.nowMs, ...given });
    const module: DynamicModule = { module: SpecModule, controllers: [...parts.controllers], providers: [...parts.providers] };
    const http = await startHttpService({ module, host: '127.0.0.1', port: 0, logger, telemetry: await startTelemetry({ serviceName: 'spec' }), health: new HealthRegistry(), authenticate: specTenantOf });
    return new ExperimentsScene(own, parts, http, clock);
  }

  /** Lets runs be decided for, and end. */
  async runAll(runs: readonly RunWords[]): Promise<void> {
    for (const tenantId of new Set(runs.map((run) => run.tenantId ?? 'default'))) {
      const own = runs.filter((run) => (run.tenantId ?? 'default') === tenantId);
      await this.decide(own.map(decisionFor), tenantId);
      const ends = own.flatMap(({ name, arrivedMs, completionMs, taskMs = completionMs }) => [
        taskFinished(name, { tenantId, task: 'build', startedAtMs: arrivedMs + completionMs - taskMs, durationMs: taskMs }),
        runFinished(name, { tenantId, startedAtMs: arrivedMs, durationMs: completionMs }),
      ]);
      const observed = ends.flatMap((fact) => observationsOf(fact, fact.run?.finishedAtMs ?? this.nowMs)).map((observation) => ({ observation, externalRunId: '' }));
      await this.store.database.forTenant(tenantId, (transaction) => this.parts.learn(transaction, tenantId, observed));
    }
  }

  async decide(decisions: readonly DecisionRecord[], tenantId = 'default'): Promise<void> {
    await this.store.database.forTenant(tenantId, (transaction) => this.parts.recordDecisions(transaction, tenantId, decisions));
  }

  async reset(): Promise<void> {
    await this.store.admin.query('truncate experiment, experiment_tally, shadow_tally, run_outcome, scheduler_breaker, replay_window, experiment_tenant');
    this.clock.nowMs = epochMs;
  }

  /** Leaves the store to others. */
  async closeService(): Promise<void> {
    await this.parts.stop();
    await this.http.close();
  }

  async close(): Promise<void> {
    await this.closeService();
    await this.store.close();
  }
}

export function decisionFor({ name, arrivedMs, tenantId = 'default', scheduler = 'default', policyVersion = 1, fallback = '', arm, shadow }: Omit<RunWords, 'completionMs'>): DecisionRecord {
  const runId = specRunId(name, tenantId);
  return {
    ...{ scheduler, policyVersion, fallback, arm, pools: [{ poolId: 'machine', slots: 4 }], runs: [{ runId, submittedAtMs: arrivedMs, tasks: [{ name: 'build', dependsOn: [], poolIds: [] }] }] },
    ...{ assignments: [{ runId, task: 'build', poolId: 'machine', count: 1 }], shadowAssignments: undefined, shadowTookMs: undefined, ...shadow },
  };
}
