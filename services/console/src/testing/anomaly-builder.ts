import type { Anomaly } from '../api/anomaly-shapes.js';
import { atSecond } from './task-builder.js';

/** An open anomaly of a task named as its id; more can be said about it. */
export function anAnomaly(id: string, more: Partial<Anomaly> = {}): Anomaly {
  return {
    anomaly_id: id,
    type: 'duration',
    severity: 'warning',
    status: 'open',
    title: `${id}: slower than usual`,
    text: `${id} took 14 min, 3.4 x its usual 4 min 7 s, since 09:40 UTC`,
    subject: { key_id: `key of ${id}`, subject: 'task', engine: 'orrery', namespace: '', workflow: 'nightly', task: id },
    expected: 247_000,
    actual: 840_000,
    deviation: 6.2,
    unit: 'ms',
    count: 1,
    since: atSecond(0),
    detected_at: atSecond(60),
    last_detected_at: atSecond(60),
    run_ids: ['r1'],
    acknowledged_at: null,
    acknowledged_by: null,
    muted_until: null,
    resolution: null,
    ...more,
  };
}
