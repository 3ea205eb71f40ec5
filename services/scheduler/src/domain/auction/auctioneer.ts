import { stageOf } from '../heuristics/list-policy.js';
import type { Choice, Policy } from '../policy.js';
import type { JobState, StageState } from '../state/job-state.js';
import type { Observation } from '../state/observation.js';
import { rulesOf, type AuctionRules } from './auction-rules.js';
import { deadlineClaim, heldElsewhere, leastShareOf, reservationClaim, roomOf, shareClaim, waitClaim, type Claim } from './claims.js';
import { PermittedObservation } from './permitted-observation.js';

/**
 * A policy that keeps rules whatever the policy within does; nothing of it is learned. In this order:
 *
 * 1. quotas: no job is given more executors than its terms allow, by no rule either;
 * 2. reservations: a job that has less than is reserved for it, and can use more, goes first;
 * 3. maximum wait: a job that has waited too long without any executor goes first, up to its fair share;
 * 4. deadlines: a job with no more time than it needs goes first, least slack before others, until its deadline has passed;
 * 5. minimum share: a job that has had too little for too long goes first, up to that share.
 *
 * Where no rule binds, the choice is that of the policy within, as it is. Where a job goes first, the policy within is asked which stage of it; where it
 * would leave the job without, the stage with most work behind it is taken. Choices that a rule made or cut say so in `forcedBy`.
 * Executors at work are never taken away, so a job that goes first waits for the next that comes free.
 *
 * @throws ORRERY_VALIDATION when a rule is none.
 * @example auctioneer(learned, { maxWaitMs: 300_000, minimumShare: 0.25 })
 */
export function auctioneer(policy: Policy, rules: AuctionRules = {}): Policy {
  const kept = rulesOf(rules);
  const waits = new Since();
  const shortages = new Since();
  const waitingSinceMs = (job: JobState) => (job.supply > 0 ? undefined : (kept.waitingSinceMs?.(job) ?? waits.of(job)));

  const look = (observation: Observation): void => {
    const { jobs, nowMs } = observation;
    // Before its first task a job waits from its arrival on.
    if (kept.maxWaitMs < Infinity) for (const job of jobs) waits.note(job, job.supply === 0, job.remainingTaskCount === job.shape.taskCount ? job.terms.arrivedMs : nowMs);
    if (kept.minimumShare > 0) for (const job of jobs) shortages.note(job, heldElsewhere(observation, job) < leastShareOf(observation, job, kept.minimumShare), nowMs);
  };
  // What it gets now may have ended when it is looked at next.
  const served = (observation: Observation, job: JobState, count: number): void => {
    waits.forget(job);
    if (kept.minimumShare > 0 && heldElsewhere(observation, job) + count >= leastShareOf(observation, job, kept.minimumShare)) shortages.forget(job);
  };
  const claimOf = (observation: Observation): Claim | undefined =>
    reservationClaim(observation) ?? waitClaim(observation, kept, waitingSinceMs) ?? deadlineClaim(observation, kept) ?? shareClaim(observation, kept, (job) => shortages.of(job));

  const decide = (observation: Observation): Choice => {
    look(observation);
    const claim = claimOf(observation);
    const choice = claim === undefined ? withinQuotas(observation, policy) : forced(observation, policy, claim);
    if (choice.stage !== undefined) served(observation, choice.stage.job, choice.count);
    return choice;
  };
  return { name: policy.name, decide };
}

/** Since when something holds of a job. */
class Since {
  private readonly times = new WeakMap<JobState, number>();

  of(job: JobState): number | undefined {
    return this.times.get(job);
  }

  forget(job: JobState): void {
    this.times.delete(job);
  }

  note(job: JobState, holds: boolean, fromMs: number): void {
    if (!holds) this.forget(job);
    else if (!this.times.has(job)) this.times.set(job, fromMs);
  }
}

function withinQuotas(observation: Observation, policy: Policy): Choice {
  const isFull = (job: JobState) => roomOf(observation, job) < 1;
  const choice = policy.decide(observation.jobs.some(isFull) ? new PermittedObservation(observation, (job) => !isFull(job)) : observation);
  const { stage, count } = choice;
  if (stage === undefined) return choice;
  const room = Math.floor(roomOf(observation, stage.job));
  return count <= room ? choice : { ...choice, count: room, forcedBy: `quota: ${stage.job.terms.id} may have ${stage.job.terms.quota} executors at once` };
}

function forced(observation: Observation, policy: Policy, { job, limit, reason }: Claim): Choice {
  const choice = policy.decide(new PermittedObservation(observation, (other) => other === job));
  const stage = choice.stage?.job === job ? choice.stage : (stageOf(observation, job, 'critical-work') as StageState);
  const count = Math.min(limit, Math.floor(roomOf(observation, job)), stage.demand, observation.freeCount);
  return { ...choice, stage, count, forcedBy: reason };
}
