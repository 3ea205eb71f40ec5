import type { TaskCounts } from './pipeline-event.js';
import type { RunState, UnitStatus } from './run-state.js';

/** How many tasks of a run stand where. */
export function tallyUnits({ units }: RunState): TaskCounts {
  const counts: Record<UnitStatus, number> = { waiting: 0, running: 0, succeeded: 0, failed: 0, skipped: 0, cancelled: 0 };
  for (const { status } of units) counts[status] += 1;
  return { total: units.length, ...counts };
}
