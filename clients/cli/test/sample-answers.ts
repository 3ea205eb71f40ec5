import type { Anomaly, BaselineInFull } from '../src/anomaly-shapes.js';
import type { Artifact, ExecutionEvent, Run, Task } from '../src/api-shapes.js';
import type { AccuracyAnswer, AccuracyRow, Prediction } from '../src/prediction-shapes.js';

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

export const ANOMALY_ID = '5f2a91c0'.padEnd(32, '0');
export const KEY_ID = '77aa0000'.padEnd(32, '0');

const workload = { engine: 'orrery', namespace: '', image: '', command_hash: '', executor_class: '' } as const;

export function anAnomaly(differences: Partial<Anomaly> = {}): Anomaly {
  return {
    anomaly_id: ANOMALY_ID,
    type: 'duration',
    severity: 'critical',
    status: 'open',
    title: 'answer: slower than usual',
    text: 'answer took 14 min, 3.4 x its usual 4 min 7 s, 3 times, since 09:40 UTC',
    subject: { ...workload, subject: 'task', key_id: KEY_ID, workflow: 'nightly', task: 'answer' },
    baseline: { key_id: KEY_ID, level: 1 },
    expected: 247_000,
    actual: 840_000,
    deviation: 6.24,
    unit: 'ms',
    count: 3,
    since: '2026-01-01T09:40:00Z',
    detected_at: '2026-01-01T09:54:00Z',
    last_detected_at: '2026-01-01T12:00:00Z',
    run_ids: [RUN_ID],
    acknowledged_at: null,
    acknowledged_by: null,
    muted_until: null,
    resolution: null,
    ...differences,
  };
}

const figures = { count: 40, mean: 250_000, median: 247_000, p50: 247_000, p95: 301_000, p99: 340_000, maximum: 400_000 };

export function aBaseline(differences: Partial<BaselineInFull> = {}): BaselineInFull {
  return {
    ...workload,
    key_id: KEY_ID,
    level: 1,
    subject: 'task',
    workflow: 'nightly',
    task: 'answer',
    count: 40,
    is_speaking: true,
    updated_at: '2026-01-01T12:00:00Z',
    shifted_at: null,
    success_rate: { mean: 0.952, lower: 0.86, upper: 0.99, count: 42 },
    metrics: { duration: { ...figures, unit: 'ms' }, memory: { ...figures, unit: 'By', p95: 410e6, maximum: 512e6 }, cost: null },
    flakiness: null,
    coarser: [],
    is_stale: false,
    ...differences,
  };
}

const floors = [
  { name: 'last_success', count: 1_200, within_25: 0.741, mean_ape: 0.31, pinball: null },
  { name: 'median', count: 1_240, within_25: 0.6, mean_ape: 0.4, pinball: null },
] as const;

export function anAccuracyRow(differences: Partial<AccuracyRow> = {}): AccuracyRow {
  return {
    ...{ target: 'duration', origin: 'tracked', count: 1_240, excellent: 800, good: 216, fair: 124, poor: 100 },
    ...{ mean_ape: 0.19, median_ape: 0.084, pinball: 0.05, coverage80: 0.79, brier: null, accuracy: null, floors },
    ...differences,
  };
}

export function anAccuracy(differences: Partial<AccuracyAnswer> = {}): AccuracyAnswer {
  const ungraded = { excellent: 0, good: 0, fair: 0, poor: 0, mean_ape: null, median_ape: null, pinball: null, coverage80: null, floors: [] };
  return {
    ...{ score: 0.819, verdict: 'target', scored: 2_480, improvement: 0.124 },
    by_target: [anAccuracyRow(), anAccuracyRow({ ...ungraded, target: 'failure', brier: 0.081 }), anAccuracyRow({ ...ungraded, target: 'next_task', accuracy: 0.9 })],
    workflows: [
      { workflow: 'nightly', engine: 'orrery', namespace: '', score: 0.819, verdict: 'target', count: 1_240, drift: { since: '2026-01-01T09:40:00Z', ratio: 2.31 }, tasks: [anAccuracyRow({ task: 'answer', model: 'boosted_trees' }), anAccuracyRow({ task: '', model: 'history', count: 3 })] },
    ],
    weeks: [
      { week: '2026-01-12', target: 'duration', count: 400, within_25: 0.85, pinball: 0.04 },
      { week: '2026-01-05', target: 'duration', count: 400, within_25: 0.7, pinball: 0.06 },
    ],
    thirds: [0.7, 0.78, 0.824].map((within, index) => ({ third: index + 1, count: 413, within_25: within, median_ape: 0.1, pinball: 0.05, floors: [floors[0]] })),
    ...differences,
  };
}

const basis = { model: 'boosted_trees', version: 3, samples: 40, level: 0 } as const;

export function aPrediction(differences: Partial<Prediction> = {}): Prediction {
  return {
    duration: { prediction_id: 'd', p10_ms: 230_000, p50_ms: 247_000, p90_ms: 301_000, confidence: 0.82, basis },
    memory: { prediction_id: 'm', p10_bytes: 380e6, p50_bytes: 410e6, p90_bytes: 512e6, confidence: 0.5, basis: { ...basis, model: 'history', version: 0, level: 3 }, allocation_bytes: 530e6, retry_allocations_bytes: [700e6, 1e9] },
    failure: { prediction_id: 'f', probability: 0.12, reasons: ['the last run failed'], basis },
    next_task: { prediction_id: 'n', mode: 'advise', candidates: [{ task: 'test', probability: 0.81, annotation: 'good' }, { task: '', probability: 0.19, annotation: null }], basis: { ...basis, model: 'n_gram', version: null } },
    ...differences,
  };
}
