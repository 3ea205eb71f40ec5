import type { Anomaly, Severity } from '../anomaly-shapes.js';

/** What happened in a day; also what `--json` prints. */
export interface DailyReport {
  readonly from: string;
  readonly until: string;
  readonly runs: {
    readonly total: number;
    /** False when there were more runs than were read. */
    readonly is_complete: boolean;
    readonly by_outcome: Readonly<Record<string, number>>;
    readonly failing_workflows: readonly { readonly workflow: string; readonly failed: number; readonly total: number }[];
  };
  readonly slowest: readonly SlowRun[];
  /** Null when the platform keeps no baselines and anomalies. */
  readonly anomalies: AnomalyFigures | null;
}

export interface SlowRun {
  readonly run_id: string;
  readonly workflow: string;
  readonly duration_ms: number;
  readonly usual_ms: number;
  readonly ratio: number;
}

export type SeverityCounts = Readonly<Record<Severity, number>>;

export interface AnomalyFigures {
  readonly new: SeverityCounts;
  readonly open: SeverityCounts;
  readonly new_items: readonly Anomaly[];
  readonly open_items: readonly Anomaly[];
  readonly flaky: readonly FlakyTask[];
  /** Of the time since the report begins, until now. */
  readonly false_positives: { readonly count: number; readonly detected: number; readonly rate: number | null };
  /** False when there were more anomalies than were read. */
  readonly is_complete: boolean;
}

export interface FlakyTask {
  readonly anomaly_id: string;
  readonly key_id: string;
  readonly workflow: string | null;
  readonly task: string | null;
  readonly text: string;
  readonly is_quarantine_suggested: boolean;
}
