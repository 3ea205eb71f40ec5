import type { Choice, Policy } from '../policy.js';
import type { JobState, StageState } from '../state/job-state.js';
import type { Observation } from '../state/observation.js';

/** The list schedulers of one family: an order of jobs, a share for each, and rules for what is left. */
export interface ListRules {
  /** Which job is asked first: the one that came first, the one with least work, the one with least work left. */
  readonly order: 'arrival' | 'total-work' | 'remaining-work';
  /** A job's share of the executors grows with its work to this power; null lets a job have all. 0 is the fair share, below 0 prefers small jobs. */
  readonly shareExponent: number | null;
  readonly shareBy: 'total-work' | 'remaining-work';
  /** Executors stay at their job while it has stages that are ready, whatever its share. */
  readonly staysLocal: boolean;
  /** What no share claims is given away all the same. */
  readonly givesLeftovers: boolean;
  /** Which stage of a job is first: the one of least index, or the one with most work behind it. */
  readonly stage: 'index' | 'critical-work';
}

/** A job of less counts as one of so much, executor-ms: shares of tiny jobs stay finite. */
const leastWorkMs = 1000;

/** The policy of a set of rules. Needs time in proportion to the stages of the jobs that are there, and the logarithm of the jobs for their order. */
export function listPolicy(name: string, rules: ListRules): Policy {
  const choice = { stage: undefined as StageState | undefined, count: 0, desiredCount: 0 };
  const take = (stage: StageState | undefined, count: number, desiredCount: number): Choice => Object.assign(choice, { stage, count, desiredCount });
  const decide = (observation: Observation): Choice => {
    const { freeCount, source } = observation;
    const jobs = inOrder(observation.jobs, rules.order);
    const shares = sharesOf(observation, rules);
    const local = source === undefined ? undefined : stageOf(observation, source, rules.stage);
    if (rules.staysLocal && local !== undefined) return take(local, freeCount, desired(shares, local.job));
    for (const job of jobs) {
      const elsewhere = job.supply - (job === source ? freeCount : 0);
      const room = desired(shares, job) - elsewhere;
      if (room <= 0) continue;
      const stage = stageOf(observation, job, rules.stage);
      if (stage !== undefined) return take(stage, Math.min(stage.demand, room, freeCount), elsewhere + room);
    }
    return take(rules.givesLeftovers ? (local ?? leftover(observation, jobs, rules.stage)) : undefined, freeCount, 0);
  };
  return { name, decide };
}

type Shares = ReadonlyMap<JobState, number> | number;

function desired(shares: Shares, job: JobState): number {
  return typeof shares === 'number' ? shares : (shares.get(job) ?? 1);
}

function inOrder(jobs: readonly JobState[], order: ListRules['order']): readonly JobState[] {
  if (order === 'arrival') return jobs;
  return order === 'total-work' ? jobs.toSorted((one, other) => one.shape.workMs - other.shape.workMs) : jobs.toSorted((one, other) => one.remainingWorkMs - other.remainingWorkMs);
}

/** How many executors each job should have: a whole number, at least 1. */
export function sharesOf({ jobs, executorCount }: Pick<Observation, 'jobs' | 'executorCount'>, { shareExponent, shareBy }: Pick<ListRules, 'shareExponent' | 'shareBy'>): Shares {
  if (shareExponent === null) return executorCount;
  const weights = new Map<JobState, number>();
  let sum = 0;
  for (const job of jobs) {
    if (!job.isHungry) continue;
    const weight = shareWeight(job, shareExponent, shareBy);
    weights.set(job, weight);
    sum += weight;
  }
  for (const [job, weight] of weights) weights.set(job, Math.max(1, Math.ceil((executorCount * weight) / sum - 1e-9)));
  return weights;
}

/** What a job's share is in proportion to. */
export function shareWeight(job: JobState, exponent: number, by: ListRules['shareBy']): number {
  return job.terms.weight * Math.max(leastWorkMs, by === 'total-work' ? job.shape.workMs : job.remainingWorkMs) ** exponent;
}

/** The stage of a job that gets executors next: one that could start a task now comes before one whose parents are at work still. */
export function stageOf(observation: Observation, job: JobState, rule: ListRules['stage']): StageState | undefined {
  let best: StageState | undefined;
  let bestScore = -Infinity;
  for (const stage of observation.candidatesOf?.(job) ?? job.stages) {
    if (!observation.isReady(stage)) continue;
    const score = rule === 'critical-work' ? stage.shape.criticalWorkMs : -stage.shape.index;
    if (best !== undefined && (best.isRunnable === stage.isRunnable ? score <= bestScore : best.isRunnable)) continue;
    best = stage;
    bestScore = score;
  }
  return best;
}

function leftover(observation: Observation, jobs: readonly JobState[], rule: ListRules['stage']): StageState | undefined {
  for (const job of jobs) {
    if (job.supply >= observation.executorCount) continue;
    const stage = stageOf(observation, job, rule);
    if (stage !== undefined) return stage;
  }
  return undefined;
}
