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
