import { isOrreryError, messageOf } from '@orrery/errors';
import type { ApiClient } from '../api-client.js';
import type { Receipt } from '../api-shapes.js';
import type { PreparedRequest } from './conversion.js';

export type PostResult =
  | { readonly kind: 'taken'; readonly accepted: number; readonly unrecognised: number; readonly runIds: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nobody answers: going on makes no sense. */
  | { readonly kind: 'unreachable'; readonly error: Error };

const MOST_ATTEMPTS = 8;
const ATTEMPTS_TO_REACH = 3;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 30_000;

/** Posts a request; waits and tries again while the server is too busy, at least as long as it asks for. */
export async function postPatiently(client: ApiClient, request: PreparedRequest): Promise<PostResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return judge(await client.post<Receipt>({ ...request, body: new Uint8Array(request.body) }));
    } catch (error) {
      if (!isOrreryError(error)) throw error;
      const isUnreachable = error.details['isUnreachable'] === true;
      if (isUnreachable && attempt >= ATTEMPTS_TO_REACH) return { kind: 'unreachable', error };
      if (!isUnreachable && (!error.retriable || attempt === MOST_ATTEMPTS)) return { kind: 'refused', reason: messageOf(error) };
      const askedMs = Number(error.details['retryAfter'] ?? 0) * 1000 || 0;
      const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(askedMs, FIRST_WAIT_MS * 2 ** (attempt - 1)));
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

interface PartialSuccess {
  readonly errorMessage?: string;
  readonly rejectedSpans?: number | string;
  readonly rejectedDataPoints?: number | string;
  readonly rejectedLogRecords?: number | string;
}

/** Reads the platform's receipt, or OTLP's own answer, in which the rejected are counted. */
function judge(answer: (Receipt & { readonly partialSuccess?: PartialSuccess }) | null): PostResult {
  const rejected = rejectedBy(answer?.partialSuccess ?? {});
  if (rejected > 0) return { kind: 'refused', reason: `${rejected} rejected: ${answer?.partialSuccess?.errorMessage ?? 'no reason given'}` };
  const { accepted = 1, unrecognised = 0, records = [] } = answer ?? {};
  return { kind: 'taken', accepted, unrecognised, runIds: records.flatMap(({ run_ids: runIds }) => runIds) };
}

function rejectedBy({ rejectedSpans, rejectedDataPoints, rejectedLogRecords }: PartialSuccess): number {
  return Number(rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords ?? 0);
}
