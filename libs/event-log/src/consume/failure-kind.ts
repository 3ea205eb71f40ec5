import { isOrreryError } from '@orrery/errors';

/**
 * - `retriable`: something the handler needs is away; the record is not to blame.
 * - `faulty`: the handler says that trying again gives the same.
 * - `unknown`: a bug or a hiccup; worth a few tries.
 */
export type FailureKind = 'retriable' | 'faulty' | 'unknown';

const networkCodes: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EMFILE', 'ENOSPC', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
]);

/**
 * SQLSTATEs that say something of the server or of other sessions, nothing of the data: connection (08), resources such as a
 * full disk (53), shutdown and start-up (57P), serialization and deadlock (40), lock and statement timeouts, read-only server.
 * Source: PostgreSQL documentation, appendix A.
 */
const passingSqlStates = /^(08...|53...|57P..|57014|40001|40P01|55P03|25006)$/;

/** What node-postgres throws without a code. */
const lostConnection = /Connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|Query read timeout/;

/** Tells what to do about a failed handler; errors that are not ours are judged by what drivers say, through their causes. */
export function failureKindOf(error: unknown): FailureKind {
  if (isOrreryError(error)) return error.retriable ? 'retriable' : 'faulty';
  return isPassing(error, 0) ? 'retriable' : 'unknown';
}

/** Whether a driver's error says that the other side was away or busy. */
export function isPassingDriverError(error: unknown): boolean {
  return isPassing(error, 0);
}

function isPassing(error: unknown, depth: number): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false;
  if (isOrreryError(error)) return error.retriable;
  const { code, message, cause, driverError } = error as { code?: unknown; message?: unknown; cause?: unknown; driverError?: unknown };
  if (typeof code === 'string' && (networkCodes.has(code) || passingSqlStates.test(code))) return true;
  if (typeof message === 'string' && lostConnection.test(message)) return true;
  return isPassing(cause, depth + 1) || isPassing(driverError, depth + 1);
}
