import { OrreryError } from '@orrery/errors';
import type { Arrival, JobTemplate, Workload } from './workload.js';

export interface ArrivalPattern {
  /** Jobs that are there at the beginning. */
  readonly initialJobs: number;
  /** Jobs that come later, one by one. */
  readonly laterJobs: number;
  /** Mean gap between those, ms; gaps are exponential. */
  readonly meanGapMs: number;
}

/**
 * Jobs in the order of their arrival: kinds and sizes uniform, gaps exponential and cut to whole ms (Poisson arrivals).
 * Equal seeds give equal sequences whatever the policy.
 */
export function arrivalsOf(workload: Workload, pattern: ArrivalPattern, seed: number): readonly Arrival[] {
  const next = mulberry32(seed * 7919 + 17);
  const draw = (): JobTemplate => {
    const kind = next();
    const size = workload.sizes[Math.floor(next() * workload.sizes.length)] ?? [];
    const template = size[Math.floor(kind * size.length)];
    if (template === undefined) throw new OrreryError('ORRERY_VALIDATION', `workload ${workload.name} has a size without jobs`);
    return template;
  };
  const arrivals: Arrival[] = [];
  for (let job = 0; job < pattern.initialJobs; job += 1) arrivals.push({ atMs: 0, template: draw() });
  let atMs = 0;
  for (let job = 0; job < pattern.laterJobs; job += 1) {
    atMs += Math.floor(-Math.log(1 - next()) * pattern.meanGapMs);
    arrivals.push({ atMs, template: draw() });
  }
  return arrivals;
}

/** Ettinger 2017, public domain: one addition and three mixing steps a number, quick to seed for each of many episodes. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
