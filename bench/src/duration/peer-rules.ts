import { leastSquares } from '@orrery/learning';
import type { MachineBenchmarks } from '@orrery/predictor/domain';
import { median } from '@orrery/stats';
import type { TracedRun } from './lotaru-data.js';

const leastCorrelation = 0.75;

/**
 * Lotaru-A: a line where duration and size correlate (Pearson >= 0.75), scaled by the probe of the task, or by the median of the others' where there
 * is none; else the median, not scaled.
 *
 * Source: CRC-FONDA/Lotaru, estimators/LotaruA.java, and lotaru/Scaler.py of belapaulus/py-lotaru.
 */
export function lotaruPrediction(training: readonly TracedRun[], sizeBytes: number, local: MachineBenchmarks, target: MachineBenchmarks): number {
  if (!(correlation(training) >= leastCorrelation)) return median(training.map(({ durationMs }) => durationMs));
  const { slope, intercept } = leastSquares(training.map((run) => ({ x: run.sizeBytes, y: run.durationMs, weight: 1 })));
  const ratio = (task: string): number => (target.taskSeconds[task] ?? Number.NaN) / (local.taskSeconds[task] ?? Number.NaN);
  const own = ratio(training[0]!.task.toLowerCase());
  const factor = Number.isFinite(own) ? own : median(Object.keys(target.taskSeconds).map(ratio).filter(Number.isFinite));
  return (slope * sizeBytes + intercept) * (Number.isFinite(factor) ? factor : 1);
}

/** The naive mean: the mean duration a byte, times the size; machines are not told apart. Source: estimators/Naive.java of the same. */
export function naivePrediction(training: readonly TracedRun[], sizeBytes: number): number {
  return (training.reduce((sum, run) => sum + run.durationMs / run.sizeBytes, 0) / training.length) * sizeBytes;
}

function correlation(runs: readonly TracedRun[]): number {
  const mean = (of: (run: TracedRun) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const meanSize = mean(({ sizeBytes }) => sizeBytes);
  const meanMs = mean(({ durationMs }) => durationMs);
  const joint = mean((run) => (run.sizeBytes - meanSize) * (run.durationMs - meanMs));
  return joint / Math.sqrt(mean((run) => (run.sizeBytes - meanSize) ** 2) * mean((run) => (run.durationMs - meanMs) ** 2));
}
