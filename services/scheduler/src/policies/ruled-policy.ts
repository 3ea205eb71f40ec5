import { auctioneer, ClusterJob, type Policy } from '../domain/index.js';

/** Gives a policy an auctioneer that keeps quotas, reservations, deadlines and the longest wait; the same policy always the same one. */
export type Ruled = (policy: Policy) => Policy;

/** @param maxWaitMs a run that has waited longer than this without any slot goes first. */
export function ruledBy(maxWaitMs: number): Ruled {
  const known = new WeakMap<Policy, Policy>();
  return (policy) => {
    const before = known.get(policy);
    if (before !== undefined) return before;
    const ruled = auctioneer(policy, { maxWaitMs, waitingSinceMs: (job) => (job instanceof ClusterJob ? job.waitingSinceMs : undefined) });
    known.set(policy, ruled);
    return ruled;
  };
}
