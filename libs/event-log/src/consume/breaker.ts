const maxConsecutive = 1_000;
const windowSize = 5_000;

/**
 * Opens, and stays open, when too much is bad for the fault to lie with single records: 1,000 dead letters in a row, or more
 * than half of the last 5,000 records.
 */
export class Breaker {
  readonly #window = new Uint8Array(windowSize);
  #next = 0;
  #seen = 0;
  #badInWindow = 0;
  #consecutive = 0;
  #reason: string | undefined;

  /** Why it is open; undefined while it is closed. */
  get reason(): string | undefined {
    return this.#reason;
  }

  recordGood(count: number): void {
    if (count === 0) return;
    this.#consecutive = 0;
    for (let i = 0; i < Math.min(count, windowSize); i += 1) this.#push(0);
  }

  recordBad(): void {
    this.#consecutive += 1;
    this.#push(1);
    if (this.#consecutive >= maxConsecutive) this.#open(`${this.#consecutive} records in a row went to the dead letters`);
    else if (this.#seen >= windowSize && this.#badInWindow * 2 > windowSize) {
      this.#open(`${this.#badInWindow} of the last ${windowSize} records went to the dead letters`);
    }
  }

  #push(bad: 0 | 1): void {
    this.#badInWindow += bad - (this.#window[this.#next] ?? 0);
    this.#window[this.#next] = bad;
    this.#next = (this.#next + 1) % windowSize;
    this.#seen += 1;
  }

  #open(reason: string): void {
    this.#reason ??= reason;
  }
}
