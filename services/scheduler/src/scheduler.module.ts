import { Module, type BeforeApplicationShutdown, type DynamicModule, type INestApplication, type OnApplicationBootstrap } from '@nestjs/common';
import { OrreryError } from '@orrery/errors';
import { connectEventLog, OutboxRelay, OutboxWriter, TransactionalPositions, type EventLog, type EventLogServer } from '@orrery/event-log';
import { startGrpcServer, type GrpcServer, type HealthRegistry } from '@orrery/http';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { DecidingService } from './deciding/deciding.service.js';
import { DecisionsController } from './deciding/decisions.controller.js';
import { DecisionsService } from './deciding/decisions.service.js';
import { schedulerRoutes } from './deciding/grpc-routes.js';
import { LedgerWriter } from './deciding/ledger-writer.js';
import { KnownEstimates } from './estimates/known-estimates.js';
import { experimentParts } from './experiments/index.js';
import { Housekeeping } from './housekeeping.js';
import { policyParts, type PolicyRegistry } from './policies/index.js';
import { openArtifact } from './policies/open-artifact.js';
import type { OpenPolicy } from './policies/open-policy.js';
import type { SchedulerConfig } from './scheduler.config.js';
import { learnedTopics, SchedulerConsumer } from './scheduler.consumer.js';
import { SchedulerMetrics } from './scheduler.metrics.js';
import { consumerGroup, SchedulerService } from './scheduler.service.js';
import { Sweeper } from './sweeper.js';
import { trainingParts } from './training/training-parts.js';

/** What is expected of tasks need not be of this second; until then facts gather, so that learning them costs whoever works beside it little. */
const gatherMs = 250;

export interface SchedulerModuleOptions {
  readonly config: SchedulerConfig;
  /** The schema `scheduler` with {@link schedulerMigrations}. */
  readonly database: Database;
  /** The same database, for the relay of the outbox, which keeps a connection of its own. */
  readonly databaseUrl: string;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly health: HealthRegistry;
  /** Where gRPC listens. */
  readonly host: string;
  /** Names the tenant of a gRPC call. */
  readonly authenticate: (call: { readonly headers: Readonly<Record<string, string>> }) => string;
  /** @default Date.now */
  readonly now?: () => number;
  /** Makes policies of artifacts. @default what the product's own are made by */
  readonly openPolicy?: OpenPolicy;
  /** Where policies that come with the product lie. @default the folder `policies` of this package */
  readonly policyFolder?: string;
}

/** What starts and stops with the application, in the order in which it stops. */
class Workers {
  constructor(
    readonly startGrpc: () => Promise<GrpcServer | undefined>,
    readonly starting: readonly { start(): void }[],
    readonly stopping: readonly { stop(): Promise<void> }[],
    readonly relay: OutboxRelay,
  ) {}
}

@Module({})
export class SchedulerModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private grpc: Promise<GrpcServer | undefined> | undefined;
  /** Where gRPC listens, once the application is up; undefined where nobody wants it. */
  grpcPort: number | undefined;

  constructor(private readonly workers: Workers) {}

  static register(options: SchedulerModuleOptions): DynamicModule {
    const { config, database, databaseUrl, log, logger, health, now = Date.now } = options;
    const { policies, experiments, training, ledger, deciding, service, metrics } = schedulerCore(options);
    const relay = new OutboxRelay({ url: databaseUrl, schema: database.schema, log, onWarning: (message, details) => logger.warn(details, message) });
    const parts = [policies, experiments, training];
    registerHealth(health, { database, relay, registry: policies.registry, working: { 'scheduler trainings': training, 'scheduler experiments': experiments } });
    return {
      module: SchedulerModule,
      controllers: [SchedulerConsumer, DecisionsController, ...parts.flatMap(({ controllers }) => controllers)],
      providers: [
        { provide: Workers, useValue: new Workers(() => startGrpc(options, deciding), [experiments, training], [training, experiments, ledger], relay) },
        { provide: SchedulerService, useValue: service },
        { provide: Sweeper, useValue: new Sweeper({ housekeeping: new Housekeeping({ database, config, logger, now }), metrics, logger }) },
        { provide: DecidingService, useValue: deciding },
        { provide: DecisionsService, useValue: new DecisionsService(database) },
        ...parts.flatMap(({ providers }) => providers),
      ],
    };
  }

  // Nest calls it once for the application and once for each of its microservices.
  async onApplicationBootstrap(): Promise<void> {
    if (this.grpc !== undefined) return;
    this.grpc = this.workers.startGrpc();
    this.grpcPort = (await this.grpc)?.port;
    this.workers.relay.start();
    for (const part of this.workers.starting) part.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await (await this.grpc)?.close();
    for (const part of this.workers.stopping) await part.stop();
    await this.workers.relay.stop();
  }
}

