import type { Arrival } from '../simulation/workload.js';
import { SlotSimulation } from '../simulation/slot-simulation.js';
import { shapeOf } from '../state/job-shape.js';
import type { RecordedRun, Replay } from './replay.js';

/** Nothing is left to the draw but which of several equal tasks takes which of their durations. */
const seed = 1;

/**
 * Replays runs on simulated slots. What was recorded of a task holds in every pool alike: how much of it was the pool's speed is not known. A policy knows
 * of a task the mean of what it really took, which is more than any knew then, and the same for all that are compared.
 */
export const replayRuns: Replay = (runs, pools, policy) => {
  const firstMs = Math.min(...runs.map(({ arrivedMs }) => arrivedMs));
  const arrivals = runs.map((run) => arrivalOf(run, firstMs, new Set(pools.map(({ poolId }) => poolId))));
  const outcome = new SlotSimulation(pools.filter(({ slots }) => slots > 0).map(({ poolId, slots }) => ({ id: poolId, slotCount: slots }))).run(arrivals, seed, policy);
  return new Map(runs.map(({ runId }, index) => [runId, (outcome.completionSeconds[index] ?? Number.NaN) * 1000]));
};

function arrivalOf({ runId, arrivedMs, tasks }: RecordedRun, firstMs: number, known: ReadonlySet<string>): Arrival {
  const places = new Map(tasks.map(({ name }, index) => [name, index]));
  const expectations = tasks.map(({ name, dependsOn, durationsMs, poolIds = [] }) => {
    const there = poolIds.filter((poolId) => known.has(poolId));
    return {
      ...{ name, taskCount: durationsMs.length, meanTaskMs: durationsMs.reduce((sum, value) => sum + value, 0) / durationsMs.length },
      ...{ parents: dependsOn.flatMap((parent) => places.get(parent) ?? []), ...(there.length === 0 ? {} : { poolIds: there }) },
    };
  });
  const durations = tasks.map(({ durationsMs }) => {
    const list = [Float64Array.from(durationsMs)];
    return { fresh: list, firstWave: list, restWave: list };
  });
  return { atMs: arrivedMs - firstMs, template: { shape: shapeOf('recorded', expectations), durations }, terms: { id: runId } };
}
