import { gunzipSync } from 'node:zlib';
import { OrreryError } from '@orrery/errors';
import { familyWorkload, mixtureOf, syntheticQueries, type Workload } from '../../domain/index.js';
import { readJobs } from '../workloads/read-jobs.js';
import { templateOfTasks } from '../workloads/task-graph.js';
import type { WorkloadSource } from './learning-job.js';

/** Jobs to learn from, and jobs to be judged on. */
export interface Workloads {
  /** What is learned and tuned on. */
  readonly learned: Workload;
  /** What decides: other jobs where there are any. */
  readonly judged: Workload;
  /** What it is and how the two differ. */
  readonly words: string;
  /** Jobs of other shapes that are learned from beside the others, so that a policy does not lean on one kind. */
  readonly mixedIn: Workload;
  /** Jobs of other kinds, for stress. */
  readonly strange: readonly Workload[];
}

/** Seeds below 10,000 make jobs that are judged on; those from 100,000 on make jobs that are learned from. */
const judgedSeed = 1;
const learnedSeed = 100_000;

/** Opens where jobs come from. @throws ORRERY_VALIDATION when there are none that can be run. */
export function workloadsOf(source: WorkloadSource): Workloads {
  const mixedIn = { ...familyWorkload({ seed: learnedSeed + 2 }), name: 'chains, fork-joins, map-reduces and layers' };
  const strange = [familyWorkload({ seed: judgedSeed + 1 }), syntheticQueries({ seed: judgedSeed + 2 })].map((workload, index) => ({ ...workload, name: index === 0 ? 'chains, fork-joins, map-reduces and layers' : 'other queries' }));
  if (source.kind === 'synthetic') {
    const queries = (seed: number) => ({ ...syntheticQueries({ seed }), name: 'synthetic queries' });
    return { learned: mixtureOf('synthetic queries', [{ workload: queries(learnedSeed) }, { workload: queries(learnedSeed + 1) }]), judged: queries(judgedSeed), strange, mixedIn, words: 'queries made up by the product; those that it is judged on are others than those it learned from' };
  }
  if (source.kind === 'uploaded') {
    const { workload, format } = readJobs(source.name, gunzipSync(source.body).toString('utf8'));
    return { learned: workload, judged: workload, strange, mixedIn, words: `uploaded (${format}); judged on sequences that it did not see, of the jobs that it learned from` };
  }
  if (source.runs.length === 0) throw new OrreryError('ORRERY_VALIDATION', 'there are no recorded runs to learn from yet; `synthetic` needs none');
  const workload: Workload = { name: source.name, sizes: [source.runs.map(({ name, tasks }) => templateOfTasks(name, tasks))] };
  if (!workload.sizes.flat().some(({ shape }) => shape.workMs > 0)) throw new OrreryError('ORRERY_VALIDATION', 'no recorded run took any time');
  return { learned: workload, judged: workload, strange, mixedIn, words: `${source.runs.length} recorded runs; judged on sequences that it did not see, of the runs that it learned from` };
}
