/** Every way in which Orrery fails, as a closed set; the edge maps each to HTTP, gRPC and dead-letter action. */
export const errorCodes = [
  'ORRERY_VALIDATION',
  'ORRERY_NOT_FOUND',
  'ORRERY_CONFLICT',
  'ORRERY_FORBIDDEN',
  'ORRERY_TIMEOUT',
  'ORRERY_DEPENDENCY',
  'ORRERY_NUMERICAL',
  'ORRERY_CONFIG',
  'ORRERY_LIMIT',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

const brand = Symbol.for('orrery.error');

/** Whether trying the same thing again can succeed, unless the thrower knows better. */
const retriableByCode: Readonly<Record<ErrorCode, boolean>> = {
  ORRERY_VALIDATION: false,
  ORRERY_NOT_FOUND: false,
  ORRERY_CONFLICT: false,
  ORRERY_FORBIDDEN: false,
  ORRERY_TIMEOUT: true,
  ORRERY_DEPENDENCY: true,
  ORRERY_NUMERICAL: false,
  ORRERY_CONFIG: false,
  ORRERY_LIMIT: true,
};

export interface ErrorOptions {
  /** Defaults to what the code implies: timeouts, dependencies and limits can be retried. */
  readonly retriable?: boolean;
  /** Facts for the reader: ids, expected, got. Never a secret or a payload. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The only error class of the platform: the code says what kind, `retriable` says whether to try again.
 *
 * @example
 * throw new OrreryError('ORRERY_NOT_FOUND', `run ${runId} does not exist`, { details: { runId } });
 */
export class OrreryError extends Error {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'OrreryError';
    this.code = code;
    this.retriable = options.retriable ?? retriableByCode[code];
    this.details = options.details ?? {};
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Tells whether a value is an {@link OrreryError}, also one from another copy of this package. */
export function isOrreryError(value: unknown): value is OrreryError {
  return typeof value === 'object' && value !== null && brand in value;
}

/** Tells whether trying again can help; an unknown error counts as one that it may help. */
export function isRetriable(value: unknown): boolean {
  return isOrreryError(value) ? value.retriable : true;
}

/** The message of anything that was thrown. */
export function messageOf(value: unknown): string {
  return value instanceof Error ? value.message : String(value);
}
