/** Exponentially weighted mean and variance. All numbers are single precision, so that storing them in four bytes changes nothing. */
export interface EwState {
  /** Bias-corrected already: after one value it is that value. */
  readonly mean: number;
  /** Of the weighted population; {@link ewDeviation} corrects it for the sample. */
  readonly variance: number;
  /** Sum of the weights, 1 - (1 - alpha)^n; 0 before the first value. */
  readonly weight: number;
}

export const emptyEw: EwState = { mean: 0, variance: 0, weight: 0 };

/**
 * Adds a value. The weights of n values are alpha * (1 - alpha)^(n - i), divided by their sum, so that the start is no bias towards zero.
 * Source: West, Updating mean and variance estimates, 1979, doi 10.1145/359146.359153, with exponential weights.
 *
 * @param alpha weight of the newest value. @minimum 0 (exclusive) @maximum 1
 */
export function addToEw(state: EwState, value: number, alpha: number): EwState {
  const weight = Math.fround(state.weight * (1 - alpha) + alpha);
  // The first value has it all: rounding alone would leave a share of its square as variance.
  const share = state.weight === 0 ? 1 : Math.min(alpha / weight, 1);
  const delta = value - state.mean;
  return {
    mean: Math.fround(state.mean + share * delta),
    variance: Math.fround((1 - share) * (state.variance + share * delta * delta)),
    weight,
  };
}

/**
 * Standard deviation, corrected for the sample as pandas' `ewm(adjust=True).std(bias=False)`; 0 for fewer than two values.
 *
 * @param alpha the one that the values were added with.
 */
export function ewDeviation({ variance, weight }: EwState, alpha: number): number {
  const rest = 1 - weight;
  const squaredWeights = (alpha * (1 - rest * rest)) / ((2 - alpha) * weight * weight);
  // Below this the state holds one value, up to rounding.
  return weight === 0 || 1 - squaredWeights < 1e-4 ? 0 : Math.sqrt(variance / (1 - squaredWeights));
}
