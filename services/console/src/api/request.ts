import { currentKey, keyDemand } from './api-key.js';
import { noteAnswer, noteSilence } from './connection.js';
import { ApiProblem, offlineCode, problemOf } from './problem.js';

const patienceMs = 60_000;

export type Parameters = Readonly<Record<string, string | number | null | undefined>>;

/** The query of a call; what is null, undefined or empty stays away. */
export function queryOf(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/**
 * Reads JSON from the API.
 *
 * @throws ApiProblem when the server refuses or does not answer; the DOMException AbortError when the signal was aborted
 */
export async function getJson<Value>(path: string, parameters: Parameters, signal: AbortSignal): Promise<Value> {
  return call<Value>(`${path}${queryOf(parameters)}`, { signal });
}

/** Sends JSON to the API and reads what it answers; throws as getJson does. */
export async function postJson<Value>(path: string, body: unknown, signal: AbortSignal): Promise<Value> {
  return call<Value>(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' }, signal });
}

// Only a read is ended by patience: whether a write took place must not stay open while the server still works on it.
async function call<Value>(path: string, init: RequestInit & { signal: AbortSignal }): Promise<Value> {
  const key = currentKey();
  const headers = new Headers(init.headers);
  headers.set('accept', 'application/json');
  if (key !== null) headers.set('authorization', `Bearer ${key}`);
  const signal = init.method === 'POST' ? init.signal : AbortSignal.any([init.signal, AbortSignal.timeout(patienceMs)]);
  let answer: Response;
  let body: string;
  try {
    answer = await fetch(`api/v1/${path}`, { ...init, headers, signal });
    body = await answer.text();
  } catch (thrown) {
    throw silence(thrown, init.signal);
  }
  noteAnswer();
  if (!answer.ok) throw refusal(answer, body);
  return JSON.parse(body) as Value;
}

function silence(thrown: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'TimeoutError') {
    return new ApiProblem('ORRERY_TIMEOUT', 0, `No answer within ${String(patienceMs / 1000)} seconds.`);
  }
  noteSilence();
  return new ApiProblem(offlineCode, 0, 'No answer came from the server that this page belongs to.');
}

function refusal(answer: Response, body: string): ApiProblem {
  const problem = problemOf(answer.status, body, answer.headers.get('retry-after'));
  if (answer.status === 401) keyDemand.set({ reason: problem.message });
  return problem;
}
