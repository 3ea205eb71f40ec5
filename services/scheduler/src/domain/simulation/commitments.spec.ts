import { describe, expect, it } from '@jest/globals';
import { plainTemplate } from '../../testing/plain-template.js';
import { Commitments } from './commitments.js';
import { SimulatedJob } from './simulated-job.js';

const { stages } = new SimulatedJob({ atMs: 0, template: plainTemplate([{}, {}]) }, 0);
const [first, second] = [stages[0]!, stages[1]!];

describe('commitments', () => {
  it('are kept in the order in which they were made, executor by executor', () => {
    const commitments = new Commitments();
    commitments.add(second, 2);
    commitments.add(undefined, 1);
    commitments.add(first, 1);
    commitments.add(second, 1);
    expect(Array.from({ length: 5 }, () => commitments.takeOne())).toEqual([second, second, second, undefined, first]);
    expect(commitments.isEmpty).toBe(true);
  });

  it('can be taken back, and forget where they were made', () => {
    const commitments = new Commitments();
    commitments.add(first, 3);
    first.promisedBy.add(commitments);
    expect([commitments.withdraw(first), commitments.withdraw(second)]).toEqual([3, 0]);
    commitments.add(first, 1);
    commitments.takeOne();
    expect(first.promisedBy.size).toBe(0);
  });
});
