import { Outcome, Status, type Failure } from '@orrery/contracts';
import { instant, type Microseconds } from './instant.js';
import { fieldwise, greatest, least, type Join } from './join.js';
import { told } from './values.js';

/** Why something did not succeed. */
export interface FailureCause {
  readonly type: string | null;
  readonly message: string | null;
  readonly exitCode: number | null;
}

/** What a statement said of the status. Running and paused alternate, so they carry when it was said; 0 for the others. */
export interface StatusClaim {
  readonly status: Status;
  readonly atUs: Microseconds;
}

/** How it ended, as one unit: the failure belongs to this outcome and not to another one. */
export interface Ending {
  readonly outcome: Outcome;
  /** The finish that was told together with the outcome. */
  readonly atUs: Microseconds | null;
  readonly failure: FailureCause | null;
}

/** A failure told by any statement, also by one that said no outcome. */
export interface FailureClaim {
  readonly atUs: Microseconds;
  readonly failure: FailureCause;
}

/** How far a run, an attempt of a task or an execution event is. */
export interface Progress {
  readonly status: StatusClaim | null;
  readonly ending: Ending | null;
  readonly lastFailure: FailureClaim | null;
  readonly queuedAtUs: Microseconds | null;
  readonly startedAtUs: Microseconds | null;
  readonly finishedAtUs: Microseconds | null;
}

/** The part of a wire statement that speaks of progress. */
export interface ProgressStatement {
  readonly status: Status;
  readonly outcome: Outcome;
  readonly queuedAtMs?: number | undefined;
  readonly startedAtMs?: number | undefined;
  readonly finishedAtMs?: number | undefined;
  readonly failure?: Failure | undefined;
}

export const noProgress: Progress = { status: null, ending: null, lastFailure: null, queuedAtUs: null, startedAtUs: null, finishedAtUs: null };

/** Joins two accounts of the same thing: see the laws of each part below. */
export const joinProgress: Join<Progress> = fieldwise<Progress>({
  status: joinStatus,
  ending: joinEnding,
  lastFailure: (a, b) => (compareClaims(a, b) < 0 ? b : a),
  queuedAtUs: least,
  startedAtUs: least,
  finishedAtUs: greatest,
});

/** What a statement says of progress. @param saidAtUs when the statement was made */
export function progressOf(statement: ProgressStatement, saidAtUs: Microseconds): Progress {
  const { status, outcome } = statement;
  const finishedAtUs = instant(statement.finishedAtMs);
  const failure = failureOf(statement.failure);
  return {
    status: status === Status.UNSPECIFIED ? null : { status, atUs: rankOf(status) === activeRank ? saidAtUs : 0 },
    ending: outcome === Outcome.UNSPECIFIED ? null : { outcome, atUs: finishedAtUs, failure },
    lastFailure: failure === null ? null : { atUs: finishedAtUs ?? saidAtUs, failure },
    queuedAtUs: instant(statement.queuedAtMs),
    startedAtUs: instant(statement.startedAtMs),
    finishedAtUs,
  };
}

/**
 * Where it stands: what was told, or what follows from other things told - an outcome or a finish means finished, a start
 * means running - whichever is further. Never less for more statements.
 */
export function statusOf({ status, ending, queuedAtUs, startedAtUs, finishedAtUs }: Progress): Status {
  const claimed = status?.status ?? Status.UNSPECIFIED;
  const implied =
    ending !== null || finishedAtUs !== null
      ? Status.FINISHED
      : startedAtUs !== null
        ? Status.RUNNING
        : queuedAtUs !== null
          ? Status.QUEUED
          : Status.UNSPECIFIED;
  return rankOf(implied) > rankOf(claimed) ? implied : claimed;
}

/** How it ended; unspecified until an engine says so, since an outcome is never guessed. */
export function outcomeOf({ ending }: Progress): Outcome {
  return ending?.outcome ?? Outcome.UNSPECIFIED;
}

/** Why it did not succeed: what came with the outcome, else the last failure told - unless it ended well. */
export function failureShownFor({ ending, lastFailure }: Progress): FailureCause | null {
  if (ending?.outcome === Outcome.SUCCESS || ending?.outcome === Outcome.SKIP) return ending.failure;
  return ending?.failure ?? lastFailure?.failure ?? null;
}

/** Tells whether it runs, is paused or is over: once true, always true. */
export function hasBegun(progress: Progress): boolean {
  return rankOf(statusOf(progress)) >= activeRank;
}

export function isFinished(progress: Progress): boolean {
  return statusOf(progress) === Status.FINISHED;
}

/** Tells whether it ended in a way that somebody has to look at. */
export function hasFailed({ ending }: Progress): boolean {
  return ending !== null && isFailure(ending.outcome);
}

export function isFailure(outcome: Outcome): boolean {
  return outcome === Outcome.FAILURE || outcome === Outcome.ERROR || outcome === Outcome.TIMEOUT;
}

export function failureOf(failure: Failure | undefined): FailureCause | null {
  if (failure === undefined) return null;
  const cause = { type: told(failure.type), message: told(failure.message), exitCode: failure.exitCode ?? null };
  return cause.type === null && cause.message === null && cause.exitCode === null ? null : cause;
}

const activeRank = 2;
const rankByStatus: Readonly<Record<Status, number>> = {
  [Status.UNSPECIFIED]: 0,
  [Status.QUEUED]: 1,
  [Status.RUNNING]: activeRank,
  [Status.PAUSED]: activeRank,
  [Status.FINISHED]: 3,
};

// Statuses of later protocol versions are unknown here; they count as nothing told rather than as finished.
function rankOf(status: Status): number {
  return rankByStatus[status] ?? 0;
}

/** Finished never goes back; running and paused follow the latest statement; at one instant the enum's number decides. */
function joinStatus(a: StatusClaim, b: StatusClaim): StatusClaim {
  return (rankOf(b.status) - rankOf(a.status) || b.atUs - a.atUs || b.status - a.status) > 0 ? b : a;
}

/** The outcome with the latest finish stands (told with a finish before told without), then the greater number. */
function joinEnding(a: Ending, b: Ending): Ending {
  const order = (b.atUs ?? -Infinity) - (a.atUs ?? -Infinity) || b.outcome - a.outcome || compareCauses(b.failure, a.failure);
  return order > 0 ? b : a;
}

function compareClaims(a: FailureClaim, b: FailureClaim): number {
  return a.atUs - b.atUs || compareCauses(a.failure, b.failure);
}

function compareCauses(a: FailureCause | null, b: FailureCause | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareNullable(a.message, b.message) || compareNullable(a.type, b.type) || compareNullable(a.exitCode, b.exitCode);
}

function compareNullable<Value extends string | number>(a: Value | null, b: Value | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}
