import { describe, expect, it } from '@jest/globals';
import { outcomeOf } from './outcome.js';

const rest = { executorSeconds: 1, makespanSeconds: 2, decisionCount: 3, moveCount: 4 };

describe('an outcome', () => {
  it('is the mean and the 95th percentile of the jobs that ended', () => {
    const seconds = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(outcomeOf([...seconds, Infinity], rest)).toEqual({ ...rest, jobCount: 101, finishedCount: 100, meanCompletionSeconds: 50.5, p95CompletionSeconds: 96, completionSeconds: [...seconds, Infinity] });
  });

  it('is 0 where no job ended', () => {
    expect(outcomeOf([Infinity], rest)).toMatchObject({ finishedCount: 0, meanCompletionSeconds: 0, p95CompletionSeconds: 0 });
  });
});
