import { leastSquares } from '@orrery/learning';
import { sizeMemory, type MemoryPoint, type MemorySizing } from '@orrery/predictor/domain';
import type { TracedExecution } from './sizey-data.js';

/** A rule that sizes one process after another, learning from each execution after it has sized it. */
export interface SizingRule {
  learn(execution: TracedExecution, attempts: readonly number[]): void;
  size(execution: Pick<TracedExecution, 'inputBytes' | 'requestedBytes'>): number;
  /** After a failure. @param failures how many there were, from 1. */
  resize(allocatedBytes: number, failures: number): number;
}

export const machineBytes = 128e9;

/** What the workflow's author asked for. */
export function presets(): SizingRule {
  return { learn: () => undefined, size: ({ requestedBytes }) => requestedBytes, resize: doubled };
}

/** The 95th percentile of the peaks. Source: WittPercentilePredictor of dos-group/sizey, baselines/witt_feedback_based.py. */
export function percentile(): SizingRule {
  const peaks: number[] = [];
  return { learn: ({ peakBytes }) => void peaks.push(peakBytes), size: () => interpolated(peaks, 0.95), resize: doubled };
}

/** Least squares on the input size plus, relatively, the deviation of its past errors. Source: WittRegressionPredictor of the same, offset STD. */
export function linear(): SizingRule {
  const seen: TracedExecution[] = [];
  const errors: number[] = [];
  let asked: number | null = null;
  return {
    learn: (execution) => {
      if (asked !== null) errors.push((execution.peakBytes - asked) / execution.peakBytes);
      asked = null;
      seen.push(execution);
    },
    size: ({ inputBytes }) => {
      const { slope, intercept } = leastSquares(seen.map((one) => ({ x: one.inputBytes, y: one.peakBytes, weight: 1 })));
      asked = Number.isFinite(slope) ? slope * inputBytes + intercept : seen.reduce((sum, { peakBytes }) => sum + peakBytes, 0) / seen.length;
      return asked * (1 + deviation(errors));
    },
    resize: (allocated) => (allocated > 0 ? doubled(allocated) : Math.max(...seen.map(({ peakBytes }) => peakBytes))),
  };
}

/** The least expected waste over all peaks; a retry gets the greatest peak, then the whole machine. Source: TovarPredictor of the same, baselines/tovar.py. */
export function tovar(): SizingRule {
  const seen: TracedExecution[] = [];
  const greatest = (): number => Math.max(...seen.map(({ peakBytes }) => peakBytes));
  return {
    learn: (execution) => void seen.push(execution),
    size: () => {
      const total = seen.reduce((sum, { durationMs }) => sum + durationMs, 0);
      const costOf = (allocation: number): number => allocation * total + greatest() * seen.reduce((sum, one) => sum + (one.peakBytes > allocation ? one.durationMs : 0), 0);
      return seen.map(({ peakBytes }) => peakBytes).reduce((best, peak) => (costOf(peak) < costOf(best) ? peak : best));
    },
    resize: (allocated) => (allocated < greatest() ? greatest() : machineBytes),
  };
}

/** Ours, with the history that the service keeps: the last attempts of a process, failed ones among them. */
export function ours(historyLength = 64): SizingRule {
  const history: MemoryPoint[] = [];
  let nowMs = 0;
  let sizing: MemorySizing | null = null;
  return {
    learn: ({ peakBytes, inputBytes, durationMs }, attempts) => {
      const killed = attempts.filter((allocated) => allocated < peakBytes);
      for (const [index, allocatedBytes] of [...killed, ...attempts.slice(killed.length), ...(attempts.length === 0 ? [null] : [])].entries()) {
        const isOutOfMemory = index < killed.length;
        const outcome = isOutOfMemory ? 'failure' : 'success';
        history.push({ peakMemoryBytes: isOutOfMemory ? (allocatedBytes ?? peakBytes) : peakBytes, allocatedBytes, durationMs, inputSizeBytes: inputBytes, outcome, isOutOfMemory, attempt: index + 1, finishedAtMs: nowMs++ });
      }
      history.splice(0, Math.max(0, history.length - historyLength));
    },
    size: ({ inputBytes }) => {
      sizing = sizeMemory([...history], { inputSizeBytes: inputBytes, attempt: 1, nowMs });
      return sizing.allocationBytes;
    },
    resize: (allocated, failures) => sizing?.ladder[failures - 1] ?? doubled(allocated),
  };
}

function doubled(allocated: number): number {
  return allocated * 2;
}

/** As numpy's percentile: linear between the neighbours. */
export function interpolated(values: readonly number[], q: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? below) - below);
}

function deviation(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
