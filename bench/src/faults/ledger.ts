import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Sender } from '../harness/sender.js';
import type { Batch } from '../harness/synthetic-runs.js';

/** What one batch was answered: its record ids once it was acknowledged. */
interface Acknowledgement {
  readonly records: readonly { readonly record_id: string }[];
}

/** What a store must hold: no more and no less of these runs. */
export interface Ledger {
  /** The CloudEvents source of all that was sent; of no other case. */
  readonly source: string;
  /** Ids of acknowledged records. */
  readonly acknowledged: ReadonlySet<string>;
  /** How many execution events the acknowledged records tell of. */
  readonly executionEvents: number;
}

/**
 * Sends batches until each is acknowledged, through whatever happens to the server, and remembers what was acknowledged:
 * the ledger that the store is compared with afterwards.
 */
export class LedgerSender implements Ledger {
  readonly acknowledged = new Set<string>();
  executionEvents = 0;
  unacknowledgedAttempts = 0;
  private isStopped = false;

  /** `address` is asked anew for each attempt, because a restarted server may listen elsewhere. */
  constructor(
    readonly source: string,
    private readonly address: () => string,
  ) {}

  async send(source: Iterable<Batch>, pauseMs: number): Promise<void> {
    for (const batch of source) {
      if (this.isStopped) return;
      await this.sendUntilAcknowledged(batch);
      await sleep(pauseMs);
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  private async sendUntilAcknowledged({ body, executionEvents }: Batch): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await postOnce(this.address(), body);
      if (answer !== undefined) {
        for (const { record_id: id } of answer.records) this.acknowledged.add(id);
        this.executionEvents += executionEvents;
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

interface Found {
  readonly events: string;
  readonly distinct_events: string;
  readonly counted_events: string;
}

/**
 * Compares the store with a ledger: each acknowledged record is there once, and so is what it tells of. Runs that count other events
 * than they have, and events that nobody acknowledged, are duplicates too.
 */
export async function audit(databaseUrl: string, { source, acknowledged, executionEvents }: Ledger): Promise<Audit> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>('select record_id::text as id from event_store.record join event_store.run using (run_id) where source = $1', [source]);
    const stored = new Set(rows.map(({ id }) => id));
    const { rows: derived } = await client.query<Found>(
      `select count(e.event_id) as events, count(distinct e.event_id) as distinct_events, (select coalesce(sum(event_count), 0) from event_store.run where source = $1) as counted_events
       from event_store.run r join event_store.execution_event e using (run_id) where r.source = $1`,
      [source],
    );
    const [events, distinct, counted] = [Number(derived[0]?.events), Number(derived[0]?.distinct_events), Number(derived[0]?.counted_events)];
    return {
      lost: [...acknowledged].filter((id) => !stored.has(id)).length + Math.max(executionEvents - distinct, 0),
      duplicated: rows.length - stored.size + (events - distinct) + Math.abs(counted - events) + Math.max(distinct - executionEvents, 0),
    };
  });
}

/** Waits until the store holds everything that the ledger has; false when it does not within the time. */
export async function drained(databaseUrl: string, ledger: Ledger, timeoutMs = 120_000): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    try {
      const { lost } = await audit(databaseUrl, ledger);
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
