// What the public HTTP API answers about predictions, as far as the commands read it. Times are ISO 8601; what is not known is null.

export const predictionTargets = ['duration', 'memory', 'failure', 'next_task'] as const;
export type PredictionTarget = (typeof predictionTargets)[number];

export interface PredictionBasis {
  readonly model: string;
  readonly version: number | null;
  readonly samples: number | null;
  readonly level: number | null;
}

interface Predicted {
  readonly prediction_id: string | null;
  readonly basis: PredictionBasis | null;
}

export interface DurationPrediction extends Predicted {
  readonly p10_ms: number | null;
  readonly p50_ms: number | null;
  readonly p90_ms: number | null;
  readonly confidence: number | null;
}

export interface MemoryPrediction extends Predicted {
  readonly p10_bytes: number | null;
  readonly p50_bytes: number | null;
  readonly p90_bytes: number | null;
  readonly confidence: number | null;
  readonly allocation_bytes: number | null;
  readonly retry_allocations_bytes: readonly number[] | null;
}

export interface FailurePrediction extends Predicted {
  readonly probability: number | null;
  readonly reasons: readonly string[] | null;
}

export interface NextTaskPrediction extends Predicted {
  readonly mode: string | null;
  /** In words; absent where the mode gives none. */
  readonly advice?: string | null;
  /** An empty task is the end of the run. */
  readonly candidates: readonly { readonly task: string; readonly probability: number; readonly annotation: string | null }[] | null;
}

export interface Prediction {
  readonly duration: DurationPrediction | null;
  readonly memory: MemoryPrediction | null;
  readonly failure: FailurePrediction | null;
  readonly next_task: NextTaskPrediction | null;
}

export type Verdict = 'target' | 'warning' | 'critical';

/** What a plain rule came to on the same executions. */
export interface FloorFigures {
  readonly name: string;
  readonly count: number;
  /** Share of predictions that were at most a quarter off. */
  readonly within_25: number | null;
  readonly mean_ape: number | null;
  readonly pinball: number | null;
}

export interface AccuracyRow {
  readonly task?: string;
  readonly model?: string;
  readonly target: string;
  readonly origin: string;
  readonly count: number;
  readonly excellent: number;
  readonly good: number;
  readonly fair: number;
  readonly poor: number;
  readonly mean_ape: number | null;
  readonly median_ape: number | null;
  readonly pinball: number | null;
  readonly coverage80: number | null;
  readonly brier: number | null;
  readonly accuracy: number | null;
  readonly floors: readonly FloorFigures[] | null;
}

export interface WorkflowAccuracy {
  readonly workflow: string;
  readonly engine: string | null;
  readonly namespace: string | null;
  readonly score: number | null;
  readonly verdict: Verdict | null;
  readonly count: number;
  readonly drift: { readonly since: string; readonly ratio: number } | null;
  readonly tasks: readonly AccuracyRow[];
}

export interface AccuracyAnswer {
  readonly score: number | null;
  readonly verdict: Verdict | null;
  readonly scored: number;
  readonly by_target: readonly AccuracyRow[];
  readonly workflows: readonly WorkflowAccuracy[];
  readonly weeks: readonly { readonly week: string; readonly target: string; readonly count: number; readonly within_25: number | null; readonly pinball: number | null }[];
  readonly thirds: readonly {
    readonly third: number;
    readonly count: number;
    readonly within_25: number | null;
    readonly median_ape: number | null;
    readonly pinball: number | null;
    readonly floors: readonly FloorFigures[] | null;
  }[];
  readonly improvement: number | null;
}

export interface Band {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

export interface ForecastHour {
  readonly at: string;
  readonly arrivals: Band;
  readonly load_hours: Band;
  readonly cost_usd: number | null;
}

export interface ForecastAnswer {
  /** Null for all workflows together. */
  readonly workflow: string | null;
  readonly as_of: string;
  readonly since: string | null;
  readonly hours: readonly ForecastHour[];
  /** The busiest first. */
  readonly peaks: readonly { readonly at: string; readonly text: string }[];
  readonly cost: { readonly text: string } | null;
  readonly basis: { readonly text: string } | null;
}
