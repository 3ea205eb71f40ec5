// What the public HTTP API answers about scheduling policies, as far as the commands read it. Times are ISO 8601; what is not known is null.

export const jobStatuses = ['queued', 'running', 'succeeded', 'refused', 'failed', 'cancelled', 'interrupted'] as const;
export type JobStatus = (typeof jobStatuses)[number];

export interface JobProgress {
  readonly phase: string;
  readonly share: number;
  readonly generation: number | null;
  readonly generations: number | null;
  readonly best_percent: number | null;
  readonly eta_seconds: number | null;
  readonly words: string;
}

interface JobAnswer {
  readonly name: string;
  readonly status: JobStatus;
  readonly requested_at: string;
  readonly requested_by: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly jobs_before: number;
  readonly progress: JobProgress | null;
  readonly message: string;
}

export interface ScheduleTraining extends JobAnswer {
  readonly training_id: string;
  readonly policy: { readonly name: string; readonly version: number } | null;
  readonly card: PolicyCard | null;
}

export interface ScheduleEvaluation extends JobAnswer {
  readonly evaluation_id: string;
  readonly result: { readonly scenarios: readonly EvaluatedScenario[]; readonly tuned: Readonly<Record<string, string>>; readonly lambdas: Readonly<Record<string, number>> } | null;
}

/** Percent against a baseline: below 0 is less. */
export interface Change {
  readonly percent: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly wins: number;
}

export interface Figures {
  readonly policy: string;
  readonly mean_completion_s: number | null;
  readonly p95_completion_s: number | null;
  readonly executor_seconds: number;
  readonly decisions: number;
  readonly moves: number;
  readonly unfinished_jobs: number;
  readonly decision_p50_us: number;
  readonly decision_p99_us: number;
}

export interface Comparison {
  readonly baseline: string;
  readonly objective: Change;
  readonly mean_completion: Change;
  readonly p95_completion: Change;
  readonly executor_seconds: Change;
}

interface ScenarioAnswer {
  readonly name: string;
  readonly words: string;
  readonly workload: string;
  readonly jobs: number;
  readonly executors: number;
  readonly sequences: number;
  readonly first_seed: number;
  readonly last_seed: number;
  readonly figures: readonly Figures[];
}

export interface EvaluatedScenario extends ScenarioAnswer {
  readonly comparisons: readonly (Comparison & { readonly policy: string })[];
}

export interface CardScenario extends ScenarioAnswer {
  readonly is_stress: boolean;
  readonly against: readonly Comparison[];
  readonly is_passed: boolean;
  readonly verdict: string;
}

/** From what a policy was made, how good it is, and what was decided over it. */
export interface PolicyCard {
  readonly name: string;
  readonly created_at: string;
  readonly requested_by: string;
  readonly training_id: string;
  readonly objective: { readonly lambda: number; readonly words: string };
  readonly workload: { readonly name: string; readonly words: string; readonly kinds: number; readonly sizes: number };
  readonly training: { readonly seed: number; readonly generations: number; readonly episodes: number; readonly parameters: number; readonly wall_seconds: number; readonly words: string };
  readonly stands_on: string;
  readonly candidate: string;
  readonly lambdas: Readonly<Record<string, number>>;
  readonly claims: readonly string[];
  readonly decision: { readonly is_published: boolean; readonly serves: boolean; readonly reasons: readonly string[] };
  readonly scenarios: readonly CardScenario[];
  readonly limits: readonly string[];
}

export interface SchedulePolicy {
  readonly name: string;
  readonly policy: string;
  readonly version: number;
  readonly kind: 'heuristic' | 'shipped' | 'learned';
  readonly serving: boolean;
  readonly description: string;
  readonly created_at: string | null;
  readonly fault: string | null;
}

export interface SchedulePolicyCard extends SchedulePolicy {
  /** As whoever made it wrote it; a {@link PolicyCard} where the service did. */
  readonly card: Readonly<Record<string, unknown>> | null;
  readonly chosen: { readonly at: string; readonly by: string; readonly reason: string } | null;
}

export interface Workload {
  readonly workload_id: string;
  readonly name: string;
  readonly format: string;
  readonly kinds: number;
  readonly tasks: number;
}

/** Whether a card is one that the service's release gate wrote. */
export function isPolicyCard(card: unknown): card is PolicyCard {
  return typeof card === 'object' && card !== null && 'scenarios' in card && 'claims' in card && 'candidate' in card;
}
