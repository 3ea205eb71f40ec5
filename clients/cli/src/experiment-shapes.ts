export const experimentKinds = ['switchback', 'shadow'] as const;
export const experimentStatuses = ['running', 'completed', 'stopped', 'rolled_back'] as const;

/** An experiment as lists show it. Shares lie between 0 and 1. */
export interface Experiment {
  readonly experiment_id: string;
  readonly name: string;
  readonly kind: (typeof experimentKinds)[number];
  readonly scheduler: string;
  readonly status: (typeof experimentStatuses)[number];
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

export interface ExperimentDesign {
  readonly metric: string;
  readonly block_ms: number;
  readonly burn_in_ms: number;
  readonly blocks: number;
  readonly hold_out: number;
  readonly ramp_blocks: number;
  readonly roll_out: boolean;
  readonly minimum_effect: number;
  readonly rollback_above: number;
}

interface ArmCounts {
  readonly runs: number;
  readonly unfinished: number;
}

interface RunsSince {
  readonly runs: number;
  readonly completion_ms: number | null;
}

/** Treatment against control; a ratio below 1 is better. */
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
  readonly control: ArmCounts;
  readonly treatment: ArmCounts;
}

export interface ShadowReport {
  readonly decisions: number;
  readonly missing: number;
  readonly agreement: number | null;
  readonly slot_agreement: number | null;
  readonly latency_ms: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly predicted: { readonly windows: number; readonly runs: number; readonly serving_gain: number; readonly shadow_gain: number; readonly ratio: number; readonly low: number; readonly high: number } | null;
}

/** All that may be told of an experiment now. */
export interface ExperimentReport extends Experiment {
  readonly progress: {
    readonly blocks_done: number;
    readonly blocks: number;
    readonly control: ArmCounts;
    readonly treatment: ArmCounts;
    readonly decisions: number;
    readonly faults: number;
    readonly since_end: { readonly held_out: RunsSince; readonly others: RunsSince } | null;
  } | null;
  /** Null until the horizon is reached. */
  readonly result: ExperimentResult | null;
  readonly shadow: ShadowReport | null;
  readonly breaker: { readonly phase: 'closed' | 'open' | 'half-open'; readonly words: string };
}
