import { workflowIdOf, type Observation } from '@orrery/contracts';
import type { Execution } from '../../domain/history/execution.js';

/** What is added to one hour of a workflow. All of it are sums that are exact in double precision: no order of adding gives others. */
export interface ArrivalHour {
  readonly workflowId: string;
  readonly workflow: string;
  /** When the hour began, Unix ms. */
  readonly hourMs: number;
  /** Runs that came in that hour. */
  readonly runs: number;
  /** Tasks that began in that hour, of those that have ended. */
  readonly tasks: number;
  /** How long tasks ran in that hour, all together; whole ms. */
  readonly loadMs: number;
  /** What tasks that ended in that hour cost, in 2^-30 of a dollar as the smallest part. */
  readonly costUsd: number;
}

export const hourMs = 3_600_000;

/** A task that is told to have run longer ran from a clock that was wrong, or was forgotten: only its last days are load. */
const longestLoadMs = 31 * 24 * hourMs;
/** Beyond it no task costs anything, and sums would no longer be exact. */
const largestCostUsd = 2 ** 16;
const smallestCostUsd = 2 ** -30;

/**
 * What runs that began and executions that ended add to the hours of their workflows, ordered by workflow and hour: whoever writes them in
 * this order waits for no other such writer in a circle.
 */
export function arrivalHoursOf(facts: readonly (Execution | Observation)[]): readonly ArrivalHour[] {
  const hours = new Map<string, ArrivalHour>();
  const add = (observation: Observation, atMs: number, added: Added) => {
    const workflowId = workflowIdOf(observation);
    const hour = Math.floor(atMs / hourMs) * hourMs;
    const known = hours.get(`${workflowId} ${hour}`) ?? { workflowId, workflow: observation.workflow, hourMs: hour, ...nothing };
    hours.set(`${workflowId} ${hour}`, sumOf(known, { ...nothing, ...added }));
  };
  for (const fact of facts) {
    if (!('observation' in fact)) add(fact, fact.queuedAtMs ?? fact.observedAtMs, { runs: 1 });
    else if (isLoad(fact)) for (const { atMs, ...added } of partsOf(fact.observation)) add(fact.observation, atMs, added);
  }
  return [...hours.values()].sort((left, right) => (left.workflowId === right.workflowId ? left.hourMs - right.hourMs : left.workflowId < right.workflowId ? -1 : 1));
}

type Sums = Pick<ArrivalHour, 'runs' | 'tasks' | 'loadMs' | 'costUsd'>;
type Added = Partial<Sums>;

const nothing: Sums = { runs: 0, tasks: 0, loadMs: 0, costUsd: 0 };

function sumOf(hour: ArrivalHour, { runs, tasks, loadMs, costUsd }: Sums): ArrivalHour {
  return { ...hour, runs: hour.runs + runs, tasks: hour.tasks + tasks, loadMs: hour.loadMs + loadMs, costUsd: hour.costUsd + costUsd };
}

/** Tasks that only hold others, or only wait. */
const idleKinds: ReadonlySet<string> = new Set(['dag', 'steps', 'stepgroup', 'taskgroup', 'retry', 'suspend', 'skipped', 'wait', 'child_workflow']);
/** Tasks that have a place to run of their own, wherever they lie. */
const ownPlaceKinds: ReadonlySet<string> = new Set(['pod', 'job', 'activity']);

/** Whether a task keeps a machine busy: what lies in a task that does, such as a step of a job, would count twice. */
function isLoad({ observation: { subject, taskKind }, parentTaskId }: Execution): boolean {
  if (subject === 'run' || idleKinds.has(taskKind)) return false;
  return parentTaskId === '' || ownPlaceKinds.has(taskKind);
}

type Part = Added & { readonly atMs: number };

/** The hours that a task ran in, with how long it did in each; the first has the task, and the last its cost. */
function partsOf({ startedAtMs, observedAtMs, measures: { durationMs, costUsd } }: Observation): readonly Part[] {
  const endMs = Math.round(observedAtMs);
  const cost = Math.round(Math.min(costUsd ?? 0, largestCostUsd) / smallestCostUsd) * smallestCostUsd;
  const parts: Part[] = [
    { atMs: startedAtMs ?? endMs, tasks: 1 },
    { atMs: endMs, costUsd: cost },
  ];
  // A clock that disagrees told no duration: then the task is known to have been, and no more.
  if (durationMs === null) return parts;
  const fromMs = endMs - Math.min(Math.round(durationMs), longestLoadMs);
  for (let atMs = fromMs; atMs < endMs; ) {
    const untilMs = Math.min((Math.floor(atMs / hourMs) + 1) * hourMs, endMs);
    parts.push({ atMs, loadMs: untilMs - atMs });
    atMs = untilMs;
  }
  return parts;
}
