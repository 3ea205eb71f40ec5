import { isOrreryError, type ErrorCode } from './orrery-error.js';

const httpStatusByCode: Readonly<Record<ErrorCode, number>> = {
  ORRERY_VALIDATION: 400,
  ORRERY_NOT_FOUND: 404,
  ORRERY_CONFLICT: 409,
  ORRERY_FORBIDDEN: 403,
  ORRERY_TIMEOUT: 504,
  ORRERY_DEPENDENCY: 503,
  ORRERY_NUMERICAL: 422,
  ORRERY_CONFIG: 500,
  ORRERY_LIMIT: 429,
};

/** Status codes of gRPC. Source: https://grpc.io/docs/guides/status-codes/ */
const grpcStatusByCode: Readonly<Record<ErrorCode, number>> = {
  ORRERY_VALIDATION: 3,
  ORRERY_NOT_FOUND: 5,
  ORRERY_CONFLICT: 9,
  ORRERY_FORBIDDEN: 7,
  ORRERY_TIMEOUT: 4,
  ORRERY_DEPENDENCY: 14,
  ORRERY_NUMERICAL: 11,
  ORRERY_CONFIG: 13,
  ORRERY_LIMIT: 8,
};

const titleByCode: Readonly<Record<ErrorCode, string>> = {
  ORRERY_VALIDATION: 'The request is not valid',
  ORRERY_NOT_FOUND: 'There is no such thing',
  ORRERY_CONFLICT: 'The request contradicts the present state',
  ORRERY_FORBIDDEN: 'Not allowed',
  ORRERY_TIMEOUT: 'It took too long',
  ORRERY_DEPENDENCY: 'Something this service needs is not available',
  ORRERY_NUMERICAL: 'The numbers do not allow an answer',
  ORRERY_CONFIG: 'The service is not configured correctly',
  ORRERY_LIMIT: 'Too much at once',
};

/** A problem document as RFC 9457 has it (media type application/problem+json). */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode | 'ORRERY_INTERNAL';
  readonly [extension: string]: unknown;
}

/**
 * Turns anything thrown into a problem document; `details.httpStatus` (400-599) overrides the code's status, for example 413.
 * Unknown errors give 500 with no message of theirs, so that no SQL or stack leaves the process.
 */
export function toProblem(error: unknown): ProblemDocument {
  if (!isOrreryError(error)) {
    return {
      type: 'about:blank',
      title: 'Something unexpected failed',
      status: 500,
      detail: 'The request failed inside the service; its log has the cause.',
      code: 'ORRERY_INTERNAL',
    };
  }
  const { httpStatus, ...details } = error.details;
  return {
    ...details,
    type: 'about:blank',
    title: titleByCode[error.code],
    status: typeof httpStatus === 'number' ? httpStatus : httpStatusByCode[error.code],
    detail: error.message,
    code: error.code,
  };
}

/**
 * The same over gRPC: the status code and what to say. Where HTTP says 401, the caller is not authenticated (16).
 *
 * @example toGrpcStatus(new OrreryError('ORRERY_NOT_FOUND', 'run 7 does not exist')) // { status: 5, message: 'run 7 does not exist' }
 */
export function toGrpcStatus(error: unknown): { readonly status: number; readonly message: string } {
  if (!isOrreryError(error)) return { status: 13, message: 'The request failed inside the service; its log has the cause.' };
  return { status: error.details['httpStatus'] === 401 ? 16 : grpcStatusByCode[error.code], message: `${error.code}: ${error.message}` };
}
