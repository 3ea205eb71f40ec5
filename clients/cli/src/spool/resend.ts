import { isOrreryError } from '@orrery/errors';
import { ApiClient, type Address } from '../api-client.js';
import type { Spool } from './spool.js';

const BATCH_EVENTS = 500;
const BATCH_BYTES = 1024 * 1024;
const REQUEST_TIMEOUT_MS = 2_000;

export interface Resent {
  readonly sent: number;
  /** Files that the server refused; they were put aside. */
  readonly refused: readonly string[];
}

/** Sends what waits, oldest first, until the server does not answer or the time is up. Never throws. */
export async function resendSpooled(spool: Spool, address: Address, deadlineMs = 3_000): Promise<Resent> {
  const client = new ApiClient(address, REQUEST_TIMEOUT_MS);
  const endMs = performance.now() + deadlineMs;
  const refused: string[] = [];
  let sent = 0;
  for (const name of await spool.files()) {
    for (const batch of batches(await spool.read(name))) {
      if (performance.now() > endMs) return { sent, refused };
      const outcome = await post(client, batch);
      if (outcome === 'later') return { sent, refused };
      if (outcome === 'refused') {
        refused.push(await spool.putAside(name));
        break;
      }
      sent += batch.length;
    }
    await spool.remove(name);
  }
  return { sent, refused };
}

async function post(client: ApiClient, events: readonly string[]): Promise<'taken' | 'later' | 'refused'> {
  try {
    await client.post({ path: '/api/v1/events', headers: { 'content-type': 'application/cloudevents-batch+json' }, body: `[${events.join(',')}]` });
    return 'taken';
  } catch (error) {
    const status = isOrreryError(error) ? error.details['httpStatus'] : undefined;
    return status === 400 || status === 413 || status === 422 ? 'refused' : 'later';
  }
}

function* batches(events: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(event) + 1;
    if (batch.length > 0 && (batch.length >= BATCH_EVENTS || bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
