import type { JobTemplate } from '../domain/simulation/workload.js';
import { shapeOf, type StageExpectation } from '../domain/state/job-shape.js';

/** A stage of which only what matters is said: one task of 1 s that waits for nothing. */
export type PlainStage = Partial<StageExpectation> & { readonly peaks?: readonly number[] };

/** A job whose tasks take exactly what is expected of them, and at most the memory that `peaks` say. */
export function plainTemplate(stages: readonly PlainStage[]): JobTemplate {
  const shape = shapeOf(
    'job',
    stages.map((stage, index) => ({ name: `stage ${index}`, taskCount: 1, meanTaskMs: 1000, parents: [], ...stage })),
  );
  const durations = shape.stages.map(({ meanTaskMs }) => {
    const list = [Float64Array.of(meanTaskMs)];
    return { fresh: list, firstWave: list, restWave: list };
  });
  return { shape, durations, peakMemoryBytes: stages.map(({ peaks = [] }) => Float64Array.from(peaks)) };
}
