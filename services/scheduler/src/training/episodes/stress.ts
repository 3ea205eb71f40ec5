import { seededRandom, type Random } from '@orrery/stats';
import { shapeOf, type Arrival, type JobShape, type JobTemplate, type StageDurations, type Workload } from '../../domain/index.js';
import type { Stress } from '../../domain/release/scenario.js';

/** A duration list is made at least so long before luck is given to its members: a stage of one measured task should not always fail. */
const leastDraws = 32;
const longestTail = 20;

/** The workload with the durations that a stress makes of it; what is told of its jobs stays. Equal stresses give equal workloads. */
export function stressedWorkload(workload: Workload, { failureShare = 0, tailShape }: Stress): Workload {
  if (failureShare === 0 && tailShape === undefined) return workload;
  const random = seededRandom(1);
  const factorOf = (): number => (tailShape === undefined ? 1 : paretoFactor(random, tailShape)) * (random.next() < failureShare ? 1 + random.next() : 1);
  const list = (durations: Float64Array): Float64Array => {
    const copies = durations.length === 0 ? 0 : Math.ceil(leastDraws / durations.length);
    return Float64Array.from({ length: copies * durations.length }, (_, index) => (durations[index % durations.length] as number) * factorOf()).sort();
  };
  const stage = ({ fresh, firstWave, restWave }: StageDurations): StageDurations => ({ fresh: fresh.map(list), firstWave: firstWave.map(list), restWave: restWave.map(list) });
  return { name: workload.name, sizes: workload.sizes.map((templates) => templates.map(({ shape, durations }) => ({ shape, durations: durations.map(stage) }))) };
}

/** The arrivals with wrong words on how long their tasks take; how long those really take stays. Equal seeds give equal errors whatever the policy. */
export function mistold(arrivals: readonly Arrival[], toldError: number, seed: number): readonly Arrival[] {
  if (toldError === 0) return arrivals;
  const random = seededRandom(seed * 31 + 11);
  return arrivals.map(({ atMs, template }) => ({ atMs, template: mistoldTemplate(template, toldError, random) }));
}

function mistoldTemplate({ shape, durations }: JobTemplate, toldError: number, random: Random): JobTemplate {
  const error = () => 1 + toldError * (2 * random.next() - 1);
  const ofJob = error();
  const stages = shape.stages.map((stage) => {
    const factor = ofJob * error();
    return { ...stage, meanTaskMs: stage.meanTaskMs * factor, meanTaskMsByLevel: stage.meanTaskMsByLevel.map((meanMs) => meanMs * factor) };
  });
  return { shape: reshaped(shape, stages), durations };
}

function reshaped({ name, levels }: JobShape, stages: JobShape['stages']): JobShape {
  return shapeOf(name, stages.map(({ poolIds, ...stage }) => (poolIds === undefined ? stage : { ...stage, poolIds })), levels);
}

/** Of mean 1. Source: the inverse of the distribution function of the bounded Pareto distribution. */
function paretoFactor(random: Random, shape: number): number {
  const cut = 1 - longestTail ** -shape;
  const mean = ((shape / (shape - 1)) * (1 - longestTail ** (1 - shape))) / cut;
  return (1 - random.next() * cut) ** (-1 / shape) / mean;
}
