/** Why a call came to nothing, as the server's problem document (RFC 9457) or as the browser tells it. */
export class ApiProblem extends Error {
  readonly code: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly retryAfterSeconds: number | null;

  constructor(code: string, status: number, detail: string, retryAfterSeconds: number | null = null) {
    super(detail);
    this.name = 'ApiProblem';
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export const offlineCode = 'OFFLINE';

const headings: Readonly<Record<string, string>> = {
  ORRERY_NOT_FOUND: 'There is nothing under this address',
  ORRERY_VALIDATION: 'The server does not understand this request',
  ORRERY_FORBIDDEN: 'The server refuses access',
  ORRERY_CONFLICT: 'Something else changed in the meantime',
  ORRERY_TIMEOUT: 'The server took too long',
  ORRERY_DEPENDENCY: 'A part that the server needs does not answer',
  ORRERY_LIMIT: 'The server asks to slow down',
  [offlineCode]: 'The server does not answer',
};

/** The heading of a problem in words that need no knowledge of the API. */
export function headingOf(problem: ApiProblem): string {
  return headings[problem.code] ?? 'Something went wrong';
}

/** Reads a refused answer; answers that are no problem documents become one. */
export function problemOf(status: number, body: string, retryAfter: string | null): ApiProblem {
  const document = parsed(body);
  const code = typeof document['code'] === 'string' ? document['code'] : `HTTP_${String(status)}`;
  const words = [document['detail'], document['title']].find((part) => typeof part === 'string' && part !== '');
  const seconds = Number(retryAfter ?? NaN);
  const detail = typeof words === 'string' ? words : `The server answered ${String(status)} without saying why.`;
  return new ApiProblem(code, status, detail, Number.isFinite(seconds) ? seconds : null);
}

/** Any thrown value as a problem. */
export function asProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiProblem('CONSOLE', 0, words);
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
