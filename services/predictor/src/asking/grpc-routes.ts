import { create } from '@bufbuild/protobuf';
import { PredictBatchResponseSchema, Predictor } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import type { GrpcServerOptions } from '@orrery/http';
import type { AskingService } from './asking.service.js';
import { questionOf, responseOf } from './grpc-messages.js';
import { mostQuestions } from './question.js';

/** `Predictor` over gRPC. */
export function predictorRoutes(asking: AskingService): GrpcServerOptions['routes'] {
  return (router, answering) =>
    router.service(Predictor, {
      predict: (request, context) => answering(context, async (tenantId) => responseOf((await asking.answer(tenantId, [questionOf(request)]))[0])),
      predictBatch: ({ requests }, context) =>
        answering(context, async (tenantId) => {
          if (requests.length === 0 || requests.length > mostQuestions) throw new OrreryError('ORRERY_VALIDATION', `requests: expected 1 to ${mostQuestions}, got ${requests.length}`);
          const answers = await asking.answer(tenantId, requests.map(questionOf));
          return create(PredictBatchResponseSchema, { responses: answers.map(responseOf) });
        }),
    });
}
