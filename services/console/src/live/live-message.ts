import type { Outcome, Status } from '../api/wire-shapes.js';

export interface TaskChange {
  readonly task_id: string;
  readonly name: string | null;
  readonly status: Status | null;
  readonly outcome: Outcome | null;
}

/** What changed in one run. */
export interface RunChange {
  readonly type: 'run.changed';
  readonly cursor: string;
  readonly run_id: string;
  readonly run: { readonly status: Status | null; readonly outcome: Outcome | null; readonly workflow: string | null; readonly engine: string | null };
  /** At most fifty. */
  readonly tasks: readonly TaskChange[];
  /** How many execution events changed. */
  readonly events: number;
  /** How many artifacts changed. */
  readonly artifacts: number;
}

export type LiveMessage = RunChange | { readonly type: 'hello'; readonly cursor: string };

/** Reads a message of the live feed; null for kinds that this page does not know. */
export function liveMessage(text: string): LiveMessage | null {
  const value = parsed(text);
  if (value === null || typeof value['cursor'] !== 'string') return null;
  if (value['type'] === 'hello') return { type: 'hello', cursor: value['cursor'] };
  if (value['type'] !== 'run.changed' || typeof value['run_id'] !== 'string') return null;
  return {
    type: 'run.changed',
    cursor: value['cursor'],
    run_id: value['run_id'],
    run: { status: null, outcome: null, workflow: null, engine: null, ...(value['run'] as object | null) },
    tasks: Array.isArray(value['tasks']) ? (value['tasks'] as TaskChange[]) : [],
    events: Number(value['events'] ?? 0),
    artifacts: Number(value['artifacts'] ?? 0),
  };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
