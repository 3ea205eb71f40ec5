import 'reflect-metadata';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { OrreryError } from '@orrery/errors';
import { NestLogger, type Logger, type Telemetry } from '@orrery/telemetry';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import { defaultBodyLimits, InFlightBytes, limitBodies, type BodyLimits } from './body-limits.js';
import { FailureLog } from './failure-log.js';
import type { HealthRegistry } from './health.js';
import { OpenConnections } from './open-connections.js';
import { addOperationsRoutes, openRoutes } from './operations-routes.js';
import { ProblemFilter, sendProblem } from './problem-filter.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose request it is; set before any handler runs. */
    tenantId: string;
  }
}

export interface HttpServiceOptions {
  readonly module: DynamicModule | Type;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly health: HealthRegistry;
  /** Names the tenant of a request or throws; not asked for {@link openRoutes}. */
  readonly authenticate: (request: FastifyRequest) => string;
  /** Adds what runs beside the HTTP server, such as log consumers. */
  readonly connect?: (application: INestApplication) => void;
  readonly limits?: Partial<BodyLimits>;
  /** Adds routes that are not Nest's, such as static files. */
  readonly extend?: (fastify: FastifyInstance) => Promise<void>;
}

export interface HttpService {
  /** Where it can be reached, for example http://127.0.0.1:4600 */
  readonly url: string;
  readonly application: INestApplication;
  /** Says "not ready", finishes what is in hand and stops listening. */
  close(): Promise<void>;
}

/** Runs a Nest module behind Fastify with the platform's limits, problem documents, health and metrics. */
export async function startHttpService(options: HttpServiceOptions): Promise<HttpService> {
  const { logger, health, telemetry } = options;
  const failures = new FailureLog(logger);
  // Fastify lets a request finish when it closes; a slow sender must not hold it for ever.
  const instance = fastify({
    requestTimeout: 60_000,
    forceCloseConnections: 'idle',
    // What arrives on an open connection while the service closes is answered like everything before it, and is the connection's last.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, request, reply) => sendProblem(reply, request, error, failures),
  });
  const connections = new OpenConnections(instance.server);
  instance.decorateRequest('tenantId', '');
  addAuthentication(instance, options.authenticate);
  limitBodies(instance, { ...defaultBodyLimits, ...options.limits }, new InFlightBytes());
  // A scope of its own: Nest sets the error handler of the outer one.
  await instance.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => sendProblem(reply, request, error, failures));
    addOperationsRoutes(scope, health, telemetry);
  });
  await options.extend?.(instance);
  const application = await NestFactory.create<NestFastifyApplication>(options.module, new FastifyAdapter(instance), {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  application.useGlobalFilters(new ProblemFilter(failures));
  options.connect?.(application);
  await application.startAllMicroservices();
  const url = await listen(application, options.host, options.port);
  health.markStarted();
  return { url, application, close: () => closeAll(application, health, connections) };
}

function addAuthentication(instance: FastifyInstance, authenticate: HttpServiceOptions['authenticate']): void {
  instance.addHook('onRequest', (request, _reply, done) => {
    try {
      if (!openRoutes.has(request.routeOptions.url ?? '')) request.tenantId = authenticate(request);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

async function listen(application: NestFastifyApplication, host: string, port: number): Promise<string> {
  try {
    await application.listen(port, host);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    // Nest runs the modules' own start in the same call.
    if (syscall !== 'listen') throw error;
    throw new OrreryError(
      'ORRERY_CONFIG',
      code === 'EADDRINUSE' ? `port ${port} of ${host} is taken by another program: stop it, or set ORRERY_PORT` : `cannot listen on ${host}:${port}`,
      { cause: error },
    );
  }
  return application.getUrl();
}

async function closeAll(application: INestApplication, health: HealthRegistry, connections: OpenConnections): Promise<void> {
  health.markDraining();
  await connections.endIdleUntil(application.close());
}
