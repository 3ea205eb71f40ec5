import { encodeFact, type Fact } from './encode.js';
import type { FactQueue, Lane } from './fact-queue.js';
import type { Delivery } from './delivery.js';
import type { Tally } from './tally.js';

/** A loop that never yields gives microtasks no turn; every so many calls, or characters of text, one call does the encoding. */
const MOST_PENDING_FACTS = 256;
const MOST_PENDING_CHARACTERS = 4 * 1024 * 1024;

interface PendingFact {
  readonly fact: Fact;
  readonly lane: Lane;
}

/**
 * Where the host's calls end: a push, no more. Encoding happens in a microtask, that is after the caller's own code and before
 * it can go on from its next await, so that objects which the host changes later are sent as they were.
 */
export class Outbox {
  private pending: PendingFact[] = [];
  private pendingCharacters = 0;
  private isClosed = false;
  private readonly encode = () => this.encodePending();

  constructor(
    private readonly maxEventBytes: number,
    private readonly queue: FactQueue,
    private readonly delivery: Delivery,
    private readonly tally: Tally,
  ) {}

  /** @param characters length of the texts in the fact that may be long */
  add(fact: Fact, lane: Lane, characters = 0): void {
    if (this.isClosed) {
      this.tally.lose('afterClose', 1);
      return;
    }
    this.pending.push({ fact, lane });
    this.pendingCharacters += characters;
    if (this.pending.length === 1) queueMicrotask(this.encode);
    else if (this.pending.length >= MOST_PENDING_FACTS || this.pendingCharacters > MOST_PENDING_CHARACTERS) this.encodePending();
  }

  encodePending(): void {
    if (this.pending.length === 0) return;
    const batch = this.pending;
    this.pending = [];
    this.pendingCharacters = 0;
    for (const { fact, lane } of batch) this.enqueue(fact, lane);
    this.delivery.wake();
  }

  close(): void {
    this.encodePending();
    this.isClosed = true;
  }

  private enqueue(fact: Fact, lane: Lane): void {
    const json = this.encoded(fact);
    if (json === undefined) {
      this.tally.lose('tooLarge', 1);
      return;
    }
    const lost = this.queue.add({ json, sizeBytes: Buffer.byteLength(json), createdAtMs: fact.createdAtMs }, lane);
    if (lost > 0) this.tally.lose('queueFull', lost);
  }

  private encoded(fact: Fact): string | undefined {
    try {
      return encodeFact(fact, this.maxEventBytes);
    } catch {
      // Runs in a microtask of the host, where anything thrown would end the host's process.
      return undefined;
    }
  }
}
