import type { CalibrationPoint } from './held-out-metrics.js';
import type { Comparison } from './paired-comparison.js';

/** How far a training has come. */
export interface TrainingProgress {
  readonly phase: 'reading' | 'training' | 'measuring';
  /** 0 to 1, over the whole training. */
  readonly share: number;
  /** For people. */
  readonly words: string;
}

/** What every training is told beside its rows. */
export interface TrainingControl {
  /** Decides everything that is left to chance. */
  readonly seed: number;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Asked every now and then; true ends the training with an error. */
  readonly shouldStop?: () => boolean;
}

/** What a training says of the model that it made. Times in Unix ms; null for what a candidate has no answer to. */
export interface TrainingReport {
  readonly rows: { readonly usable: number; readonly training: number; readonly validation: number; readonly heldOut: number };
  readonly window: { readonly fromMs: number; readonly untilMs: number; readonly heldOutFromMs: number };
  readonly hyperParameters: Readonly<Record<string, number | string>>;
  /** How they were chosen. */
  readonly chosenBy: string;
  /** The name under which the model itself stands among the candidates. */
  readonly candidate: string;
  /** Of each candidate, on the same held-out rows. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  readonly calibration: readonly CalibrationPoint[];
  /** The new model against each rival that it has to beat. */
  readonly comparisons: readonly Comparison[];
  /** The loss that is compared, for people. */
  readonly lossName: string;
  /** A drawing of the decision tree, where there is one. */
  readonly drawing?: string;
}
