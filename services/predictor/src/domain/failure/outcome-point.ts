/** One finished run or task, as its history keeps it. */
export interface OutcomePoint {
  /** success, failure, error, timeout, cancellation, skip, unknown. */
  readonly outcome: string;
  readonly finishedAtMs: number;
  /** Texts, or what stands for them: only whether they are equal counts. Empty or `0`: not known. */
  readonly revision: string;
  readonly refName: string;
  readonly trigger: string;
  readonly attempt: number;
  readonly durationMs: number | null;
}

/** What is known of a run or task before it starts. Who asked for it is not: that is nobody's business. */
export interface FailureQuery {
  readonly atMs: number;
  readonly attempt: number;
  readonly revision: string;
  readonly refName: string;
  readonly trigger: string;
  /** Results of the other workflows of the repository, in any order. @default none known */
  readonly neighbours?: readonly OutcomePoint[];
}

/** A result that says something of the next one: cancelled and skipped runs do not. */
export interface DecidedPoint extends OutcomePoint {
  readonly failed: boolean;
}

const failed: ReadonlySet<string> = new Set(['failure', 'error', 'timeout']);

/** The results that were known at a moment, oldest first. */
export function decidedBefore(points: readonly OutcomePoint[], atMs: number): DecidedPoint[] {
  return points
    .filter(({ outcome, finishedAtMs }) => finishedAtMs <= atMs && (outcome === 'success' || failed.has(outcome)))
    .map((point) => ({ ...point, failed: failed.has(point.outcome) }))
    .sort((left, right) => left.finishedAtMs - right.finishedAtMs);
}

export function isKnown(text: string): boolean {
  return text !== '' && text !== '0';
}
