import type { INestApplication, INestMicroservice } from '@nestjs/common';
import { EventLogServer, type EventLogServerOptions } from './event-log-server.js';
import { PassErrorsFilter } from './pass-errors.filter.js';

/**
 * Adds the event log to a Nest application as one of its microservices, with errors passed through; call it before
 * `startAllMicroservices`.
 *
 * @example
 * const server = connectEventLog(app, { log, groupId: 'baseline', topics: [taskFinishedTopic], positions });
 * await app.startAllMicroservices();
 * server.consumer?.state(); // 'running'
 */
export function connectEventLog(app: Pick<INestApplication, 'connectMicroservice'>, options: EventLogServerOptions): EventLogServer {
  const strategy = new EventLogServer(options);
  // Deferred: filters that come after the handlers were registered do not count.
  const microservice: INestMicroservice = app.connectMicroservice({ strategy }, { deferInitialization: true });
  microservice.useGlobalFilters(new PassErrorsFilter());
  return strategy;
}
