/** One step of a sequence with what was known of it when it happened. */
export interface SequenceEvent {
  /** What happened: an activity, a task. */
  readonly symbol: string;
  /** Unix time in milliseconds; NaN when unknown. */
  readonly atMs: number;
  /** Names to texts or numbers; those that are absent are unknown. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** A finished case, run or trace: its events in order. */
export interface Sequence {
  readonly id: string;
  readonly events: readonly SequenceEvent[];
}
