import type { Artifact, ExecutionEvent, Run, Task } from '../src/api-shapes.js';

export const RUN_ID = '3f2a0000-0000-8000-8000-000000000000';

const progress = { status: 'finished', outcome: 'success', started_at: '2026-01-01T12:00:01Z', finished_at: null, duration_ms: null, error: null } as const;

export function aRun(differences: Partial<Run> = {}): Run {
  return {
    ...progress,
    run_id: RUN_ID,
    engine: 'orrery',
    source: 'urn:test',
    external_id: 'r',
    attempt: 1,
    namespace: null,
    workflow: 'nightly',
    outcome: 'failure',
    queued_at: null,
    started_at: '2026-01-01T12:00:00Z',
    duration_ms: 83_400,
    trigger: null,
    url: null,
    version_control: { repository_url: null, revision: '0123abcd4567', ref_name: 'main', ref_type: 'branch' },
    labels: {},
    task_counts: { total: 3, queued: 0, running: 0, finished: 3, failed: 1 },
    event_count: 0,
    artifact_count: 0,
    received_at: '2026-01-01T12:00:00Z',
    ...differences,
  };
}

export function aTask(differences: Partial<Task> = {}): Task {
  return {
    ...progress,
    task_id: 't',
    external_id: 't',
    parent_task_id: null,
    depends_on: [],
    name: 'task',
    kind: 'task',
    attempt: 1,
    queued_at: null,
    executor: null,
    event_count: 0,
    artifact_count: 0,
    ...differences,
  };
}

export function anEvent(differences: Partial<ExecutionEvent> = {}): ExecutionEvent {
  return {
    ...progress,
    event_id: 'e',
    task_id: null,
    kind: 'span',
    name: null,
    actor: null,
    target: null,
    model: null,
    input_tokens: null,
    output_tokens: null,
    cost_usd: null,
    output: null,
    duration_ms: 2_000,
    child_count: 0,
    children: [],
    ...differences,
  };
}

export function anArtifact(differences: Partial<Artifact> = {}): Artifact {
  return { task_id: null, event_id: null, direction: 'output', namespace: null, name: null, uri: null, digest: `sha256:0123456789${'a'.repeat(54)}`, size_bytes: null, ...differences };
}
