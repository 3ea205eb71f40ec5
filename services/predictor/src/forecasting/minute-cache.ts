interface Kept<Value> {
  readonly value: Promise<Value>;
  readonly untilMs: number;
}

const keptMs = 60_000;

/** Keeps answers for a minute, so that a page that many look at is computed once; who asks meanwhile waits for the same answer. */
export class MinuteCache<Value> {
  private readonly kept = new Map<string, Kept<Value>>();

  constructor(
    private readonly now: () => number,
    private readonly most: number,
  ) {}

  /** The answer that is kept, or a new one. Failures are not kept. */
  async of(key: string, make: () => Promise<Value>): Promise<Value> {
    const nowMs = this.now();
    const known = this.kept.get(key);
    if (known !== undefined && known.untilMs > nowMs) return await known.value;
    const made: Kept<Value> = { value: make(), untilMs: nowMs + keptMs };
    this.kept.delete(key);
    this.kept.set(key, made);
    this.dropOldest();
    try {
      return await made.value;
    } catch (error) {
      if (this.kept.get(key) === made) this.kept.delete(key);
      throw error;
    }
  }

  /** The next question gets a new answer. */
  forget(key: string): void {
    this.kept.delete(key);
  }

  private dropOldest(): void {
    for (const key of this.kept.keys()) {
      if (this.kept.size <= this.most) return;
      this.kept.delete(key);
    }
  }
}