/** What decides and what learns, on the service's schema; nothing of it runs by itself but the ledger, once something was asked. */
export function schedulerCore({ config, database, logger, now = Date.now, openPolicy = openArtifact, policyFolder }: Pick<SchedulerModuleOptions, 'config' | 'database' | 'logger' | 'now' | 'openPolicy' | 'policyFolder'>) {
  const metrics = new SchedulerMetrics();
  const outbox = new OutboxWriter(database.schema);
  const policies = policyParts({ database, open: openPolicy, metrics, logger, now, folder: policyFolder, maxWaitMs: config.ORRERY_SCHEDULER_MAX_WAIT_MS });
  const experiments = experimentParts({ database, policies: policies.registry, logger, now });
  const shipped = () => policies.shelf.inOrder.flatMap(({ name, artifact, opened }) => (opened === undefined ? [] : [{ name, artifact }]));
  const training = trainingParts({ database, publisher: policies.registry, logger, now, shipped, workerCount: config.ORRERY_SCHEDULER_TRAINING_THREADS });
  const ledger = new LedgerWriter({ database, outbox, recorder: experiments, metrics, logger, now });
  const deciding = new DecidingService({
    ...{ policies: policies.registry, ledger, metrics, now, arms: experiments.arms, deadlineMs: config.ORRERY_SCHEDULER_DEADLINE_MS },
    expectations: new KnownEstimates({ database }),
  });
  const service = new SchedulerService({ database, positions: new TransactionalPositions(database), metrics, learners: [experiments], now });
  return { policies, experiments, training, ledger, deciding, service, metrics };
}

/** A state of many thousand tasks. */
const largestMessageBytes = 32 * 1024 * 1024;

async function startGrpc({ config, host, logger, authenticate }: SchedulerModuleOptions, deciding: DecidingService): Promise<GrpcServer | undefined> {
  const port = config.ORRERY_SCHEDULER_GRPC_PORT;
  if (port === undefined) return undefined;
  const server = await startGrpcServer({
    ...{ host, port, portSetting: 'ORRERY_SCHEDULER_GRPC_PORT', largestMessageBytes, authenticate },
    routes: schedulerRoutes(deciding),
    onFailure: (error) => logger.error({ err: error }, 'a gRPC call failed'),
  });
  logger.info({ port: server.port }, 'decisions are made over gRPC');
  return server;
}

interface HealthParts {
  readonly database: Database;
  readonly relay: OutboxRelay;
  readonly registry: PolicyRegistry;
  /** What works by itself, by name. */
  readonly working: Readonly<Record<string, { fault(): string | undefined }>>;
}

// The names are its own: in one process with others, all share the registry.
function registerHealth(health: HealthRegistry, { database, relay, registry, working }: HealthParts): void {
  health.register('scheduler database', () => database.ping());
  health.register('scheduler outbox', async () => {
    if (relay.state() === 'retrying') throw new OrreryError('ORRERY_DEPENDENCY', relay.reason() ?? 'retrying');
  });
  for (const [name, part] of Object.entries(working)) {
    health.register(name, async () => {
      const fault = part.fault();
      if (fault !== undefined) throw new OrreryError('ORRERY_DEPENDENCY', fault);
    });
  }
  // What is wrong with a policy is no reason to send nobody here: the heuristic decides.
  health.registerNotice('scheduler policies', () => {
    const reason = registry.fault();
    return reason === undefined ? undefined : { isDegraded: true, reason };
  });
}

/**
 * Lets an application that has the module consume the log too; the consumer's state becomes part of the health.
 *
 * @example startHttpService({ module: SchedulerModule.register(options), connect: (application) => connectScheduler(application, options), ... })
 */
export function connectScheduler(
  application: Pick<INestApplication, 'connectMicroservice'>,
  { database, log, logger, health }: Pick<SchedulerModuleOptions, 'database' | 'log' | 'logger' | 'health'>,
): EventLogServer {
  const server = connectEventLog(application, {
    log,
    groupId: consumerGroup,
    topics: learnedTopics,
    positions: new TransactionalPositions(database),
    gatherMs,
    onBreakerOpen: (reason) => logger.error({ reason }, 'too many facts cannot be learned: the consumer of the scheduler has stopped'),
  });
  health.register('scheduler consumer', async () => {
    const state = server.consumer?.state();
    if (state === 'broken' || state === 'retrying') throw new OrreryError('ORRERY_DEPENDENCY', `${state}: ${server.consumer?.reason() ?? ''}`);
  });
  return server;
}
