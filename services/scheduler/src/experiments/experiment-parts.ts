import type { Provider, Type } from '@nestjs/common';
import type { OpenApiFragment } from '@orrery/http';
import type { Database, Transaction } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { replayRuns, type BreakerSettings, type Replay } from '../domain/experiments/index.js';
import type { PolicySource } from '../policies/policy-store.js';
import type { ArmSource } from './arm-source.js';
import { ArmsInForce } from './arms-in-force.js';
import type { DecisionRecord } from './decision-record.js';
import { experimentOpenApi } from './experiment-openapi.js';
import { ExperimentService } from './experiment.service.js';
import { ExperimentWatch } from './experiment-watch.js';
import { ExperimentsController } from './experiments.controller.js';
import { Judge } from './judge-experiments.js';
import { learnOutcomes, type ToldEnd } from './learn-outcomes.js';
import { recordDecisions } from './record-decisions.js';
import { ReplayWindows } from './replay-windows.js';

export interface ExperimentOptions {
  /** The schema `scheduler` with its migrations. */
  readonly database: Database;
  readonly policies: PolicySource;
  readonly logger: Logger;
  /** @default Date.now */
  readonly now?: () => number;
  /** @default on simulated slots */
  readonly replay?: Replay;
  readonly breaker?: Partial<BreakerSettings>;
  /** Runs that the breaker judges at once, at least. @default 20 */
  readonly windowRuns?: number;
  /** How often experiments are looked at. @default 5_000 */
  readonly everyMs?: number;
}

/** What a Nest module takes over, and what decisions, the ledger and the consumer call. */
export interface ExperimentParts {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly openApi: OpenApiFragment;
  readonly arms: ArmSource;
  start(): void;
  stop(): Promise<void>;
  /** Looks after all experiments once, as the loop does. */
  look(): Promise<void>;
  /** Why experiments cannot be looked after at present; undefined while they can. For the health of the service. */
  fault(): string | undefined;
  /** Notes decisions, each once, in the transaction of the ledger, which acts as the tenant. */
  recordDecisions(transaction: Transaction, tenantId: string, decisions: readonly DecisionRecord[]): Promise<void>;
  /** Learns ends of runs and of tasks, each once, in the transaction of the consumer, which acts as the tenant. */
  learn(transaction: Transaction, tenantId: string, ends: readonly ToldEnd[]): Promise<void>;
}

/**
 * Builds experiments on a service's database.
 *
 * @example
 * const experiments = experimentParts({ database, policies: registry, logger });
 * return { module, controllers: [...experiments.controllers], providers: [...experiments.providers] };
 */
export function experimentParts({ database, policies, logger, now = Date.now, replay = replayRuns, breaker, windowRuns, everyMs }: ExperimentOptions): ExperimentParts {
  const arms = new ArmsInForce({ database, now, logger });
  const windows = new ReplayWindows({ database, now, policies, logger, replay, ...(breaker === undefined ? {} : { breaker }), ...(windowRuns === undefined ? {} : { windowRuns }) });
  const watch = new ExperimentWatch({ database, arms, windows, judge: new Judge({ database, now, logger }), now, logger, ...(everyMs === undefined ? {} : { everyMs }) });
  const service = new ExperimentService({ database, policies, now, refresh: (tenantId) => arms.refresh(tenantId) });
  return {
    controllers: [ExperimentsController],
    providers: [{ provide: ExperimentService, useValue: service }],
    openApi: experimentOpenApi,
    arms,
    start: () => watch.start(),
    stop: () => watch.stop(),
    look: () => watch.look(),
    fault: () => watch.fault(),
    recordDecisions: (transaction, tenantId, decisions) => recordDecisions(transaction, tenantId, decisions, now()),
    learn: (transaction, tenantId, ends) => learnOutcomes(transaction, tenantId, ends, now()),
  };
}
