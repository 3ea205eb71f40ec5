/** Symmetric mean absolute percentage error, 0 to 200. Source: Makridakis, Spiliotis and Assimakopoulos, The M4 Competition, 2020, doi 10.1016/j.ijforecast.2019.04.014. */
export function smape(forecast: readonly number[], truth: readonly number[]): number {
  return mean(truth.map((value, step) => (200 * Math.abs(value - forecast[step]!)) / (Math.abs(value) + Math.abs(forecast[step]!) || 1)));
}

/** Mean absolute error. */
export function meanAbsoluteError(forecast: readonly number[], truth: readonly number[]): number {
  return mean(truth.map((value, step) => Math.abs(value - forecast[step]!)));
}

/** Mean absolute change against a season before: what MASE divides by. */
export function seasonalScale(history: readonly number[], season: number): number {
  return mean(history.slice(season).map((value, index) => Math.abs(value - history[index]!)));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Share of truths within the interval. */
export function coverage(truth: readonly number[], { p10, p90 }: { readonly p10: readonly number[]; readonly p90: readonly number[] }): number {
  return mean(truth.map((value, step) => Number(value >= p10[step]! && value <= p90[step]!)));
}
