import { OrreryError } from '@orrery/errors';
import type { ArrivalPattern, Workload } from '../../domain/index.js';
import type { Evaluation, PolicyFigures, SequenceFigures } from '../../domain/release/figures.js';
import type { Scenario, Stress } from '../../domain/release/scenario.js';
import { EpisodePool, type RunOptions } from '../episodes/episode-pool.js';
import type { PolicySpec } from '../episodes/policy-spec.js';
import type { EpisodeOutcome } from '../episodes/run-episodes.js';

export interface EvaluationRequest extends RunOptions {
  readonly workload: Workload;
  readonly scenario: { readonly name: string; readonly arrivals: ArrivalPattern; readonly stress?: Stress };
  readonly executors: number;
  /** Each is one sequence of jobs, the same for all policies; at least one. */
  readonly seeds: readonly number[];
  /** Of different names. */
  readonly policies: readonly PolicySpec[];
  /** Times each decision; the clock itself costs some of what it measures. @default true */
  readonly isTimed?: boolean;
  /** Where the episodes run; by default in threads that are ended afterwards. */
  readonly pool?: EpisodePool;
  /** Of those. @default 2 */
  readonly workerCount?: number;
}

/**
 * Runs every policy on the same sequences of jobs, with the same luck for each task.
 *
 * @throws ORRERY_VALIDATION when there is nothing to run, two policies share a name, or a policy decides what cannot be.
 * @example
 * await evaluatePolicies({ workload, scenario: { name: 'batch', arrivals: { initialJobs: 20, laterJobs: 0, meanGapMs: 0 } }, executors: 50, seeds: [0, 1, 2],
 *   policies: [{ kind: 'rules', name: 'fair', rules: namedRules.fair }] });
 */
export async function evaluatePolicies({ workload, scenario: given, executors, seeds, policies, isTimed = true, pool, workerCount, ...options }: EvaluationRequest): Promise<Evaluation> {
  if (seeds.length === 0 || policies.length === 0) throw new OrreryError('ORRERY_VALIDATION', 'expected at least one seed and one policy');
  if (new Set(policies.map(({ name }) => name)).size < policies.length) throw new OrreryError('ORRERY_VALIDATION', 'expected policies of different names');
  const scenario: Scenario = { ...given, executorCount: executors };
  const threads = pool ?? new EpisodePool(workerCount === undefined ? {} : { workerCount });
  try {
    const outcomes = await threads.run(policies.map((policy) => ({ policy, scenario, workload, seeds, isTimed })), options);
    const figures = outcomes.map((found, index) => figuresOf((policies[index] as PolicySpec).name, found));
    return { workload: workload.name, scenario, jobCount: scenario.arrivals.initialJobs + scenario.arrivals.laterJobs, seeds, policies: figures };
  } finally {
    if (pool === undefined) await threads.close();
  }
}

function figuresOf(policy: string, outcomes: readonly EpisodeOutcome[]): PolicyFigures {
  const bySequence = outcomes.map(({ seed, jobCount, finishedCount, meanCompletionSeconds, p95CompletionSeconds, executorSeconds, decisionCount }) => {
    const isWhole = finishedCount === jobCount;
    return { seed, meanCompletionSeconds: isWhole ? meanCompletionSeconds : Infinity, p95CompletionSeconds: isWhole ? p95CompletionSeconds : Infinity, executorSeconds, decisionCount };
  });
  const mean = (valueOf: (index: number) => number) => outcomes.reduce((sum, _, index) => sum + valueOf(index), 0) / outcomes.length;
  const decisionsUs = joined(outcomes.map(({ decisionUs }) => decisionUs)).sort();
  const latency = (share: number) => decisionsUs[Math.min(decisionsUs.length - 1, Math.floor(share * decisionsUs.length))] ?? 0;
  const at = (index: number) => bySequence[index] as SequenceFigures;
  return {
    policy,
    meanCompletionSeconds: mean((index) => at(index).meanCompletionSeconds),
    p95CompletionSeconds: mean((index) => at(index).p95CompletionSeconds),
    executorSeconds: mean((index) => at(index).executorSeconds),
    decisionsPerSequence: mean((index) => at(index).decisionCount),
    movesPerSequence: mean((index) => (outcomes[index] as EpisodeOutcome).moveCount),
    unfinishedJobs: outcomes.reduce((sum, { jobCount, finishedCount }) => sum + jobCount - finishedCount, 0),
    decisionP50Us: latency(0.5),
    decisionP99Us: latency(0.99),
    bySequence,
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
