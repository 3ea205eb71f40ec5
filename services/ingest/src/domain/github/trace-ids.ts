import { sha256Hex } from '../sha256.js';

// Source: open-telemetry/opentelemetry-collector-contrib, receiver/githubreceiver/trace_event_handling.go. With the same ids,
// spans of a collector that listens to the same repository meet ours in one trace.

/** The trace id of a workflow run's attempt, 32 hex digits. */
export function traceIdOf(runId: string, attempt: number): string {
  return sha256Hex(`${runId}${attempt}t`).slice(0, 32);
}

/** The span id of a job, 16 hex digits. */
export function jobSpanIdOf(jobId: string): string {
  return sha256Hex(`${jobId}-j`).slice(16, 32);
}

/** The span id of a job's step, 16 hex digits; steps that share a name share it. */
export function stepSpanIdOf(jobId: string, stepName: string): string {
  return sha256Hex(`${jobId}-${stepName}-s`).slice(16, 32);
}
