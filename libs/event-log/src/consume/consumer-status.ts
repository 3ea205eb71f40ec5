import type { ConsumerState } from '../event-log.js';

/** What a consumer says of itself: the worst of what its parts report. */
export class ConsumerStatus {
  #phase: 'starting' | 'running' | 'stopped' = 'starting';
  #brokenBy: string | undefined;
  readonly #retrying = new Map<string, string>();

  constructor(private readonly onBroken: (reason: string) => void) {}

  get state(): ConsumerState {
    if (this.#phase === 'stopped') return 'stopped';
    if (this.#brokenBy !== undefined) return 'broken';
    return this.#retrying.size > 0 ? 'retrying' : this.#phase;
  }

  get reason(): string | undefined {
    if (this.#brokenBy !== undefined) return this.#brokenBy;
    const [first] = this.#retrying.values();
    return first;
  }

  get isBroken(): boolean {
    return this.#brokenBy !== undefined;
  }

  started(): void {
    if (this.#phase === 'starting') this.#phase = 'running';
  }

  stopped(): void {
    this.#phase = 'stopped';
    this.#retrying.clear();
  }

  /** One part (a partition, the membership) is waiting to try again. */
  retrying(part: string, reason: string): void {
    this.#retrying.set(part, reason);
  }

  recovered(part: string): void {
    this.#retrying.delete(part);
  }

  broken(reason: string): void {
    if (this.#brokenBy !== undefined) return;
    this.#brokenBy = reason;
    this.onBroken(reason);
  }
}
