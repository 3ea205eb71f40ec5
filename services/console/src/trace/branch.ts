import type { Artifact, ExecutionEvent, Page, Timeline } from '../api/wire-shapes.js';

/** What was read of the inside of a task, of an event, or of the run outside its tasks. */
export interface Branch {
  readonly events: readonly ExecutionEvent[];
  /** Where the next page of events begins; null when all are here. */
  readonly cursor: string | null;
  /** How many events there are in all. */
  readonly total: number;
  readonly artifacts: readonly Artifact[];
  readonly hasMoreArtifacts: boolean;
  readonly isLoading: boolean;
  readonly problem: string | null;
}

/** By branch key; a branch that was never opened is not there. */
export type Branches = ReadonlyMap<string, Branch>;

export const outsideKey = 'outside';
export const taskKey = (taskId: string): string => `task:${taskId}`;
export const eventKey = (eventId: string): string => `event:${eventId}`;

export const emptyBranch: Branch = { events: [], cursor: null, total: 0, artifacts: [], hasMoreArtifacts: false, isLoading: false, problem: null };

/** The branch while a page of it is on its way. */
export function loadingBranch(branches: Branches, key: string): Branches {
  return withBranch(branches, key, { isLoading: true, problem: null });
}

/** The branch after reading failed; what was there stays. */
export function failedBranch(branches: Branches, key: string, problem: string): Branches {
  return withBranch(branches, key, { isLoading: false, problem });
}

/** The branch with another page of events; `isFirst` puts it in place of what was there. */
export function grownBranch(branches: Branches, key: string, timeline: Timeline, isFirst: boolean): Branches {
  const before = isFirst ? [] : (branches.get(key)?.events ?? []);
  const known = new Set(before.map((event) => event.event_id));
  const events = [...before, ...timeline.items.filter((event) => !known.has(event.event_id))];
  return withBranch(branches, key, { events, cursor: timeline.next_cursor, total: timeline.total, isLoading: false, problem: null });
}

/** The branch with what it read and wrote. */
export function withArtifacts(branches: Branches, key: string, page: Page<Artifact>): Branches {
  return withBranch(branches, key, { artifacts: page.items, hasMoreArtifacts: page.next_cursor !== null });
}

function withBranch(branches: Branches, key: string, change: Partial<Branch>): Branches {
  return new Map(branches).set(key, { ...emptyBranch, ...branches.get(key), ...change });
}

/** Every event that was read so far, with those nested in it. */
export function* eventsIn(branches: Branches): Generator<ExecutionEvent> {
  const stack = [...branches.values()].flatMap((branch) => branch.events);
  for (let event = stack.pop(); event !== undefined; event = stack.pop()) {
    yield event;
    stack.push(...event.children);
  }
}
