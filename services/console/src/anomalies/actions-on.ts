import type { Anomaly, AnomalyAction } from '../api/anomaly-shapes.js';

/** What can still be done about an anomaly: one that has resolved itself may yet be called a false alarm. */
export function actionsOn({ status, resolution }: Anomaly): readonly AnomalyAction[] {
  if (status === 'open') return ['acknowledge', 'resolve', 'false-positive'];
  if (status === 'acknowledged') return ['resolve', 'false-positive'];
  return resolution?.kind === 'false_positive' ? [] : ['false-positive'];
}
