import { setTimeout as sleep } from 'node:timers/promises';
import { Api, executionEvent } from './api.js';
import { eventually } from './eventually.js';

const batchesOfRun = 3;
const eventsOfBatch = 10;

export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly detail: string;
}

interface ListedRun {
  readonly run_id: string;
  readonly external_id: string;
  readonly event_count: number;
}

/**
 * Sends batch after batch, each until it is acknowledged, through whatever happens to the server, and keeps the ledger that the store is compared
 * with afterwards. One run spans several batches, so that it is in the making at any moment.
 */
export class Ledger {
  /** Events that were acknowledged, by run. */
  readonly acknowledged = new Map<string, number>();
  readonly refusals: Refusal[] = [];
  batches = 0;
  private isStopped = false;
  private sending: Promise<void> | undefined;

  /** `address` is asked anew for each attempt: a server that was started again may listen elsewhere. */
  constructor(
    private readonly name: string,
    private readonly address: () => string,
  ) {}

  start(): void {
    this.sending = this.sendAll();
  }

  /** Resolves when `count` more batches were acknowledged. */
  async goesOn(count = 5, timeoutMs = 60_000): Promise<void> {
    const before = this.batches;
    await eventually(() => this.batches >= before + count, timeoutMs);
  }

  /** Lets the batch in hand come to its end. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.sending;
  }

  /** Waits until the store has what was acknowledged, then compares: nothing may be missing, nothing may be there twice. */
  async audit(): Promise<{ readonly lost: number; readonly surplus: number; readonly buried: number }> {
    const api = new Api(this.address());
    await eventually(async () => differences(this.acknowledged, await this.shown(api)).lost === 0, 60_000);
    // What is delivered twice would show now, when the consumer has nothing left.
    await eventually(async () => !/^orrery_consumer_lag_records\{[^}]*\} [1-9]/m.test(await (await api.call('GET', '/metrics')).text()));
    const { items } = await api.get<{ items: object[] }>('/api/v1/dead-letters');
    return { ...differences(this.acknowledged, await this.shown(api)), buried: items.length };
  }

  private async sendAll(): Promise<void> {
    while (!this.isStopped) {
      const run = `${this.name}-${Math.floor(this.batches / batchesOfRun)}`;
      const events = Array.from({ length: eventsOfBatch }, (_, index) => {
        const id = `${this.batches}-${index}`;
        return executionEvent(`${this.name}/${id}`, { run: { id: run, workflow: this.name }, events: [{ id, kind: 'tool_call', name: 'note', output: 'x'.repeat(400) }] });
      });
      while (!(await this.isAcknowledged(events))) await sleep(50);
      this.acknowledged.set(run, (this.acknowledged.get(run) ?? 0) + eventsOfBatch);
      this.batches += 1;
      await sleep(10);
    }
  }

  private async isAcknowledged(events: readonly object[]): Promise<boolean> {
    try {
      const response = await new Api(this.address()).send(events);
      const { status } = response;
      if (status !== 202) this.refusals.push({ status, retryAfter: response.headers.get('retry-after'), detail: ((await response.json()) as { detail: string }).detail });
      return status === 202;
    } catch {
      // The server is away: nothing was acknowledged.
      return false;
    }
  }

  /** Events that the store shows, by run: counted in its timeline, and as the run itself says. */
  private async shown(api: Api): Promise<ReadonlyMap<string, readonly number[]>> {
    const counts = new Map<string, readonly number[]>();
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { items: ListedRun[]; next_cursor: string | null } = await api.get(`/api/v1/runs?limit=500&workflow=${this.name}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      for (const { run_id: id, external_id: run, event_count: told } of page.items) {
        const { items } = await api.get<{ items: object[] }>(`/api/v1/runs/${id}/timeline?limit=1000`);
        counts.set(run, [told, items.length]);
      }
      cursor = page.next_cursor;
    }
    return counts;
  }
}

function differences(acknowledged: ReadonlyMap<string, number>, shown: ReadonlyMap<string, readonly number[]>): { readonly lost: number; readonly surplus: number } {
  let lost = 0;
  let surplus = 0;
  for (const [run, expected] of acknowledged) {
    for (const count of shown.get(run) ?? [0]) {
      lost += Math.max(expected - count, 0);
      surplus += Math.max(count - expected, 0);
    }
  }
  return { lost, surplus };
}
