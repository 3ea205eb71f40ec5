import { addToEw, emptyEw, ewDeviation } from '@orrery/stats';

/** The durations of a key that are known so far, oldest first. */
export interface KnownDurations {
  readonly durations: readonly number[];
}

/** A plain rule that anybody would write first. */
export interface Floor {
  readonly name: string;
  isAlarm(known: KnownDurations, durationMs: number): boolean;
}

export const floors: readonly Floor[] = [
  {
    name: 'exponential mean (alpha 0.1) + 3 deviations',
    isAlarm: ({ durations }, durationMs) => {
      const state = durations.reduce((sum, value) => addToEw(sum, value, 0.1), emptyEw);
      return durationMs > state.mean + 3 * ewDeviation(state, 0.1);
    },
  },
  {
    name: 'mean of the last 10 + 3 deviations',
    isAlarm: ({ durations }, durationMs) => {
      const last = durations.slice(-10);
      const mean = last.reduce((sum, value) => sum + value, 0) / last.length;
      const variance = last.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(last.length - 1, 1);
      return durationMs > mean + 3 * Math.sqrt(variance);
    },
  },
];
