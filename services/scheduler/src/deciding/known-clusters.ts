import { LatestUsed } from '@orrery/persistence';
import { KnownRuns } from '../domain/index.js';

const mostClusters = 50;
/** Of all clusters together: some hundred bytes each, and as much again for every policy that looks at them. */
const mostTasks = 300_000;

/** The runs of the clusters that were asked about last. */
export class KnownClusters {
  private readonly clusters = new LatestUsed<KnownRuns>(mostClusters);

  of(tenantId: string, scheduler: string): KnownRuns {
    const key = JSON.stringify([tenantId, scheduler]);
    const known = this.clusters.get(key) ?? new KnownRuns();
    this.clusters.set(key, known);
    this.clusters.dropWhile(() => this.taskCount() > mostTasks, 1);
    return known;
  }

  private taskCount(): number {
    let count = 0;
    for (const runs of this.clusters.values()) count += runs.taskCount;
    return count;
  }
}
