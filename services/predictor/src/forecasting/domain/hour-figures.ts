/** What happened in one hour, of one workflow or of several. */
export interface HourFigures {
  /** When the hour began, Unix ms. */
  readonly hourMs: number;
  readonly runs: number;
  readonly tasks: number;
  readonly loadMs: number;
  readonly costUsd: number;
}
