import { isOrreryError, OrreryError, type ErrorCode } from '@orrery/errors';
import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

/** The fields of an error that the server sent; see "Error and Notice Message Fields" of the PostgreSQL manual. */
interface ServerError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

interface Meaning {
  /** Beginning of the SQLSTATE. */
  readonly state: string;
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly says: string;
}

const meaning = (state: string, code: ErrorCode, retriable: boolean, says: string): Meaning => ({ state, code, retriable, says });

// The first entry that the SQLSTATE begins with wins. What the record cannot be blamed for is retriable: pausing loses nothing.
const meanings: readonly Meaning[] = [
  meaning('22', 'ORRERY_VALIDATION', false, 'a value does not fit its column'),
  meaning('23', 'ORRERY_VALIDATION', false, 'a constraint refuses the row'),
  meaning('21', 'ORRERY_VALIDATION', false, 'one statement has the same row twice'),
  meaning('54', 'ORRERY_VALIDATION', false, 'a value is larger or deeper nested than the database allows'),
  meaning('P0001', 'ORRERY_VALIDATION', false, 'a database function refuses the values'),
  meaning('42501', 'ORRERY_FORBIDDEN', false, 'row security or privileges forbid it'),
  meaning('40', 'ORRERY_CONFLICT', true, 'another transaction was in the way'),
  meaning('55P03', 'ORRERY_TIMEOUT', true, 'a lock was not released in time'),
  meaning('57014', 'ORRERY_TIMEOUT', true, 'the statement took too long and was cancelled'),
  meaning('25P03', 'ORRERY_TIMEOUT', true, 'the transaction was idle too long'),
  meaning('25P04', 'ORRERY_TIMEOUT', true, 'the transaction took too long'),
  meaning('53100', 'ORRERY_DEPENDENCY', true, 'its disk is full'),
  meaning('53300', 'ORRERY_DEPENDENCY', true, 'it has too many connections'),
  meaning('53', 'ORRERY_DEPENDENCY', true, 'it is out of resources'),
  meaning('57', 'ORRERY_DEPENDENCY', true, 'it is shutting down or starting'),
  meaning('25006', 'ORRERY_DEPENDENCY', true, 'it is a read-only standby'),
  meaning('08', 'ORRERY_DEPENDENCY', true, 'the connection failed'),
  meaning('28', 'ORRERY_CONFIG', true, 'it refuses the user or password'),
  meaning('3D', 'ORRERY_CONFIG', true, 'there is no such database'),
  meaning('3F', 'ORRERY_CONFIG', true, 'there is no such schema'),
  meaning('42', 'ORRERY_CONFIG', true, 'its tables and this program do not fit together'),
  meaning('', 'ORRERY_DEPENDENCY', true, 'it failed'),
];

const networkErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EMFILE']);

// What pg and pg-pool throw without a code of any kind.
const clientErrors =
  /^(Connection terminated|Client was closed|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired|Cannot use a pool after calling end|The server does not support SSL)/;

/** Whether the client gave up waiting: the server may still be at work on the connection, which therefore cannot be used again. */
export function isClientTimeout(error: unknown): boolean {
  return (driverError(error) as { message?: unknown } | null | undefined)?.message === 'Query read timeout';
}

/**
 * Says what an error of the database means to its caller. Errors that are not the database's come back as they are.
 *
 * - the record's fault (values, constraints, limits): ORRERY_VALIDATION, not retriable
 * - row security: ORRERY_FORBIDDEN, not retriable
 * - serialization failure, deadlock: ORRERY_CONFLICT, retriable
 * - timeouts: ORRERY_TIMEOUT, retriable
 * - the database's or the network's fault: ORRERY_DEPENDENCY, retriable
 * - the deployment's fault (password, missing table): ORRERY_CONFIG, retriable, because no record is to blame
 *
 * Neither messages nor details hold values of rows.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (isOrreryError(error)) return error;
  const cause = driverError(error);
  if (isServerError(cause)) return fromServer(cause);
  if (isClientTimeout(error)) return new OrreryError('ORRERY_TIMEOUT', 'the database did not answer in time', { cause });
  if (isConnectionError(cause)) return new OrreryError('ORRERY_DEPENDENCY', `the database cannot be reached: ${connectionFault(cause)}`, { cause });
  return error;
}

/** Errors of Node's own may come from another realm, where `instanceof Error` does not hold. */
function hasMessage(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

function driverError(error: unknown): unknown {
  return error instanceof QueryFailedError ? error.driverError : error;
}

function isServerError(error: unknown): error is ServerError {
  return hasMessage(error) && 'severity' in error && 'code' in error && typeof error.code === 'string';
}

function isConnectionError(error: unknown): error is NodeJS.ErrnoException {
  if (!hasMessage(error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (code !== undefined && networkErrors.has(code)) || clientErrors.test(error.message) || isLost(error);
}

/** TypeORM gives a broken connection back by itself, in the middle of a transaction. */
function isLost(error: unknown): boolean {
  return error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError;
}

function connectionFault(error: NodeJS.ErrnoException): string {
  return isLost(error) ? 'the connection was lost during the transaction' : error.message || (error.code ?? 'unknown');
}

function fromServer(error: ServerError): OrreryError {
  const found = meanings.find(({ state }) => error.code.startsWith(state)) as Meaning;
  const { schema, table, column, constraint } = error;
  const details = Object.fromEntries(Object.entries({ sqlState: error.code, schema, table, column, constraint }).filter(([, value]) => value !== undefined));
  // Where a record is at fault the driver's error quotes it (detail, where), so it is not passed on as the cause.
  const cause = found.code === 'ORRERY_VALIDATION' ? undefined : error;
  return new OrreryError(found.code, `the database refused: ${found.says} (${error.code} ${withoutValues(error.message)})`, {
    retriable: found.retriable,
    details,
    cause,
  });
}

/** Server messages quote values after a colon or after the word "value"; names of columns and constraints stay. */
function withoutValues(message: string): string {
  return message
    .replace(/: ".*"$/s, '')
    .replace(/value ".*"/s, 'value')
    .slice(0, 300);
}
