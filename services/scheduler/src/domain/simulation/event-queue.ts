/** Events in the order of their time, and of their coming where times are equal: a binary heap over three arrays. */
export class EventQueue<Event> {
  private readonly times: number[] = [];
  private readonly orders: number[] = [];
  private readonly events: Event[] = [];
  private added = 0;

  get size(): number {
    return this.times.length;
  }

  /** Of the next event; Infinity when there is none. */
  get nextMs(): number {
    return this.times[0] ?? Infinity;
  }

  add(atMs: number, event: Event): void {
    const order = this.added;
    this.added += 1;
    let hole = this.times.length;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.isBefore(atMs, order, parent)) break;
      this.move(parent, hole);
      hole = parent;
    }
    this.put(hole, atMs, order, event);
  }

  /** Takes the next event; undefined when there is none. */
  take(): Event | undefined {
    const first = this.events[0];
    const atMs = this.times.pop();
    const order = this.orders.pop();
    const event = this.events.pop();
    if (this.times.length > 0 && atMs !== undefined && order !== undefined) this.sink(atMs, order, event as Event);
    return first;
  }

  private sink(atMs: number, order: number, event: Event): void {
    const size = this.times.length;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && this.isBefore(this.times[child + 1] as number, this.orders[child + 1] as number, child)) child += 1;
      if (this.isBefore(atMs, order, child)) break;
      this.move(child, hole);
      hole = child;
    }
    this.put(hole, atMs, order, event);
  }

  private isBefore(atMs: number, order: number, other: number): boolean {
    const otherMs = this.times[other] as number;
    return atMs < otherMs || (atMs === otherMs && order < (this.orders[other] as number));
  }

  private move(from: number, to: number): void {
    this.put(to, this.times[from] as number, this.orders[from] as number, this.events[from] as Event);
  }

  private put(at: number, atMs: number, order: number, event: Event): void {
    this.times[at] = atMs;
    this.orders[at] = order;
    this.events[at] = event;
  }
}
