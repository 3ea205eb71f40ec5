/** The costs of one way to use a detector: what a found window earns, what a missed window and a false alarm cost. */
export interface CostProfile {
  readonly name: ProfileName;
  readonly truePositive: number;
  readonly falseNegative: number;
  readonly falsePositive: number;
}

export type ProfileName = 'standard' | 'reward_low_FP' | 'reward_low_FN';

/** Source: Lavin and Ahmad, Evaluating Real-time Anomaly Detection Algorithms, 2015, table 1, with the benchmark's published weights. */
export const costProfiles: readonly CostProfile[] = [
  { name: 'standard', truePositive: 1, falseNegative: 1, falsePositive: 0.11 },
  { name: 'reward_low_FP', truePositive: 1, falseNegative: 1, falsePositive: 0.22 },
  { name: 'reward_low_FN', truePositive: 1, falseNegative: 2, falsePositive: 0.11 },
];
