import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { isOrreryError, isRetriable, type OrreryError } from '@orrery/errors';
import type { Logger } from '@orrery/telemetry';
import type { FastifyRequest } from 'fastify';

const intervalMs = 5000;

interface Repetition {
  readonly toldAtMs: number;
  /** How many like it were left out since. */
  leftOut: number;
}

/**
 * Writes failed requests to the log. While something is down, every request fails in the same way: of such failures one is told in five seconds, and
 * how many there were. What was not foreseen is always told, with its stack.
 */
export class FailureLog {
  private readonly repetitions = new Map<string, Repetition>();

  constructor(
    private readonly logger: Logger,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  note(thrown: unknown, request: Pick<FastifyRequest, 'method' | 'url' | 'headers'>): void {
    const fields = { method: request.method, path: request.url.split('?')[0] };
    // By now the spans of the request are over; its line belongs to the trace that its sender told of.
    context.with(propagation.extract(ROOT_CONTEXT, request.headers), () => {
      if (isOrreryError(thrown) && isRetriable(thrown)) this.noteForeseen(thrown, fields);
      else this.logger.error({ ...fields, err: thrown }, 'request failed');
    });
  }

  private noteForeseen({ code, message }: OrreryError, fields: object): void {
    const previous = this.repetitions.get(code);
    if (previous !== undefined && this.nowMs() - previous.toldAtMs < intervalMs) {
      previous.leftOut += 1;
      return;
    }
    this.repetitions.set(code, { toldAtMs: this.nowMs(), leftOut: 0 });
    this.logger.warn({ ...fields, code, error: message, ...(previous === undefined || previous.leftOut === 0 ? {} : { others: previous.leftOut }) }, 'request failed');
  }
}
