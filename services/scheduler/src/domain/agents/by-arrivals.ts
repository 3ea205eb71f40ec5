import type { Policy } from '../policy.js';

/** Jobs that come closer together than this, ms, are taken for one batch: they are there before the first of them is placed. */
const leastGapMs = 1000;

/** One policy for jobs that came all at once, another while they come one by one: what is best for a batch leaves too little room for those who come next. */
export function byArrivals(name: string, together: Policy, oneByOne: Policy): Policy {
  return {
    name,
    decide: (observation) => {
      const { arrivalGapMs } = observation;
      return (arrivalGapMs >= leastGapMs && arrivalGapMs < Infinity ? oneByOne : together).decide(observation);
    },
  };
}
