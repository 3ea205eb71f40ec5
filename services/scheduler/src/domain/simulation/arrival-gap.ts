/** The last arrivals tell how busy it is; as many as make the mean steady, and few enough to follow a rush. */
const gapCount = 16;

/** The mean gap between the last arrivals. */
export class ArrivalGap {
  private readonly timesMs: number[] = [];

  /** Ms; Infinity before the second arrival. */
  get meanMs(): number {
    const [first] = this.timesMs;
    const last = this.timesMs.at(-1);
    return first === undefined || last === undefined || this.timesMs.length < 2 ? Infinity : (last - first) / (this.timesMs.length - 1);
  }

  add(atMs: number): void {
    this.timesMs.push(atMs);
    if (this.timesMs.length > gapCount + 1) this.timesMs.shift();
  }

  reset(): void {
    this.timesMs.length = 0;
  }
}
