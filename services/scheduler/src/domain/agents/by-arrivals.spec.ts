import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../policy.js';
import type { Observation } from '../state/observation.js';
import { byArrivals } from './by-arrivals.js';

const resting = (count: number): Policy => ({ name: `${count}`, decide: () => ({ stage: undefined, count }) });
const policy = byArrivals('both', resting(1), resting(2));
const whoDecides = (arrivalGapMs: number) => policy.decide({ arrivalGapMs } as Observation).count;

describe('a policy of two', () => {
  it('lets one decide for jobs that came together, the other while they come one by one', () => {
    expect([0, 999, Infinity].map(whoDecides)).toEqual([1, 1, 1]);
    expect([1000, 25_000].map(whoDecides)).toEqual([2, 2]);
  });
});
