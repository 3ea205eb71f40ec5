/** Rows whose predicted probability is alike, and how often it then happened. */
export interface ReliabilityPoint {
  readonly meanProbability: number;
  readonly observedShare: number;
  readonly rows: number;
}

/** The reliability curve: rows by rising probability in groups of nearly equal size, for the plot of a model card. @param truth 0 or 1. @default groups 10 */
export function reliabilityCurve(truth: ArrayLike<number>, probabilities: ArrayLike<number>, groups = 10): ReliabilityPoint[] {
  const order = Array.from({ length: truth.length }, (_, row) => row).sort((left, right) => (probabilities[left] ?? 0) - (probabilities[right] ?? 0));
  return Array.from({ length: groups }, (_, group) => order.slice(Math.round((group * order.length) / groups), Math.round(((group + 1) * order.length) / groups)))
    .filter(({ length }) => length > 0)
    .map((rows) => ({
      meanProbability: rows.reduce((sum, row) => sum + (probabilities[row] ?? 0), 0) / rows.length,
      observedShare: rows.reduce((sum, row) => sum + (truth[row] ?? 0), 0) / rows.length,
      rows: rows.length,
    }));
}

/** Mean distance of predicted from observed over the groups of a reliability curve, by their size. 0 is perfect. Source: Naeini et al., AAAI 2015. */
export function expectedCalibrationError(curve: readonly ReliabilityPoint[]): number {
  const total = curve.reduce((sum, { rows }) => sum + rows, 0);
  return curve.reduce((sum, { meanProbability, observedShare, rows }) => sum + (rows / total) * Math.abs(meanProbability - observedShare), 0);
}
