import { OrreryError } from '@orrery/errors';
import { median } from '@orrery/stats';

/** What micro-benchmarks told of a machine. */
export interface MachineBenchmarks {
  /** Work a second; more is faster. @exclusiveMinimum 0 */
  readonly cpuScore: number | null;
  readonly ioScore: number | null;
  /** How long short probes of single tasks took, by task name. @exclusiveMinimum 0 */
  readonly taskSeconds: Readonly<Record<string, number>>;
}

/** What is known of a task from its runs. */
export interface TaskCharacter {
  readonly name: string;
  /** The share of its time that depends on the processor, 0..1; null when unknown. */
  readonly cpuShare: number | null;
}

export interface MachineFactor {
  /** How many times longer the target takes. */
  readonly factor: number;
  /** The deviation to expect of its logarithm. */
  readonly spread: number;
  readonly basis: 'task' | 'machine' | 'none';
}

// A probe of the task itself says most; the machine's scores keep its noise in check.
const probeWeight = 2 / 3;
const probeSpread = 0.15;
const machineSpread = 0.25;
const unknownSpread = 0.5;
// A disk moves some hundred megabytes a second: a task that reads and writes at that rate spends half its time on it.
const usualIoBytesPerSecond = 100e6;

/**
 * How much longer (or shorter) a task takes on another machine, without having run there: a probe of the task where there is one, else the
 * median of all probes, blended with the scores of processor and disk in the proportion that the task uses them.
 *
 * Source: the idea is Lotaru's (Bader et al., 2022, doi 10.1145/3538712.3538739): a factor by micro-benchmarks; the blend is ours.
 *
 * @throws ORRERY_VALIDATION when a score or a time is not above zero, or the share not within 0..1.
 */
export function machineFactor(source: MachineBenchmarks, target: MachineBenchmarks, task: TaskCharacter): MachineFactor {
  checkAll(source, target, task);
  const own = logRatio(target.taskSeconds[task.name], source.taskSeconds[task.name]);
  const probe = own ?? usualProbe(source, target);
  const machine = scoreRatio(source, target, task.cpuShare ?? 0.5);
  const known = probe ?? machine;
  if (known === null) return { factor: 1, spread: unknownSpread, basis: 'none' };
  // Where the two disagree, neither can be relied on.
  const disagreement = (machine ?? known) - known;
  const spread = Math.hypot(own === null ? machineSpread : probeSpread, disagreement / 2);
  return { factor: Math.exp(known + (1 - probeWeight) * disagreement), spread, basis: own === null ? 'machine' : 'task' };
}

/**
 * The share of a task's time that depends on the processor, from what its runs used.
 *
 * @param use busy cores, and bytes read and written a second.
 */
export function cpuShareOf({ busyCores, ioBytesPerSecond }: { readonly busyCores: number; readonly ioBytesPerSecond: number }): number {
  return (Math.min(1, Math.max(0, busyCores)) * usualIoBytesPerSecond) / (usualIoBytesPerSecond + Math.max(0, ioBytesPerSecond));
}

function usualProbe(source: MachineBenchmarks, target: MachineBenchmarks): number | null {
  const probes = Object.keys(target.taskSeconds).flatMap((name) => logRatio(target.taskSeconds[name], source.taskSeconds[name]) ?? []);
  return probes.length > 0 ? median(probes) : null;
}

function scoreRatio(source: MachineBenchmarks, target: MachineBenchmarks, cpuShare: number): number | null {
  const cpu = logRatio(source.cpuScore ?? undefined, target.cpuScore ?? undefined);
  const io = logRatio(source.ioScore ?? undefined, target.ioScore ?? undefined);
  if (cpu === null || io === null) return cpu ?? io;
  return cpuShare * cpu + (1 - cpuShare) * io;
}

function logRatio(above: number | undefined, below: number | undefined): number | null {
  return above === undefined || below === undefined ? null : Math.log(above / below);
}

function checkAll(source: MachineBenchmarks, target: MachineBenchmarks, { cpuShare }: TaskCharacter): void {
  for (const { cpuScore, ioScore, taskSeconds } of [source, target]) {
    const wrong = [cpuScore ?? 1, ioScore ?? 1, ...Object.values(taskSeconds)].find((value) => !(value > 0 && Number.isFinite(value)));
    if (wrong !== undefined) throw new OrreryError('ORRERY_VALIDATION', `a benchmark's figure is above zero; got ${wrong}`);
  }
  if (cpuShare !== null && !(cpuShare >= 0 && cpuShare <= 1)) throw new OrreryError('ORRERY_VALIDATION', `a share of the processor lies within 0 and 1; got ${cpuShare}`);
}
