import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { isOrreryError, isRetriable, OrreryError, toProblem } from '@orrery/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FailureLog } from './failure-log.js';

const retryAfterSeconds = 5;

/** Answers every failure with a problem document (RFC 9457); what is not foreseen is logged with its cause. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly failures: FailureLog) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    sendProblem(http.getResponse<FastifyReply>(), request, thrown, this.failures);
  }
}

/** Writes the problem document of an error, with Retry-After where trying again can help. */
export function sendProblem(reply: FastifyReply, request: FastifyRequest, thrown: unknown, failures: FailureLog): void {
  const error = known(thrown);
  const problem = { ...toProblem(error), instance: request.url.split('?')[0] };
  if (problem.status >= 500) failures.note(thrown, request);
  if (reply.raw.headersSent || reply.raw.destroyed) return;
  if ((problem.status === 429 || problem.status === 503) && isRetriable(error)) {
    const seconds = isOrreryError(error) ? error.details['retryAfterSeconds'] : undefined;
    void reply.header('retry-after', typeof seconds === 'number' ? seconds : retryAfterSeconds);
  }
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

// Fastify and Nest have errors of their own for what goes wrong before a handler is reached; both carry the HTTP status.
function known(thrown: unknown): unknown {
  if (isOrreryError(thrown)) return thrown;
  const status = thrown instanceof HttpException ? thrown.getStatus() : fastifyStatusOf(thrown);
  if (status === undefined || status >= 500) return thrown;
  const message = (thrown as Error).message;
  if (status === 404) return new OrreryError('ORRERY_NOT_FOUND', message);
  if (status === 413) return new OrreryError('ORRERY_LIMIT', message, { retriable: false, details: { httpStatus: 413 } });
  return new OrreryError('ORRERY_VALIDATION', message, { details: { httpStatus: status } });
}

function fastifyStatusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}
