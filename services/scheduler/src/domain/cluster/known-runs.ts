import type { AskedRun } from './cluster-request.js';
import { ClusterJob } from './cluster-job.js';
import type { Expecting } from './cluster-shape.js';

/**
 * The runs of one cluster from question to question: an engine tells the same graphs again whenever a slot comes free, and most of them
 * have not changed.
 */
export class KnownRuns {
  private jobs = new Map<string, ClusterJob>();
  private nextNumber = 0;
  /** Tasks that are known. */
  taskCount = 0;

  /** The jobs of runs, in their order; runs that are not told any more are forgotten. @throws ORRERY_VALIDATION when a graph is none. */
  follow(runs: readonly AskedRun[], expecting: Expecting): readonly ClusterJob[] {
    const next = new Map<string, ClusterJob>();
    const jobs = runs.map((run) => {
      const known = this.jobs.get(run.runId);
      const job = known?.follow(run, expecting) === true ? known : ClusterJob.of(run, (this.nextNumber += 1), expecting);
      next.set(run.runId, job);
      return job;
    });
    this.jobs = next;
    this.taskCount = jobs.reduce((count, { stages }) => count + stages.length, 0);
    return jobs;
  }
}
