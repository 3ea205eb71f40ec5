import { readArtifact } from '../../domain/agents/index.js';
import type { ListRules } from '../../domain/index.js';
import { modelCard, type ModelCard, type Origin } from '../../domain/release/model-card.js';
import { releaseDecision } from '../../domain/release/release-gate.js';
import type { PolicySpec } from '../episodes/policy-spec.js';
import type { LearnedRival, TrainingJob } from './learning-job.js';
import { placesOf, rulesWords, tryCandidate, tuneEach, type Report } from './try-policies.js';
import { workloadsOf, type Workloads } from './workload-of.js';

/** Who is judged, and where: the part of a training that does not matter for that is left out. */
export type JudgedJob = Pick<TrainingJob, 'id' | 'name' | 'requestedBy' | 'createdAt' | 'workload' | 'conditions' | 'rivals' | 'lambda'>;

export interface Judged {
  readonly card: ModelCard;
  readonly isPublished: boolean;
  readonly serves: boolean;
}

export interface Defendant {
  readonly artifact: unknown;
  readonly training: Origin['training'];
}

/**
 * Takes a policy through the release gate: beside every baseline on unseen sequences, beside fair and the tuned heuristic under every stress.
 *
 * @param tuned by scenario of the conditions: what it has to beat; sought on the jobs that are learned from.
 */
export async function judge(job: JudgedJob, { artifact, training }: Defendant, { workloads, tuned }: { readonly workloads: Workloads; readonly tuned: readonly ListRules[] }, report: Report): Promise<Judged> {
  const candidate: PolicySpec = { kind: 'learned', name: candidateName(job), artifact };
  const places = placesOf(workloads.judged, job.conditions);
  const tried = await tryCandidate({ candidate, rivals: job.rivals.map(rivalSpec), workloads, places, tuned, conditions: job.conditions }, report);
  const decision = releaseDecision({ candidate: candidate.name, lambda: job.lambda, ...tried, champion: job.rivals.find(({ serves }) => serves) });
  const { sizes } = workloads.learned;
  const origin: Origin = {
    ...{ name: job.name, createdAt: job.createdAt, requestedBy: job.requestedBy, trainingId: job.id, lambda: job.lambda, training, tunedWords: basesOf(artifact), rivals: job.rivals },
    workload: { name: workloads.judged.name, words: workloads.words, kindCount: Math.max(...sizes.map(({ length }) => length)), sizeCount: sizes.length },
  };
  return { card: modelCard(origin, candidate.name, decision), isPublished: decision.isPublished, serves: decision.serves };
}

/**
 * Judges a policy that was learned elsewhere, with heuristics tuned for the occasion.
 *
 * @throws ORRERY_VALIDATION when it is damaged or the jobs cannot be run.
 * @example const { card } = await judgePolicy(job, { artifact, training }, { pool, onProgress: () => undefined });
 */
export async function judgePolicy(job: JudgedJob, defendant: Defendant, { pool, signal, onProgress }: Report): Promise<Judged> {
  readArtifact(defendant.artifact);
  const workloads = workloadsOf(job.workload);
  const tuned = await tuneEach(workloads.learned, placesOf(workloads.learned, job.conditions), job.lambda, { pool, signal, onProgress: (share, words) => onProgress(share / 2, words) });
  return await judge(job, defendant, { workloads, tuned }, { pool, signal, onProgress: (share, words) => onProgress((1 + share) / 2, words) });
}

export function rivalSpec({ name, artifact }: LearnedRival): PolicySpec {
  return { kind: 'learned', name, artifact };
}

/** The heuristics that it stands on, in words. */
function basesOf(artifact: unknown): string {
  const { base, oneByOne } = readArtifact(artifact);
  return oneByOne === undefined ? rulesWords(base) : `jobs at once: ${rulesWords(base)}; jobs one by one: ${rulesWords(oneByOne.base)}`;
}

/** Its name among the others, none of which can have it. */
function candidateName({ name, rivals }: JudgedJob): string {
  return rivals.some((rival) => rival.name === name) || /^(tuned|fair|fifo|weighted-fair|sjf-cp|srpt-cp|critical-path)$/.test(name) ? `${name} (new)` : name;
}
