import type { JobState } from '../state/job-state.js';
import type { Observation } from '../state/observation.js';
import type { AllRules } from './auction-rules.js';

/** A job that goes first by a rule. */
export interface Claim {
  readonly job: JobState;
  /** It goes first for at most so many executors. */
  readonly limit: number;
  /** In words. */
  readonly reason: string;
}

/** Executors that the job holds beside those on offer. */
export function heldElsewhere({ source, freeCount }: Observation, job: JobState): number {
  return job === source ? job.supply - freeCount : job.supply;
}

/** So many more its quota lets it have, counted as if it gave back those on offer. */
export function roomOf(observation: Observation, job: JobState): number {
  return job.terms.quota - heldElsewhere(observation, job);
}

function canUse(observation: Observation, job: JobState): boolean {
  if (roomOf(observation, job) < 1) return false;
  for (const stage of observation.candidatesOf?.(job) ?? job.stages) if (observation.isReady(stage)) return true;
  return false;
}

/** The claim of whoever has most of something, of those that can use executors now; ties go to who came first. */
function mostUrgent(observation: Observation, urgencyOf: (job: JobState) => number): { readonly job: JobState; readonly urgency: number } | undefined {
  let best: JobState | undefined;
  let most = 0;
  for (const job of observation.jobs) {
    const urgency = urgencyOf(job);
    if (urgency > most && canUse(observation, job)) [best, most] = [job, urgency];
  }
  return best === undefined ? undefined : { job: best, urgency: most };
}

/** A job that has less than is kept for it. */
export function reservationClaim(observation: Observation): Claim | undefined {
  const found = mostUrgent(observation, (job) => (job.terms.reserved > 0 ? job.terms.reserved - heldElsewhere(observation, job) : 0));
  if (found === undefined) return undefined;
  const { job, urgency } = found;
  return { job, limit: Math.ceil(urgency), reason: `reservation: ${job.terms.reserved} executors are kept for ${job.terms.id}, which has ${heldElsewhere(observation, job)}` };
}

/** The job that has waited longest without an executor, if that is too long. @param sinceMs when its wait began; undefined where it does not wait. */
export function waitClaim(observation: Observation, { maxWaitMs }: AllRules, sinceMs: (job: JobState) => number | undefined): Claim | undefined {
  if (maxWaitMs === Infinity) return undefined;
  const found = mostUrgent(observation, (job) => observation.nowMs - (sinceMs(job) ?? Infinity) - maxWaitMs);
  if (found === undefined) return undefined;
  const { job, urgency } = found;
  return { job, limit: Math.max(1, Math.round(fairShareOf(observation, job))), reason: `maximum wait: ${job.terms.id} has waited ${seconds(urgency + maxWaitMs)} without an executor, at most ${seconds(maxWaitMs)} are allowed` };
}

/** The job whose deadline leaves least time, if it leaves no more than the job needs. One that has passed already is not heeded: haste would only delay others. */
export function deadlineClaim(observation: Observation, { deadlineMargin }: AllRules): Claim | undefined {
  if (deadlineMargin === Infinity) return undefined;
  let least = 0;
  let urgent: JobState | undefined;
  for (const job of observation.jobs) {
    const leftMs = job.terms.deadlineMs - observation.nowMs;
    if (leftMs === Infinity || leftMs <= 0) continue;
    const slackMs = leftMs - deadlineMargin * leastTimeMs(observation, job);
    if (slackMs <= 0 && (urgent === undefined || slackMs < least) && canUse(observation, job)) [urgent, least] = [job, slackMs];
  }
  if (urgent === undefined) return undefined;
  const leftMs = urgent.terms.deadlineMs - observation.nowMs;
  return { job: urgent, limit: Infinity, reason: `deadline: ${urgent.terms.id} has ${seconds(leftMs)} left and needs ${seconds(leastTimeMs(observation, urgent))} at least` };
}

/** What is left of the job takes so long with all executors that it can have. */
function leastTimeMs({ executorCount }: Observation, { stages, remainingWorkMs, terms }: JobState): number {
  let pathMs = 0;
  for (const { isDone, shape } of stages) if (!isDone) pathMs = Math.max(pathMs, shape.criticalPathMs);
  return Math.max(pathMs, remainingWorkMs / Math.max(1, Math.min(executorCount, terms.quota)));
}

/** The job that has been below its least share longest, if that is too long. @param sinceMs as for {@link waitClaim}. */
export function shareClaim(observation: Observation, { minimumShare, belowShareMs }: AllRules, sinceMs: (job: JobState) => number | undefined): Claim | undefined {
  if (minimumShare === 0) return undefined;
  // At 0 ms, too, whoever is below comes first.
  const found = mostUrgent(observation, (job) => observation.nowMs - (sinceMs(job) ?? Infinity) - belowShareMs + (belowShareMs === 0 ? 1 : 0));
  if (found === undefined) return undefined;
  const { job } = found;
  const least = leastShareOf(observation, job, minimumShare);
  return { job, limit: Math.max(1, least - heldElsewhere(observation, job)), reason: `minimum share: ${job.terms.id} has ${heldElsewhere(observation, job)} of ${least} executors that it has to get` };
}

/** Whole executors that the job has to get, below its fair share; 0 where that is less than one. */
export function leastShareOf(observation: Observation, job: JobState, minimumShare: number): number {
  return Math.floor(minimumShare * fairShareOf(observation, job) + 1e-9);
}

/** In proportion to the weights of all jobs that are there. */
function fairShareOf({ jobs, executorCount }: Observation, { terms }: JobState): number {
  let sum = 0;
  for (const job of jobs) sum += job.terms.weight;
  return (executorCount * terms.weight) / sum;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
