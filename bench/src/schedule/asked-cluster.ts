import { seededRandom, type Random } from '@orrery/stats';
import type { AskedTask, ClusterRequest } from '@orrery/scheduler/domain';

interface MutableTask extends AskedTask {
  running: number;
  finished: number;
}

/** An engine with so many runs at different points of their way, which goes on by what is decided. */
export class AskedCluster {
  private readonly random: Random;
  private readonly runs: { readonly runId: string; readonly submittedAtMs: number; readonly tasks: MutableTask[] }[];
  private nowMs = Date.UTC(2026, 0, 1);

  constructor(
    runCount: number,
    taskCount: number,
    readonly freeSlots: number,
    seed = 1,
  ) {
    this.random = seededRandom(seed);
    this.runs = Array.from({ length: runCount }, (_, run) => ({ runId: `run ${run}`, submittedAtMs: this.nowMs - (runCount - run) * 1000, tasks: this.tasks(taskCount) }));
  }

  /** What it asks now: objects of its own, as they come off a wire. */
  ask(): ClusterRequest {
    const runs = this.runs.map(({ tasks, ...run }) => ({ ...run, workflow: 'bench', weight: 1, reservedSlots: 0, tasks: tasks.map((task) => ({ ...task })) }));
    return { scheduler: 'bench', nowMs: this.nowMs, pools: [{ poolId: 'slots', slots: Math.max(2 * this.freeSlots, 64), freeSlots: this.freeSlots, timeFactor: 1 }], runs };
  }

  /** Starts what was decided, and ends as much of what runs. */
  goOn(assignments: readonly { readonly runId: string; readonly task: string; readonly count: number }[]): void {
    this.nowMs += 1000;
    const byId = new Map(this.runs.map((run) => [run.runId, run]));
    let toEnd = 0;
    for (const { runId, task: name, count } of assignments) {
      const task = byId.get(runId)?.tasks.find((one) => one.name === name);
      if (task === undefined) continue;
      task.running += count;
      toEnd += count;
    }
    for (let looks = 0; looks < 100 * this.runs.length && toEnd > 0; looks += 1) {
      const task = this.runs[this.random.below(this.runs.length)]?.tasks.find(({ running }) => running > 0);
      if (task === undefined) continue;
      task.running -= 1;
      task.finished += 1;
      toEnd -= 1;
    }
  }

  private tasks(count: number): MutableTask[] {
    const { random } = this;
    const done = random.below(Math.ceil(count / 2));
    return Array.from({ length: count }, (_, index) => {
      const tasks = 1 + random.below(8);
      const dependsOn = index < 3 ? [] : [...new Set([`task ${random.below(index)}`, `task ${random.below(index)}`])];
      return { name: `task ${index}`, dependsOn, count: tasks, running: 0, finished: index < done ? tasks : 0, durationMs: 1000 + 60_000 * random.next(), durationByParallelism: [], poolIds: [] };
    });
  }
}
