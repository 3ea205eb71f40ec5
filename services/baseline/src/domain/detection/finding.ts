import type { Level, WorkloadKey } from '@orrery/contracts';

export type Severity = 'info' | 'warning' | 'critical';

export const findingTypes = [
  'duration',
  'memory',
  'memory_trend',
  'queue_time',
  'success_rate',
  'output_size',
  'cost',
  'tokens',
  'overrun',
  'missed_start',
  'new_error',
  'flaky',
  'outage',
  'new_normal',
  'metric',
] as const;

export type FindingType = (typeof findingTypes)[number];

/** Something that is not as it usually is, seen once. */
export interface Finding {
  readonly type: FindingType;
  readonly severity: Severity;
  /** Stable name of what is wrong, the same each time it is seen: `duration:slow`, `new_error:5f2a91c0`. */
  readonly cause: string;
  /** Key of the anomaly: with the cause it says which open anomaly this repeats. */
  readonly subjectKeyId: string;
  readonly subject: WorkloadKey;
  /** The baseline that it was compared with, and its level; null where there is none (outage). */
  readonly baselineKeyId: string | null;
  readonly level: Level | null;
  readonly title: string;
  /** A sentence for people, without when it began (an anomaly knows that). */
  readonly text: string;
  readonly expected: number | null;
  readonly actual: number | null;
  /** How far off, in robust standard deviations or, where there are none, as a multiple of the expected; null when neither makes sense. */
  readonly deviation: number | null;
  /** What was measured, with its unit: duration_ms, peak_memory_bytes, success_rate. */
  readonly metric: string;
  /** UCUM: ms, By, 1, {token}, USD. */
  readonly unit: string;
  readonly observationId: string;
  readonly runId: string;
  /** Empty for what is no task's. */
  readonly taskId: string;
  /** Run ids that show it, the newest last. At most 10. */
  readonly evidence: readonly string[];
  /** When the thing that was observed began, and when it was observed. */
  readonly sinceMs: number;
  readonly detectedAtMs: number;
}

/** What was looked at in one observation: what is wrong, and which causes were judged and found normal. */
export interface Verdict {
  readonly findings: readonly Finding[];
  /** Causes, or prefixes of causes that end in `*`, that were judged and found normal. */
  readonly normal: readonly string[];
}
