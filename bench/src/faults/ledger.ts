import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Sender } from '../harness/sender.js';

/** What one batch was answered: its record ids once it was acknowledged. */
interface Acknowledgement {
  readonly records: readonly { readonly record_id: string }[];
}

/**
 * Sends batches until each is acknowledged, through whatever happens to the server, and remembers what was acknowledged:
 * the ledger that the store is compared with afterwards.
 */
export class LedgerSender {
  readonly acknowledged = new Set<string>();
  unacknowledgedAttempts = 0;
  private isStopped = false;

  /** `address` is asked anew for each attempt, because a restarted server may listen elsewhere. */
  constructor(private readonly address: () => string) {}

  async send(bodies: Iterable<{ readonly body: string }>, pauseMs: number): Promise<void> {
    for (const { body } of bodies) {
      if (this.isStopped) return;
      await this.sendUntilAcknowledged(body);
      await sleep(pauseMs);
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  private async sendUntilAcknowledged(body: string): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await postOnce(this.address(), body);
      if (answer !== undefined) {
        for (const { record_id: id } of answer.records) this.acknowledged.add(id);
        return;
      }
      this.unacknowledgedAttempts += 1;
      await sleep(Math.min(50 * 2 ** attempt, 1000));
    }
  }
}

/** The acknowledgement, or undefined when the server is away or refuses for now. */
async function postOnce(url: string, body: string): Promise<Acknowledgement | undefined> {
  const sender = new Sender(url, 1);
  try {
    const answer = await sender.post('/api/v1/events', body, 'application/cloudevents-batch+json');
    return answer.status === 202 ? (JSON.parse(answer.body) as Acknowledgement) : undefined;
  } catch {
    return undefined;
  } finally {
    sender.close();
  }
}

export interface Audit {
  readonly lost: number;
  readonly duplicated: number;
}

/** Compares the store with the ledger: each acknowledged record is there, each record and execution event once. */
export async function audit(databaseUrl: string, acknowledged: ReadonlySet<string>): Promise<Audit> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>('select record_id::text as id from event_store.record');
    const stored = new Set(rows.map(({ id }) => id));
    const lost = [...acknowledged].filter((id) => !stored.has(id)).length;
    const { rows: events } = await client.query<{ surplus: string }>('select count(*) - count(distinct event_id) as surplus from event_store.execution_event');
    const { rows: counters } = await client.query<{ wrong: string }>(
      `select count(*) as wrong from event_store.run r
       where r.event_count <> (select count(*) from event_store.execution_event e where e.run_id = r.run_id)`,
    );
    return { lost, duplicated: rows.length - stored.size + Number(events[0]?.surplus ?? 0) + Number(counters[0]?.wrong ?? 0) };
  });
}

/** Waits until the store holds every acknowledged record; false when it does not within the time. */
export async function drained(databaseUrl: string, acknowledged: ReadonlySet<string>, timeoutMs = 120_000): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    try {
      const { lost } = await audit(databaseUrl, acknowledged);
      if (lost === 0) return true;
    } catch {
      // The database is on its way back.
    }
    await sleep(200);
  }
  return false;
}

export async function withClient<Result>(databaseUrl: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
