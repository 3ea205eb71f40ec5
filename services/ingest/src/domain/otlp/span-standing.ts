import { Outcome } from '@orrery/contracts';
import { failureOf, finished, isTrouble, running, type FailureStatement, type Standing } from '../statements.js';
import { numberAttribute, textAttribute } from './otlp-values.js';
import type { Span } from './span.js';

/** The words of cicd.pipeline.result, cicd.pipeline.task.run.result and test.case.result.status. */
const results: ReadonlyMap<string, Outcome> = new Map([
  ['success', Outcome.SUCCESS],
  ['pass', Outcome.SUCCESS],
  ['failure', Outcome.FAILURE],
  ['fail', Outcome.FAILURE],
  ['error', Outcome.ERROR],
  ['timeout', Outcome.TIMEOUT],
  ['cancellation', Outcome.CANCELLATION],
  ['cancelled', Outcome.CANCELLATION],
  ['skip', Outcome.SKIP],
  ['skipped', Outcome.SKIP],
]);

/**
 * How a span ended. A result by the conventions stands above the status, and an `error.type` counts without a status too: AG2
 * leaves the status of failed tools and of code that exits with an error unset.
 */
export function spanStandingOf(span: Span): Standing {
  if (span.endMs === undefined) return running;
  const result = results.get(textAttribute(span.attributes, 'cicd.pipeline.task.run.result', 'cicd.pipeline.result', 'test.case.result.status')?.toLowerCase() ?? '');
  if (result !== undefined) return finished(result);
  const errorType = textAttribute(span.attributes, 'error.type');
  if (!span.hasErrorStatus && errorType === undefined) return finished(Outcome.SUCCESS);
  const words = `${errorType ?? ''} ${exceptionOf(span)?.type ?? ''}`;
  if (/time(?:d ?)?out|deadline/i.test(words)) return finished(Outcome.TIMEOUT);
  return finished(/cancel(?:l?ed|lation)/i.test(words) ? Outcome.CANCELLATION : Outcome.FAILURE);
}

/** Why a span did not succeed: its last exception, else its status and error type. */
export function spanFailureOf(span: Span, standing: Standing): FailureStatement | undefined {
  if (!isTrouble(standing) && standing.outcome !== Outcome.CANCELLATION) return undefined;
  const exception = exceptionOf(span);
  const exitCode = numberAttribute(span.attributes, 'ag2.code_execution.exit_code', 'process.exit.code', 'process.exit_code');
  const type = exception?.type ?? textAttribute(span.attributes, 'error.type', 'exception.type');
  const message = exception?.message ?? span.statusMessage ?? textAttribute(span.attributes, 'error.message', 'exception.message');
  return failureOf(type, message, exitCode);
}

function exceptionOf(span: Span): { readonly type: string | undefined; readonly message: string | undefined } | undefined {
  const event = span.events.findLast(({ name }) => name === 'exception');
  if (event === undefined) return undefined;
  return { type: textAttribute(event.attributes, 'exception.type'), message: textAttribute(event.attributes, 'exception.message') };
}
