import { OrreryError } from '@orrery/errors';
import { shapeOf } from '../state/job-shape.js';
import type { JobTemplate, StageDurations, Workload } from '../simulation/workload.js';

/** Measured query plans: durations of tasks, ms, by stage, wave and number of executors. */
export interface MeasuredJobs {
  /** Numbers of executors that were measured, ascending. */
  readonly levels: readonly number[];
  readonly sizes: readonly string[];
  /** By `<size>-<kind>`, kinds from 1. */
  readonly jobs: Readonly<Record<string, MeasuredJob>>;
}

interface MeasuredJob {
  readonly edges: readonly (readonly [from: number, to: number])[];
  readonly stages: readonly MeasuredStage[];
}

type Lists = Readonly<Record<string, readonly number[]>>;

interface MeasuredStage {
  /** Tasks. */
  readonly n: number;
  /** First wave, rest waves, fresh executors. */
  readonly fw: Lists;
  readonly rw: Lists;
  readonly fd: Lists;
}

/** The jobs of measured plans, as a workload. @throws ORRERY_VALIDATION when a size lacks a kind that another has. */
export function measuredWorkload(name: string, { levels, sizes, jobs }: MeasuredJobs): Workload {
  const kinds = new Set(Object.keys(jobs).map((key) => Number(key.split('-').at(-1)))).size;
  const templateOf = (size: string, kind: number): JobTemplate => {
    const job = jobs[`${size}-${kind}`];
    if (job === undefined) throw new OrreryError('ORRERY_VALIDATION', `workload ${name} has no job ${size}-${kind}`);
    return measuredTemplate(`${size}-${kind}`, job, levels);
  };
  return { name, sizes: sizes.map((size) => Array.from({ length: kinds }, (_, index) => templateOf(size, index + 1))) };
}

function measuredTemplate(name: string, { edges, stages }: MeasuredJob, levels: readonly number[]): JobTemplate {
  const durations = stages.map((stage) => durationsOf(stage, levels));
  const expectations = stages.map((stage, index) => ({
    name: `stage ${index}`,
    taskCount: stage.n,
    meanTaskMs: meanOfAll(stage),
    meanTaskMsByLevel: levels.map((_, level) => meanAtLevel(durations[index] as StageDurations, level)),
    parents: edges.flatMap(([from, to]) => (to === index ? [from] : [])),
  }));
  return { shape: shapeOf(name, expectations, levels), durations };
}

// What was measured of fresh executors is in the first wave too, and is taken out of it; a level without any takes those of the one below.
function firstWaves({ fw, fd }: MeasuredStage): Lists {
  const waves: Record<string, readonly number[]> = {};
  let last: readonly number[] = [];
  for (const level of Object.keys(fw).map(Number).sort((one, other) => one - other)) {
    const fresh = [...(fd[level] ?? [])];
    const rest = (fw[level] ?? []).filter((durationMs) => {
      const at = fresh.indexOf(durationMs);
      if (at >= 0) fresh.splice(at, 1);
      return at < 0;
    });
    if (rest.length > 0) last = rest;
    waves[level] = last;
  }
  return waves;
}

function durationsOf(stage: MeasuredStage, levels: readonly number[]): StageDurations {
  const waves = firstWaves(stage);
  const largest = Math.max(...Object.keys(stage.fw).map(Number));
  const measured = levels.map((level) => (waves[level] === undefined ? largest : level));
  // Sorted, so that a draw means the same luck at every level.
  const sorted = (lists: Lists) => measured.map((level) => Float64Array.from(lists[level] ?? []).sort());
  return { fresh: sorted(stage.fd), firstWave: sorted(waves), restWave: sorted(stage.rw) };
}

function meanOfAll(stage: MeasuredStage): number {
  return meanOf([...Object.values(firstWaves(stage)), ...Object.values(stage.rw), ...Object.values(stage.fd)].flat());
}

function meanAtLevel({ fresh, firstWave, restWave }: StageDurations, level: number): number {
  return meanOf([fresh, firstWave, restWave].flatMap((lists) => [...(lists[level] ?? [])]));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
