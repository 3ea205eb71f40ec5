import { describe, expect, it } from '@jest/globals';
import { Outcome, Status } from '@orrery/contracts';
import { failureShownFor, joinProgress, outcomeOf, progressOf, statusOf, type Progress, type ProgressStatement } from './progress.js';

const told = (statement: Partial<ProgressStatement>, saidAtUs = 0) => progressOf({ status: Status.UNSPECIFIED, outcome: Outcome.UNSPECIFIED, ...statement }, saidAtUs);
const failure = (message: string) => ({ $typeName: 'orrery.v1.Failure' as const, type: '', message });
/** Joins in both orders, which must agree. */
const joined = (a: Progress, b: Progress) => {
  expect(joinProgress(b, a)).toEqual(joinProgress(a, b));
  return joinProgress(a, b);
};

describe('status', () => {
  it('never goes back from finished, whatever is said later', () => {
    const progress = joined(told({ status: Status.FINISHED }, 1), told({ status: Status.RUNNING }, 9));

    expect(statusOf(progress)).toBe(Status.FINISHED);
  });

  it('goes to and fro between running and paused with the latest statement', () => {
    const running = told({ status: Status.RUNNING }, 5);

    expect(statusOf(joined(running, told({ status: Status.PAUSED }, 6)))).toBe(Status.PAUSED);
    expect(statusOf(joined(running, told({ status: Status.PAUSED }, 4)))).toBe(Status.RUNNING);
    expect(statusOf(joined(running, told({ status: Status.PAUSED }, 5)))).toBe(Status.PAUSED);
  });

  it('follows from times and outcomes where it is not said', () => {
    expect(statusOf(told({ queuedAtMs: 1 }))).toBe(Status.QUEUED);
    expect(statusOf(told({ queuedAtMs: 1, startedAtMs: 2 }))).toBe(Status.RUNNING);
    expect(statusOf(told({ status: Status.RUNNING, outcome: Outcome.SKIP }))).toBe(Status.FINISHED);
    expect(statusOf(told({ finishedAtMs: 2 }))).toBe(Status.FINISHED);
    expect(statusOf(told({}))).toBe(Status.UNSPECIFIED);
  });
});

describe('outcome', () => {
  it('is that of the latest finish, and brings its own failure', () => {
    const timeout = told({ outcome: Outcome.TIMEOUT, finishedAtMs: 10, failure: failure('too slow') });
    const broken = told({ outcome: Outcome.FAILURE, finishedAtMs: 12, failure: failure('exit 1') });

    const progress = joined(timeout, broken);

    expect(outcomeOf(progress)).toBe(Outcome.FAILURE);
    expect(failureShownFor(progress)?.message).toBe('exit 1');
  });

  it('is the one that says more, when two finished at the same instant', () => {
    const progress = joined(told({ outcome: Outcome.SUCCESS, finishedAtMs: 10 }), told({ outcome: Outcome.ERROR, finishedAtMs: 10, failure: failure('lost') }));

    expect(outcomeOf(progress)).toBe(Outcome.ERROR);
    expect(failureShownFor(progress)?.message).toBe('lost');
  });

  it('told with a finish stands before one told without', () => {
    expect(outcomeOf(joined(told({ outcome: Outcome.FAILURE }), told({ outcome: Outcome.SUCCESS, finishedAtMs: 1 })))).toBe(Outcome.SUCCESS);
  });
});

describe('failure', () => {
  it('told by a statement of its own explains the outcome that another statement tells', () => {
    const progress = joined(told({ failure: failure('disk full') }, 3), told({ outcome: Outcome.FAILURE, finishedAtMs: 10 }));

    expect(failureShownFor(progress)?.message).toBe('disk full');
  });

  it('of an earlier moment is not shown for what ended well', () => {
    const progress = joined(told({ failure: failure('retrying') }, 3), told({ outcome: Outcome.SUCCESS, finishedAtMs: 10 }));

    expect(failureShownFor(progress)).toBeNull();
  });
});

describe('times', () => {
  it('are the least start and the greatest finish', () => {
    expect(joined(told({ startedAtMs: 5, finishedAtMs: 8 }), told({ startedAtMs: 4, finishedAtMs: 7 }))).toMatchObject({ startedAtUs: 4000, finishedAtUs: 8000 });
  });

  it('that are no moments are not told', () => {
    for (const startedAtMs of [Number.NaN, Infinity, 1e300, -1e300]) expect(told({ startedAtMs }).startedAtUs).toBeNull();
  });
});
