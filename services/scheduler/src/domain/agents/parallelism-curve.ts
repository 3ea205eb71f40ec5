import type { JobShape } from '../state/job-shape.js';

/** Numbers of executors at which agents are told what work costs; others lie between them. */
export const referenceCounts = [5, 10, 20, 40, 80] as const;
export const referenceCount = referenceCounts.length;

const curves = new WeakMap<JobShape, Float64Array>();

/** Mean duration of one task of each stage, ms, with as many executors as {@link referenceCounts} say; the plain mean where nothing was measured. */
export function taskCurves(shape: JobShape): Float64Array {
  let known = curves.get(shape);
  if (known === undefined) curves.set(shape, (known = measured(shape)));
  return known;
}

function measured({ levels, stages }: JobShape): Float64Array {
  const curves = new Float64Array(stages.length * referenceCount);
  for (let index = 0; index < stages.length; index += 1) {
    const { meanTaskMs, meanTaskMsByLevel } = stages[index] as JobShape['stages'][number];
    const at = index * referenceCount;
    curves.fill(meanTaskMs, at, at + referenceCount);
    if (meanTaskMsByLevel.length === 0) continue;
    const points = levels.map((count, level) => ({ count, value: meanTaskMsByLevel[level] ?? 0 })).filter(({ value }) => value > 0);
    for (let reference = 0; reference < referenceCount; reference += 1) curves[at + reference] = between(points, referenceCounts[reference] as number) ?? meanTaskMs;
  }
  return curves;
}

interface Point {
  readonly count: number;
  readonly value: number;
}

function between(points: readonly Point[], count: number): number | undefined {
  const right = points.findIndex((point) => point.count >= count);
  const upper = points[right] ?? points.at(-1);
  const lower = right > 0 ? (points[right - 1] as Point) : upper;
  if (upper === undefined || lower === undefined) return undefined;
  if (upper.count === lower.count) return upper.value;
  return lower.value + ((upper.value - lower.value) * (count - lower.count)) / (upper.count - lower.count);
}

/** A curve of {@link referenceCounts} at a number of executors; outside of them it is level. */
export function curveAt(curve: Float64Array, executors: number): number {
  let right = 0;
  while (right < referenceCount && (referenceCounts[right] as number) < executors) right += 1;
  if (right === 0 || right === referenceCount) return curve[Math.min(right, referenceCount - 1)] as number;
  const from = referenceCounts[right - 1] as number;
  const share = (executors - from) / ((referenceCounts[right] as number) - from);
  return (1 - share) * (curve[right - 1] as number) + share * (curve[right] as number);
}
