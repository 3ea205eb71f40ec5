/**
 * What a fact is about. Structure (runs, tasks) makes the trace; detail (events, artifacts, messages, samples) fills it, and is
 * what goes first when memory is short.
 */
export type Lane = 'structure' | 'detail';

/** One CloudEvent, ready to be sent. */
export interface EncodedFact {
  readonly json: string;
  readonly sizeBytes: number;
  readonly createdAtMs: number;
}

export interface QueueLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

interface Entry {
  readonly sequence: number;
  readonly fact: EncodedFact;
}

/** A first-in-first-out list whose removal at the head costs the same however long it is. */
class Line {
  private entries: (Entry | undefined)[] = [];
  private head = 0;

  push(entry: Entry): void {
    this.entries.push(entry);
  }

  peek(): Entry | undefined {
    return this.entries[this.head];
  }

  shift(): Entry | undefined {
    const entry = this.entries[this.head];
    if (entry === undefined) return undefined;
    this.entries[this.head] = undefined;
    this.head += 1;
    if (this.head > 1024 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
    return entry;
  }
}

/**
 * Facts that wait to be sent, in the order in which they came, bounded by number and bytes. When a new fact does not fit, the
 * oldest detail makes room; the oldest run and task facts go only when no detail is left, so that the end of a run arrives
 * even when the server was away for long.
 */
export class FactQueue {
  private readonly lanes: Readonly<Record<Lane, Line>> = { structure: new Line(), detail: new Line() };
  private nextSequence = 0;
  private events = 0;
  private bytes = 0;

  constructor(private readonly limits: QueueLimits) {}

  get length(): number {
    return this.events;
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  /** Adds a fact and returns how many older ones (or the fact itself, when it is larger than the whole queue) were lost for it. */
  add(fact: EncodedFact, lane: Lane): number {
    if (fact.sizeBytes > this.limits.maxBytes) return 1;
    let lost = 0;
    while (this.events + 1 > this.limits.maxEvents || this.bytes + fact.sizeBytes > this.limits.maxBytes) {
      if (this.remove(this.lanes.detail) === undefined && this.remove(this.lanes.structure) === undefined) return lost + 1;
      lost += 1;
    }
    this.lanes[lane].push({ sequence: this.nextSequence++, fact });
    this.events += 1;
    this.bytes += fact.sizeBytes;
    return lost;
  }

  /** Takes the oldest facts, at least one if there is any, at most so many and so many bytes. */
  take(limits: QueueLimits): EncodedFact[] {
    const taken: EncodedFact[] = [];
    let bytes = 0;
    for (;;) {
      const line = this.oldestLine();
      const next = line?.peek()?.fact;
      if (line === undefined || next === undefined) return taken;
      bytes += next.sizeBytes;
      if (taken.length > 0 && (taken.length >= limits.maxEvents || bytes > limits.maxBytes)) return taken;
      this.remove(line);
      taken.push(next);
    }
  }

  private oldestLine(): Line | undefined {
    const { structure, detail } = this.lanes;
    const first = structure.peek();
    const second = detail.peek();
    if (first === undefined || second === undefined) return first === undefined ? detail : structure;
    return first.sequence < second.sequence ? structure : detail;
  }

  private remove(line: Line): EncodedFact | undefined {
    const fact = line.shift()?.fact;
    if (fact === undefined) return undefined;
    this.events -= 1;
    this.bytes -= fact.sizeBytes;
    return fact;
  }
}
