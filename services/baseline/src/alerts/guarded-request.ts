import { lookup as resolveName } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import type { AddressPolicy } from './domain/address-policy.js';

export interface GuardedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface GuardedAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** As much as was read within the limits. */
  readonly body: string;
}

/** Like `dns.lookup` with all addresses. */
export type ResolveName = (hostname: string, options: { readonly all: true }, done: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void) => void;

export interface RequestGuard {
  readonly policy: AddressPolicy;
  /** For the whole of it, the answer included. @default 5_000 */
  readonly timeoutMs?: number;
  /** More of an answer is not read. @default 65_536 */
  readonly mostAnswerBytes?: number;
  /** @default the system's resolver */
  readonly resolve?: ResolveName;
}

/**
 * Sends a POST to a URL that a user named. The address is judged when the connection is made, and the connection goes to the very
 * address that was judged: names that answer differently the second time gain nothing. Redirects are answers like any other.
 *
 * @throws ORRERY_FORBIDDEN when the address, or plain HTTP to it, is not permitted.
 * @throws ORRERY_TIMEOUT when there is no answer within the time.
 * @throws ORRERY_DEPENDENCY when the connection fails.
 */
export async function postGuarded(request: GuardedRequest, guard: RequestGuard): Promise<GuardedAnswer> {
  const { timeoutMs = 5000 } = guard;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await send(request, guard, signal);
  } catch (error) {
    if (isOrreryError(error)) throw error;
    if (signal.aborted) throw new OrreryError('ORRERY_TIMEOUT', `no answer within ${timeoutMs} ms`, { cause: error });
    throw new OrreryError('ORRERY_DEPENDENCY', `the request failed: ${faultOf(error)}`, { cause: error });
  }
}

async function send({ url, headers, body }: GuardedRequest, { policy, mostAnswerBytes = 65_536, resolve = resolveName }: RequestGuard, signal: AbortSignal): Promise<GuardedAnswer> {
  const target = new URL(url);
  const isPlain = target.protocol === 'http:';
  const judge = (address: string) => refuseAddress(policy, address, isPlain);
  const literal = target.hostname.replace(/^\[|\]$/g, '');
  // For a literal address no name is looked up, and so the lookup below is not asked.
  if (isIP(literal) !== 0) judge(literal);
  const module = isPlain ? http : https;
  const outgoing = module.request(target, {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    // An agent of its own: no connection is kept that was judged for someone else, and no proxy of the environment comes between.
    agent: new module.Agent({ keepAlive: false }),
    lookup: judgedLookup(resolve, judge),
    signal,
  });
  return await new Promise((settle, fail) => {
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      settle(readAnswer(incoming, mostAnswerBytes));
    });
    outgoing.end(body);
  });
}

function judgedLookup(resolve: ResolveName, judge: (address: string) => void): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { all: true }, (error, addresses) => {
      const fault = error ?? faultAmong(addresses, judge);
      const [first] = addresses ?? [];
      if (fault !== null || first === undefined) done(fault ?? new OrreryError('ORRERY_DEPENDENCY', 'the name has no address'), '', 0);
      else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

/** One address that is not permitted is enough: which of them is taken is not ours to say. */
function faultAmong(addresses: readonly { readonly address: string }[], judge: (address: string) => void): OrreryError | null {
  try {
    for (const { address } of addresses) judge(address);
    return null;
  } catch (error) {
    return error as OrreryError;
  }
}

function refuseAddress(policy: AddressPolicy, address: string, isPlain: boolean): void {
  // The address itself is not told: an answer that names it would map the network for whoever asks.
  if (!policy.permits(address)) throw new OrreryError('ORRERY_FORBIDDEN', 'the target has an address that is not public; the operator can allow its network with ORRERY_ALERT_ALLOWED_NETWORKS');
  if (isPlain && !policy.isAllowed(address)) throw new OrreryError('ORRERY_FORBIDDEN', 'plain HTTP is only for networks of ORRERY_ALERT_ALLOWED_NETWORKS: use https://');
}

/** The status says all that counts, so an answer that is too long, slow or broken off is cut and not refused. */
async function readAnswer(incoming: http.IncomingMessage, mostBytes: number): Promise<GuardedAnswer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes >= mostBytes) break;
    }
  } catch {
    // What was read until here is the answer.
  } finally {
    incoming.destroy();
  }
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8') };
}

function faultOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code ?? messageOf(error).slice(0, 200);
}
