/** What the API answers about policies, decisions, experiments and trainings. */

export type PolicyKind = 'heuristic' | 'shipped' | 'learned';

export interface Policy {
  /** Its own name, which can be asked for and promoted. */
  readonly name: string;
  /** The name that decisions have. */
  readonly policy: string;
  /** 0 for a heuristic, 1 for what comes with the product. */
  readonly version: number;
  readonly kind: PolicyKind;
  readonly serving: boolean;
  readonly description: string;
  readonly created_at: string | null;
  /** Why it cannot decide; null where it can. */
  readonly fault: string | null;
}

export interface PolicyWithCard extends Policy {
  /** How it was made and how good it is; null for a heuristic. Its form is read with `cardOf`. */
  readonly card: unknown;
  readonly chosen: { readonly at: string; readonly by: string; readonly reason: string } | null;
}

export interface ScheduleAssignment {
  readonly run_id: string;
  readonly task: string;
  readonly pool_id: string;
  readonly count: number;
  readonly memory_bytes?: number;
  readonly desired_slots: number;
  readonly reason: string;
}

export interface ScheduleDecision {
  readonly decision_id: string;
  readonly decided_at: string;
  readonly scheduler: string;
  readonly policy: { readonly name: string; readonly version: number };
  /** Why the heuristic decided; empty where the policy did. */
  readonly fallback: string;
  readonly fallback_words: string;
  readonly runs: number;
  readonly free_slots: number;
  readonly took_ms: number;
  readonly assignments: readonly ScheduleAssignment[];
  readonly heuristic: string;
  readonly heuristic_assignments: readonly ScheduleAssignment[];
  readonly experiment_id: string;
  readonly arm: string;
}

export type ExperimentStatus = 'running' | 'completed' | 'stopped' | 'rolled_back';

export interface ExperimentDesign {
  readonly block_ms: number;
  readonly burn_in_ms: number;
  readonly blocks: number;
  readonly hold_out: number;
  readonly minimum_effect: number;
  readonly rollback_above: number;
}

export interface Experiment {
  readonly experiment_id: string;
  readonly name: string;
  readonly kind: 'switchback' | 'shadow';
  readonly scheduler: string;
  readonly status: ExperimentStatus;
  readonly policy: string;
  readonly control: string | null;
  readonly started_at: string;
  readonly ends_at: string;
  readonly ended_at: string | null;
  readonly started_by: string;
  readonly note: string;
  readonly reason: string;
  readonly design: ExperimentDesign | null;
  readonly notes: readonly string[];
  readonly holds_out: boolean;
}

export interface ArmCounts {
  readonly runs: number;
  readonly unfinished: number;
}

export interface ExperimentProgress {
  readonly blocks_done: number;
  readonly blocks: number;
  readonly control: ArmCounts;
  readonly treatment: ArmCounts;
  readonly decisions: number;
  readonly faults: number;
  readonly since_end: { readonly held_out: SinceEnd; readonly others: SinceEnd } | null;
}

export interface SinceEnd {
  readonly runs: number;
  readonly completion_ms: number | null;
}

/** Treatment / control; below 1 is better. */
export interface Effect {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly control_ms: number;
  readonly treatment_ms: number;
}

export interface ExperimentResult {
  readonly verdict: 'better' | 'worse' | 'undecided';
  readonly reaches_minimum_effect: boolean;
  readonly p_value: number;
  readonly pairs: number;
  readonly completion: Effect | null;
  readonly resource: Effect | null;
}

export interface Shadow {
  readonly decisions: number;
  readonly missing: number;
  readonly agreement: number | null;
  readonly slot_agreement: number | null;
  readonly latency_ms: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly predicted: { readonly windows: number; readonly runs: number; readonly ratio: number; readonly low: number; readonly high: number } | null;
}

export interface ExperimentReport extends Experiment {
  readonly progress: ExperimentProgress | null;
  /** Null until the horizon is reached. */
  readonly result: ExperimentResult | null;
  readonly shadow: Shadow | null;
  readonly breaker: { readonly phase: 'closed' | 'open' | 'half-open'; readonly words: string };
}

export type LearningStatus = 'queued' | 'running' | 'succeeded' | 'refused' | 'failed' | 'cancelled' | 'interrupted';

export interface LearningProgress {
  /** Of the whole, from 0 to 1. */
  readonly share: number;
  /** The best so far against the heuristic it began as, in percent of its objective; below 0 is better. */
  readonly best_percent: number | null;
  readonly eta_seconds: number | null;
  readonly words: string;
}

interface LearningJob {
  readonly name: string;
  readonly status: LearningStatus;
  readonly requested_at: string;
  readonly requested_by: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly request: Readonly<Record<string, unknown>>;
  readonly progress: LearningProgress | null;
  readonly message: string;
}

export interface Training extends LearningJob {
  readonly training_id: string;
  /** What was published. */
  readonly policy: { readonly name: string; readonly version: number } | null;
  /** The report, in answers about one training; its form is read with `cardOf`. */
  readonly card: unknown;
}

export interface Evaluation extends LearningJob {
  readonly evaluation_id: string;
  /** Figures, in answers about one evaluation; their form is read with `evaluatedOf`. */
  readonly result: unknown;
}
