import type { Run, Task } from '../api/wire-shapes.js';

/** The moments at which a task was queued, started or ended, in order, as epoch milliseconds. */
export function momentsOf(run: Run, tasks: readonly Task[]): readonly number[] {
  const moments = new Set<number>();
  const add = (instant: string | null): void => {
    const atMs = instant === null ? NaN : Date.parse(instant);
    if (!Number.isNaN(atMs)) moments.add(atMs);
  };
  for (const stretch of [run, ...tasks, ...tasks.flatMap((task) => task.attempts)]) {
    add(stretch.queued_at);
    add(stretch.started_at);
    add(stretch.finished_at);
  }
  return [...moments].sort((a, b) => a - b);
}

/** The next moment after a time, or the last one before it; null where there is none. */
export function stepTo(moments: readonly number[], atMs: number, direction: 1 | -1): number | null {
  return (direction === 1 ? moments.find((moment) => moment > atMs) : moments.findLast((moment) => moment < atMs)) ?? null;
}
