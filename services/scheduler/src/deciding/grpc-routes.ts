import { Scheduler } from '@orrery/contracts';
import type { GrpcServerOptions } from '@orrery/http';
import type { DecidingService } from './deciding.service.js';
import { questionOfCall, responseOf } from './grpc-messages.js';

/** `Scheduler` over gRPC. */
export function schedulerRoutes(deciding: DecidingService): GrpcServerOptions['routes'] {
  return (router, answering) =>
    router.service(Scheduler, {
      decide: (request, context) => answering(context, async (tenantId) => responseOf(await deciding.decide(tenantId, questionOfCall(request, deciding.nowMs())))),
    });
}
