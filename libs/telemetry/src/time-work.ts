import type { Histogram } from '@opentelemetry/api';

/** Runs the work and records how many seconds it took, also when it fails. */
export async function timeWork<Result>(durations: Histogram, work: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  try {
    return await work();
  } finally {
    durations.record((performance.now() - startedAt) / 1000);
  }
}
