import type { Baseline, Workload } from '../anomaly-shapes.js';
import type { Run } from '../api-shapes.js';
import type { DailyReport, SlowRun } from './daily-report.js';

const SHOWN = 5;
/** A run that took less than this times its usual is not slow. */
const LEAST_RATIO = 1.2;

const FAILURES: ReadonlySet<string> = new Set(['failure', 'error', 'timeout']);

/** How the runs of a day ended, and the workflows that failed most. */
export function countRuns(runs: readonly Run[], isComplete: boolean): DailyReport['runs'] {
  const byOutcome: Record<string, number> = {};
  const byWorkflow = new Map<string, { failed: number; total: number }>();
  for (const run of runs) {
    const standing = run.outcome ?? run.status ?? 'unknown';
    byOutcome[standing] = (byOutcome[standing] ?? 0) + 1;
    const name = nameOf(run);
    const counts = byWorkflow.get(name) ?? { failed: 0, total: 0 };
    byWorkflow.set(name, { failed: counts.failed + (FAILURES.has(standing) ? 1 : 0), total: counts.total + 1 });
  }
  const failing = [...byWorkflow].map(([workflow, counts]) => ({ workflow, ...counts })).filter(({ failed }) => failed > 0);
  return { total: runs.length, is_complete: isComplete, by_outcome: byOutcome, failing_workflows: failing.sort((a, b) => b.failed - a.failed || a.total - b.total).slice(0, SHOWN) };
}

/** The runs that took longest beside what their workflow usually takes; of each workflow the slowest one. */
export function slowestRuns(runs: readonly Run[], baselines: readonly Baseline[]): readonly SlowRun[] {
  const usual = usualDurations(baselines);
  const slowest = new Map<string, SlowRun>();
  for (const run of runs) {
    const key = keyOf(run);
    const usualMs = usual.get(key);
    if (usualMs === undefined || run.duration_ms === null) continue;
    const ratio = run.duration_ms / usualMs;
    if (ratio < LEAST_RATIO || ratio <= (slowest.get(key)?.ratio ?? 0)) continue;
    slowest.set(key, { run_id: run.run_id, workflow: nameOf(run), duration_ms: run.duration_ms, usual_ms: usualMs, ratio });
  }
  return [...slowest.values()].sort((a, b) => b.ratio - a.ratio).slice(0, SHOWN);
}

/** The median duration of each workflow of which enough is known. */
function usualDurations(baselines: readonly Baseline[]): ReadonlyMap<string, number> {
  const usual = new Map<string, number>();
  for (const baseline of baselines) {
    const median = baseline.metrics.duration?.median ?? 0;
    if (baseline.subject === 'run' && baseline.is_speaking && median > 0) usual.set(keyOf(baseline), median);
  }
  return usual;
}

function nameOf(run: Run): string {
  return run.workflow ?? run.external_id;
}

function keyOf({ engine, namespace, workflow }: Pick<Workload, 'engine' | 'namespace' | 'workflow'>): string {
  return JSON.stringify([engine ?? '', namespace ?? '', workflow ?? '']);
}
