import { errorCodes, OrreryError, type ErrorCode } from '@orrery/errors';

export interface Address {
  readonly url: URL;
  readonly apiKey: string | undefined;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Posting {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

const TIMEOUT_MS = 30_000;

/** Speaks the public HTTP API and turns every failure into one clear error. */
export class ApiClient {
  constructor(
    private readonly address: Address,
    private readonly timeoutMs: number = TIMEOUT_MS,
  ) {}

  get url(): string {
    return this.address.url.href.replace(/\/$/, '');
  }

  /** @throws ORRERY_DEPENDENCY when nobody answers, ORRERY_NOT_FOUND, ORRERY_FORBIDDEN … as the server says */
  async get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return (await readJson(await this.request(path, { method: 'GET' }, query))) as Answer;
  }

  /** Posts a body as it is and returns the JSON answer, or null when the answer is none. */
  async post<Answer>({ path, headers, body }: Posting): Promise<Answer | null> {
    const response = await this.request(path, { method: 'POST', headers, body });
    const type = response.headers.get('content-type') ?? '';
    if (!type.includes('json')) {
      await response.arrayBuffer();
      return null;
    }
    return (await readJson(response)) as Answer;
  }

  /** Deletes what a path names. */
  async delete(path: string): Promise<void> {
    await (await this.request(path, { method: 'DELETE' })).arrayBuffer();
  }

  private async request(path: string, init: RequestInit, query: Query = {}): Promise<Response> {
    const url = new URL(this.url + path);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const headers = new Headers(init.headers);
    headers.set('user-agent', 'orrery-cli/0.1.0');
    if (this.address.apiKey !== undefined) headers.set('authorization', `Bearer ${this.address.apiKey}`);
    let response: Response;
    try {
      response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(this.timeoutMs) });
    } catch (cause) {
      throw unreachable(this.url, cause);
    }
    if (response.ok) return response;
    throw await refusal(response, `${init.method ?? 'GET'} ${path}`);
  }
}

/** The one line for a server that does not answer: what, where, and what to do. */
export function unreachable(url: string, cause: unknown): OrreryError {
  return new OrreryError('ORRERY_DEPENDENCY', `no answer from ${url} (${reasonOf(cause)}). Start the platform with \`npm start\`, or name its address with --url or ORRERY_URL.`, {
    cause,
    details: { isUnreachable: true },
  });
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return 'timed out';
  const inner = cause.cause as { code?: unknown; message?: unknown } | undefined;
  return String(inner?.code ?? inner?.message ?? cause.message);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new OrreryError('ORRERY_DEPENDENCY', `${response.url} answered HTTP ${response.status} with something that is no JSON; is this the platform's address?`, { cause });
  }
}

const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'ORRERY_FORBIDDEN',
  403: 'ORRERY_FORBIDDEN',
  404: 'ORRERY_NOT_FOUND',
  409: 'ORRERY_CONFLICT',
  413: 'ORRERY_LIMIT',
  429: 'ORRERY_LIMIT',
};

async function refusal(response: Response, what: string): Promise<OrreryError> {
  const { status } = response;
  const text = await response.text().catch(() => '');
  const problem = parseProblem(text);
  const code = problem.code ?? codeByStatus[status] ?? (status >= 500 ? 'ORRERY_DEPENDENCY' : 'ORRERY_VALIDATION');
  const message = problem.detail ?? `${what} was answered with HTTP ${status}`;
  const isRetriable = status === 429 || status >= 500;
  return new OrreryError(code, message, { retriable: isRetriable, details: { httpStatus: status, retryAfter: response.headers.get('retry-after') ?? undefined } });
}

function parseProblem(text: string): { readonly code?: ErrorCode; readonly detail?: string } {
  try {
    const { code, detail } = JSON.parse(text) as { code?: unknown; detail?: unknown };
    return { code: errorCodes.find((known) => known === code), detail: typeof detail === 'string' ? detail : undefined };
  } catch {
    return {};
  }
}
