import { OrreryError } from '@orrery/errors';

/** One finished run of a task. */
export interface DurationPoint {
  /** @minimum 0 */
  readonly durationMs: number;
  /** @minimum 0 */
  readonly inputSizeBytes: number | null;
  readonly finishedAtMs: number;
  /** How many times longer the machine takes than the reference machine; null counts as the reference. @exclusiveMinimum 0 */
  readonly machineFactor: number | null;
}

/** What is known of the run that is asked about. */
export interface DurationQuery {
  readonly inputSizeBytes: number | null;
  /** As in the points: of the machine that it will run on. */
  readonly machineFactor: number | null;
  readonly nowMs: number;
  /** How uncertain the machine factor is, as the deviation of its logarithm; nothing when absent. */
  readonly machineSpread?: number;
  /** The usual deviation of logarithms at a coarser key, which stands in while there are few points. */
  readonly pooledSpread?: number;
}

/** 0 <= p10Ms <= p50Ms <= p90Ms, all finite. */
export interface DurationPrediction {
  readonly p10Ms: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** 0..1: rises with the number of samples and falls with the width of the interval and the age of the last sample. */
  readonly confidence: number;
  readonly basis: { readonly model: string; readonly samples: number };
}

/** A run on the reference machine. */
export interface Run {
  readonly ms: number;
  readonly sizeBytes: number | null;
  readonly atMs: number;
}

// Shorter than a millionth of the longest run says nothing but 'none at all', and has no logarithm.
const leastShare = 1e-6;

/**
 * The points as runs on the reference machine, in the order of time; equal histories give equal runs, however they were ordered.
 *
 * @throws ORRERY_VALIDATION when a number is negative or not finite.
 */
export function runsOf(history: readonly DurationPoint[]): Run[] {
  history.forEach(checkPoint);
  const runs = history.map(({ durationMs, inputSizeBytes, finishedAtMs, machineFactor }) => ({ ms: durationMs / (machineFactor ?? 1), sizeBytes: inputSizeBytes, atMs: finishedAtMs }));
  const least = leastShare * Math.max(0, ...runs.map(({ ms }) => ms));
  return runs.map((run) => ({ ...run, ms: Math.max(run.ms, least) })).sort((one, other) => one.atMs - other.atMs || one.ms - other.ms || (one.sizeBytes ?? -1) - (other.sizeBytes ?? -1));
}

/** @throws ORRERY_VALIDATION when a number is negative or not finite. */
export function checkQuery({ inputSizeBytes, machineFactor, nowMs, machineSpread, pooledSpread }: DurationQuery): void {
  check('inputSizeBytes', inputSizeBytes, 0);
  check('machineFactor', machineFactor, Number.MIN_VALUE);
  check('nowMs', nowMs, -Infinity);
  check('machineSpread', machineSpread ?? 0, 0);
  check('pooledSpread', pooledSpread ?? 1, Number.MIN_VALUE);
}

function checkPoint({ durationMs, inputSizeBytes, finishedAtMs, machineFactor }: DurationPoint): void {
  check('durationMs', durationMs, 0);
  check('inputSizeBytes', inputSizeBytes, 0);
  check('finishedAtMs', finishedAtMs, -Infinity);
  check('machineFactor', machineFactor, Number.MIN_VALUE);
}

function check(name: string, value: number | null, least: number): void {
  if (value === null || (Number.isFinite(value) && value >= least)) return;
  throw new OrreryError('ORRERY_VALIDATION', `${name} is a finite number${Number.isFinite(least) ? ` of at least ${least}` : ''}; got ${value}`);
}
