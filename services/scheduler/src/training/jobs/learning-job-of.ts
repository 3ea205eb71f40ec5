import { OrreryError } from '@orrery/errors';
import type { Transaction } from '@orrery/persistence';
import { namedRules, type ListRules } from '../../domain/index.js';
import { recentRuns } from '../../estimates/finished-run.repository.js';
import type { PolicySpec } from '../episodes/policy-spec.js';
import type { Conditions, LearnedRival, LearningJob, WorkloadSource } from '../learning/learning-job.js';
import type { StoredJob } from './learning-job.repository.js';
import type { EvaluationBody, TrainingBody } from './learning-request.js';
import { rivalsOf, type ShippedArtifact } from './rivals.js';
import { readWorkload } from './workload.repository.js';

/** Runs that are learned from at most, the newest. */
const runLimit = 500;
/** Learned policies in an evaluation of all. */
const allLearned = 20;

/** Everything that a thread needs for a job: read once, at its beginning. @throws ORRERY_NOT_FOUND when uploaded jobs or a policy are gone. */
export async function learningJobOf(transaction: Transaction, stored: StoredJob, shipped: readonly ShippedArtifact[]): Promise<LearningJob> {
  const { jobId: id, name, requestedBy, requestedAtMs } = stored;
  const workload = await sourceOf(transaction, stored.request.workload);
  const base = { id, name, requestedBy, createdAt: new Date(requestedAtMs).toISOString(), workload, conditions: conditionsOf(stored.request) };
  if (stored.kind === 'training') {
    const { lambda, tail, seed, generations } = stored.request;
    return { kind: 'training', ...base, rivals: await rivalsOf(transaction, shipped), lambda, tail, seed, generations };
  }
  const { policies, against, first_seed: firstSeed } = stored.request;
  const learned = await rivalsOf(transaction, shipped, allLearned);
  return { kind: 'evaluation', ...base, rivals: wantedOf(policies, learned), policies: heuristicsOf(policies), withTuned: policies.includes('tuned'), firstSeed, baselines: against };
}

/** @throws ORRERY_VALIDATION when a name is neither a heuristic nor a form in which learned policies are named. */
export function checkPolicyNames(names: readonly string[]): void {
  const unknown = names.find((name) => !(name in namedRules) && !['tuned', 'learned', 'all-learned'].includes(name) && !/^[a-z][a-z0-9-]*$/.test(name));
  if (unknown !== undefined) throw new OrreryError('ORRERY_VALIDATION', `there is no policy ${unknown}`);
}

function heuristicsOf(names: readonly string[]): readonly PolicySpec[] {
  return Object.entries(namedRules as Readonly<Record<string, ListRules>>).flatMap(([name, rules]): readonly PolicySpec[] => (names.includes(name) ? [{ kind: 'rules', name, rules }] : []));
}

function wantedOf(names: readonly string[], learned: readonly LearnedRival[]): readonly LearnedRival[] {
  for (const name of names) {
    const isThere = name in namedRules || name === 'tuned' || name === 'all-learned' || learned.some((rival) => rival.name === name || (name === 'learned' && rival.serves));
    if (!isThere) throw new OrreryError('ORRERY_NOT_FOUND', name === 'learned' ? 'no learned policy serves' : `there is no policy ${name}`);
  }
  return learned.filter(({ name, serves }) => names.includes('all-learned') || names.includes(name) || (serves && names.includes('learned')));
}

async function sourceOf(transaction: Transaction, workload: string): Promise<WorkloadSource> {
  if (workload === 'synthetic') return { kind: 'synthetic' };
  if (workload !== 'recorded') return { kind: 'uploaded', ...(await readWorkload(transaction, workload)) };
  const runs = await recentRuns(transaction, { limit: runLimit });
  const taskOf = ({ name, durationMs, memoryBytes, parents }: (typeof runs)[number]['tasks'][number], index: number) => ({ id: `${index}`, name, durationMs, memoryBytes: memoryBytes ?? 0, parents: parents.map(String) });
  return { kind: 'recorded', name: 'recorded runs', runs: runs.map((run) => ({ name: run.workflow, tasks: run.tasks.map(taskOf) })) };
}

function conditionsOf({ scenario, executors, batch_jobs: batchJobs, stream_jobs: streamJobs, gap_ms: meanGapMs, sequences }: TrainingBody | EvaluationBody): Conditions {
  return { kinds: scenario === 'both' ? ['batch', 'stream'] : [scenario], executorCount: executors, batchJobs, streamJobs, meanGapMs, sequenceCount: sequences };
}
