/** What the API answers about predictions and forecasts. */

export type Verdict = 'target' | 'warning' | 'critical';

/** What a plain rule came to on the same executions. */
export interface FloorFigures {
  readonly name: string;
  readonly count: number;
  readonly within_25: number | null;
}

export interface TargetAccuracy {
  readonly target: string;
  readonly origin: string;
  readonly count: number;
  readonly excellent: number;
  readonly good: number;
  readonly fair: number;
  readonly poor: number;
  readonly mean_ape: number | null;
  readonly median_ape: number | null;
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
}

export interface WeekAccuracy {
  readonly week: string;
  readonly target: string;
  readonly count: number;
  readonly within_25: number | null;
}

export interface ThirdAccuracy {
  readonly third: number;
  readonly count: number;
  readonly within_25: number | null;
  readonly floors: readonly FloorFigures[] | null;
}

export interface Accuracy {
  readonly score: number | null;
  readonly verdict: Verdict | null;
  readonly scored: number;
  readonly by_target: readonly TargetAccuracy[];
  readonly workflows: readonly WorkflowAccuracy[];
  readonly weeks: readonly WeekAccuracy[];
  readonly thirds: readonly ThirdAccuracy[];
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

export interface Forecast {
  readonly workflow: string | null;
  readonly as_of: string;
  readonly since: string | null;
  readonly history: readonly { readonly at: string; readonly runs: number; readonly load_hours: number }[];
  readonly hours: readonly ForecastHour[];
  readonly peaks: readonly { readonly text: string }[];
  readonly cost: { readonly text: string } | null;
  readonly basis: { readonly text: string } | null;
}

export type ModelStatus = 'challenger' | 'champion' | 'retired' | 'rejected';

export interface Model {
  readonly kind: string;
  readonly version: number;
  /** Null for a model of all workflows. */
  readonly scope: { readonly workflow: string } | null;
  readonly status: ModelStatus;
  readonly created_at: string;
  readonly last_decision: { readonly reason: string; readonly by: string } | null;
}
