import type { ScheduleAssignment, ScheduleDecision } from '../api/schedule-shapes.js';

/** Tasks of one stage of a run that are started in a pool. */
export interface Start {
  readonly runId: string;
  readonly task: string;
  readonly poolId: string;
  readonly count: number;
  /** So many of them the heuristic would have started as well. */
  readonly shared: number;
  readonly reason: string;
}

export interface Difference {
  readonly started: readonly Start[];
  /** What the heuristic would have started in place of it: only what was not started. */
  readonly instead: readonly Start[];
  readonly isSame: boolean;
}

/** What was started, and how the heuristic would have done otherwise. The order in which either names it does not matter. */
export function differenceOf({ assignments, heuristic_assignments: heuristic }: Pick<ScheduleDecision, 'assignments' | 'heuristic_assignments'>): Difference {
  const started = startsOf(assignments, countsOf(heuristic));
  const instead = startsOf(heuristic, countsOf(assignments)).filter(({ count, shared }) => shared < count);
  return { started, instead, isSame: instead.length === 0 && started.every(({ count, shared }) => shared === count) };
}

function startsOf(assignments: readonly ScheduleAssignment[], others: ReadonlyMap<string, number>): readonly Start[] {
  return [...mergedBySlot(assignments)].map(([key, { run_id: runId, task, pool_id: poolId, count, reason }]) => ({ runId, task, poolId, count, shared: Math.min(count, others.get(key) ?? 0), reason }));
}

function mergedBySlot(assignments: readonly ScheduleAssignment[]): ReadonlyMap<string, ScheduleAssignment> {
  const merged = new Map<string, ScheduleAssignment>();
  for (const one of assignments) {
    const key = JSON.stringify([one.run_id, one.task, one.pool_id]);
    const before = merged.get(key);
    merged.set(key, before === undefined ? one : { ...before, count: before.count + one.count });
  }
  return merged;
}

const countsOf = (assignments: readonly ScheduleAssignment[]): ReadonlyMap<string, number> => new Map([...mergedBySlot(assignments)].map(([key, { count }]) => [key, count]));

/** The reason without the name of the policy, which stands beside it already. */
export function reasonOf(reason: string, policyName: string): string {
  return reason.startsWith(`${policyName}: `) ? reason.slice(policyName.length + 2) : reason;
}

export interface FallbackWords {
  readonly word: string;
  readonly cause: string;
  /** What an operator does about it. */
  readonly nextStep: string;
  /** A command that does it, where there is one. */
  readonly command?: string;
}

const takeBack = 'Take it out of service, so that what served before does again: POST api/v1/schedule/policies/NAME/rollback.';

const fallbacks: Readonly<Record<string, FallbackWords>> = {
  deadline: {
    word: 'Too late',
    cause: 'The policy, or the heuristic beside it, did not answer within its time.',
    nextStep: 'Leave out runs that cannot start anything, give the platform more processor time, or allow more than 20 ms with ORRERY_SCHEDULER_DEADLINE_MS.',
  },
  invalid: { word: 'Not valid', cause: 'The policy chose what cannot be.', nextStep: takeBack },
  out_of_distribution: {
    word: 'Unlike its training',
    cause: 'The state is unlike all that the policy was trained in.',
    nextStep: 'Train one on your own runs:',
    command: 'npx orrery schedule train --workload recorded',
  },
  breaker: {
    word: 'Breaker open',
    cause: 'Runs took longer than they would have under the heuristic, or an experiment was rolled back.',
    nextStep: 'An open breaker tries again by itself once it has cooled down; a roll-back lasts until its experiment is stopped:',
    command: 'npx orrery experiment stop NAME',
  },
  failure: { word: 'Failed', cause: 'The policy failed with an error, which the log of the platform tells.', nextStep: takeBack },
  no_policy: {
    word: 'No such policy',
    cause: 'The policy that should decide is not there, or cannot be read.',
    nextStep: 'Ask for one of the list, or train one:',
    command: 'npx orrery schedule train',
  },
};

/** Why the heuristic stood in, and what to do about it; causes that this page does not know are told as they are. */
export function fallbackWords(fallback: string): FallbackWords {
  const known = Object.hasOwn(fallbacks, fallback) ? fallbacks[fallback] : undefined;
  return known ?? { word: fallback.replaceAll('_', ' '), cause: 'The heuristic decided in place of the policy.', nextStep: 'The decision says more.' };
}

/** What the API can narrow by, with the words for it. */
export const fallbackChoices: readonly (readonly [value: string, word: string])[] = [
  ['', 'All decisions'],
  ['none', 'As it should be'],
  ['any', 'Heuristic stood in'],
  ...Object.entries(fallbacks).map(([name, { word }]) => [name, word] as const),
];

export interface DecisionSummary {
  readonly count: number;
  /** Names and versions, the most frequent first. */
  readonly deciders: readonly (readonly [name: string, count: number])[];
  /** Of all: those that start something else than the heuristic would have. */
  readonly differing: number;
  readonly fallbacks: readonly (readonly [fallback: string, count: number])[];
  readonly medianTookMs: number | null;
}

/** What decisions come to together. */
export function summaryOf(decisions: readonly ScheduleDecision[]): DecisionSummary {
  const times = decisions.map(({ took_ms: tookMs }) => tookMs).sort((left, right) => left - right);
  return {
    count: decisions.length,
    deciders: tallied(decisions.map(({ policy }) => policyName(policy))),
    differing: decisions.filter((decision) => !differenceOf(decision).isSame).length,
    fallbacks: tallied(decisions.map(({ fallback }) => fallback).filter((fallback) => fallback !== '')),
    medianTookMs: times[Math.floor((times.length - 1) / 2)] ?? null,
  };
}

/** A policy's own name: with its version from the second on, as the API lists it. */
export function policyName({ name, version }: { readonly name: string; readonly version: number }): string {
  return version >= 2 ? `${name}-${String(version)}` : name;
}

function tallied(names: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, left], [, right]) => right - left);
}

/** Puts the newest decisions before those shown; null where some between them may be missing. */
export function withNewest(shown: readonly ScheduleDecision[], fresh: readonly ScheduleDecision[]): readonly ScheduleDecision[] | null {
  const known = new Set(shown.map(({ decision_id: id }) => id));
  const added = fresh.filter(({ decision_id: id }) => !known.has(id));
  if (added.length === fresh.length && shown.length > 0) return null;
  return added.length === 0 ? shown : [...added, ...shown];
}
