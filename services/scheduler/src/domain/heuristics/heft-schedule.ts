import { OrreryError } from '@orrery/errors';

/** Tasks with a cost on each machine, and what it costs to hand over what one made to another on another machine. */
export interface TaskGraph {
  /** By task and machine; Infinity where a task cannot run. */
  readonly costs: readonly (readonly number[])[];
  readonly transfers: readonly { readonly from: number; readonly to: number; readonly cost: number }[];
}

export interface Placement {
  readonly task: number;
  readonly machine: number;
  readonly start: number;
  readonly end: number;
}

/**
 * How much is at least to be done from each task to the end, the task included, by mean costs.
 *
 * @throws ORRERY_VALIDATION when tasks wait for each other, or one can run nowhere.
 * Source: Topcuoglu, Hariri and Wu 2002, Performance-effective and low-complexity task scheduling for heterogeneous computing (IEEE TPDS), equation 8.
 */
export function upwardRanks({ costs, transfers }: TaskGraph): readonly number[] {
  const waiting = new Int32Array(costs.length);
  const into = costs.map((): TaskGraph['transfers'][number][] => []);
  for (const transfer of transfers) {
    waiting[transfer.from] = (waiting[transfer.from] as number) + 1;
    into[transfer.to]?.push(transfer);
  }
  const means = costs.map(meanCost);
  // Of what comes after.
  const behind = new Float64Array(costs.length);
  const ready = means.flatMap((_, task) => (waiting[task] === 0 ? [task] : []));
  for (let at = 0; at < ready.length; at += 1) {
    const task = ready[at] as number;
    const rank = (means[task] as number) + (behind[task] as number);
    for (const { from, cost } of into[task] as (typeof into)[number]) {
      behind[from] = Math.max(behind[from] as number, cost + rank);
      waiting[from] = (waiting[from] as number) - 1;
      if (waiting[from] === 0) ready.push(from);
    }
  }
  if (ready.length < costs.length) throw new OrreryError('ORRERY_VALIDATION', `${costs.length - ready.length} tasks wait for each other`);
  return means.map((mean, task) => mean + (behind[task] as number));
}

function meanCost(costs: readonly number[], task: number): number {
  const possible = costs.filter(Number.isFinite);
  if (possible.length === 0) throw new OrreryError('ORRERY_VALIDATION', `task ${task} can run nowhere`);
  return possible.reduce((sum, cost) => sum + cost, 0) / possible.length;
}

/**
 * A plan for one graph on machines that do one task at a time: by upward rank, each where it ends first, gaps between others included (HEFT).
 * It needs costs to be as foretold; where they are not, {@link heft} decides again as tasks end.
 *
 * @returns one placement a task, in the order of the tasks.
 * @throws ORRERY_VALIDATION when tasks wait for each other, or one can run nowhere.
 * Source: Topcuoglu et al. 2002, as above.
 */
export function heftSchedule(graph: TaskGraph): readonly Placement[] {
  const ranks = upwardRanks(graph);
  const order = ranks.map((_, task) => task).sort((one, other) => (ranks[other] ?? 0) - (ranks[one] ?? 0));
  const placed = new Map<number, Placement>();
  const machines: Placement[][] = (graph.costs[0] ?? []).map(() => []);
  for (const task of order) {
    const best = bestPlacement(graph, task, { placed, machines });
    placed.set(task, best);
    const before = machines[best.machine] as Placement[];
    const at = before.findIndex(({ start }) => start >= best.end);
    before.splice(at < 0 ? before.length : at, 0, best);
  }
  return ranks.map((_, task) => placed.get(task) as Placement);
}

interface Plan {
  readonly placed: ReadonlyMap<number, Placement>;
  /** By start. */
  readonly machines: readonly (readonly Placement[])[];
}

function bestPlacement({ costs, transfers }: TaskGraph, task: number, { placed, machines }: Plan): Placement {
  const inputs = transfers.filter(({ to }) => to === task).map(({ from, cost }) => ({ source: placed.get(from) as Placement, cost }));
  const candidates = machines.map((busy, machine) => {
    const ready = inputs.reduce((latest, { source, cost }) => Math.max(latest, source.end + (source.machine === machine ? 0 : cost)), 0);
    const cost = costs[task]?.[machine] ?? Infinity;
    const start = firstGap(busy, ready, cost);
    return { task, machine, start, end: start + cost };
  });
  return candidates.reduce((best, candidate) => (candidate.end < best.end ? candidate : best));
}

function firstGap(busy: readonly Placement[], ready: number, cost: number): number {
  let start = ready;
  for (const other of busy) {
    if (start + cost <= other.start) return start;
    start = Math.max(start, other.end);
  }
  return start;
}
