import type { MetricName } from '@orrery/contracts';
import type { BetaEvidence, DecayingSketch, EwState } from '@orrery/stats';

/**
 * What is known of one measure of one key. Numbers are single precision, so that bytes and memory hold the same value and a state that
 * went through storage learns exactly as one that did not.
 */
export interface MetricState {
  /** Values learned since the last level shift. */
  readonly count: number;
  /** alpha 0.1 */
  readonly steady: EwState;
  /** alpha 0.3 */
  readonly quick: EwState;
  readonly sketch: DecayingSketch;
  /** ln(1 + value) of the last values, oldest first: where a level shift is seen. At most 6. */
  readonly recent: readonly number[];
}

/** A success rate as a Beta posterior whose evidence fades, and the last results: held against it they show a fall. */
export interface RateState extends BetaEvidence {
  /** The last results as bits, the newest lowest; 1 is a success. */
  readonly recentResults: number;
  /** How many of the bits are results. At most 8. */
  readonly recentCount: number;
}

/** One recent result for flakiness. */
export interface FlakyResult {
  /** Hash of what stays equal when the same thing is tried again; 0 when it is not known. */
  readonly inputs: number;
  readonly passed: boolean;
}

export interface HistoryState {
  /** The last results, oldest first. At most 32. */
  readonly results: readonly FlakyResult[];
  /** Run ids of the last failure and the last pass: evidence. */
  readonly lastFailedRunId: string;
  readonly lastPassedRunId: string;
  /** Passes in a row. */
  readonly passesInRow: number;
  /** Hashes of error templates that successes had, or that were reported already; newest last. At most 64. */
  readonly knownErrors: readonly number[];
}

/** All that is kept for one key at one level: a fixed shape of bounded size, whatever was observed. */
export interface BaselineState {
  /** Finished observations ever. */
  readonly count: number;
  readonly lastUpdatedMs: number;
  /** When the durations were last re-learned after a level shift; 0 for never. */
  readonly shiftedAtMs: number;
  readonly rate: RateState;
  readonly metrics: Readonly<Record<MetricName, MetricState | null>>;
  /** Kept on the subject level only. */
  readonly history: HistoryState | null;
}
