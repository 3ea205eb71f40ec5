/** A map of bounded size: what was not used for longest makes room. */
export class LatestUsed<Value> {
  private readonly entries = new Map<string, Value>();

  constructor(private readonly limit: number) {}

  get(key: string): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    // A map goes through its keys in the order in which they were set.
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.limit) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  /** Gives up what was not used for longest, one after the other, while that is asked for; so many always stay. */
  dropWhile(isTooMuch: () => boolean, least: number): void {
    while (this.entries.size > least && isTooMuch()) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
  }

  values(): IterableIterator<Value> {
    return this.entries.values();
  }
}
