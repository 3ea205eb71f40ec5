import type { ExecutionEvent, Task } from '../api/wire-shapes.js';

const epochMs = Date.parse('2026-11-20T10:00:00Z');

/** The instant that lies a number of seconds after the start of all specs. */
export const atSecond = (seconds: number): string => new Date(epochMs + seconds * 1000).toISOString();

/** A successful task named as its id, from and to given seconds; more can be said about it. */
export function aTask(id: string, seconds: readonly [number, number] | null, more: Partial<Task> = {}): Task {
  return {
    task_id: id,
    external_id: id,
    parent_task_id: null,
    depends_on: [],
    name: id,
    kind: null,
    status: seconds === null ? null : 'finished',
    outcome: seconds === null ? null : 'success',
    attempt: 1,
    attempts: [],
    queued_at: null,
    started_at: seconds === null ? null : atSecond(seconds[0]),
    finished_at: seconds === null ? null : atSecond(seconds[1]),
    duration_ms: seconds === null ? null : (seconds[1] - seconds[0]) * 1000,
    error: null,
    executor: null,
    url: null,
    labels: {},
    event_count: 0,
    artifact_count: 0,
    ...more,
  };
}

/** An execution event named as its id; more can be said about it. */
export function anEvent(id: string, more: Partial<ExecutionEvent> = {}): ExecutionEvent {
  return {
    event_id: id,
    external_id: id,
    task_id: null,
    parent_event_id: null,
    kind: 'span',
    name: id,
    actor: null,
    target: null,
    status: 'finished',
    outcome: 'success',
    started_at: atSecond(0),
    finished_at: atSecond(1),
    duration_ms: 1000,
    error: null,
    model: null,
    input_tokens: null,
    output_tokens: null,
    cost_usd: null,
    input: null,
    output: null,
    severity_number: null,
    attributes: {},
    artifact_count: 0,
    child_count: more.children?.length ?? 0,
    children: [],
    ...more,
  };
}
