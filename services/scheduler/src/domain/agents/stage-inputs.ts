import type { JobShape } from '../state/job-shape.js';
import { stageInputCount } from './layout.js';
import { referenceCount, taskCurves } from './parallelism-curve.js';

/** How far a stage is, as the graph network is told: it looks again only when one of a job's stages gets further. */
export const stageStatus = { waiting: 0, begun: 1, settled: 2, done: 3 } as const;

/** Inputs from here on say the status, one each. */
const statusInputsAt = 4;

/** Logarithm of a ratio; 0 where one of them is nothing. */
export function logRatio(value: number, reference: number): number {
  return value > 0 && reference > 0 ? Math.log(value / reference) : 0;
}

/** What the graph network is told of the stages of a job, none of them begun. */
export function stageInputs(shape: JobShape): Float64Array {
  const curves = taskCurves(shape);
  const inputs = new Float64Array(shape.stages.length * stageInputCount);
  for (const [index, { taskCount, meanTaskMs }] of shape.stages.entries()) {
    const curve = index * referenceCount;
    const at = index * stageInputCount;
    inputs[at] = logRatio(taskCount, 50) / 2;
    inputs[at + 1] = logRatio(curves[curve + 1] as number, 2000) / 2;
    inputs[at + 2] = logRatio(curves[curve + 3] as number, curves[curve] as number);
    inputs[at + 3] = shape.workMs > 0 ? (taskCount * meanTaskMs) / shape.workMs : 0;
    inputs[at + statusInputsAt] = 1;
  }
  return inputs;
}

/** Tells the status of a stage. */
export function setStatus(inputs: Float64Array, stage: number, status: number): void {
  const at = stage * stageInputCount + statusInputsAt;
  inputs.fill(0, at, at + 4);
  inputs[at + status] = 1;
}
