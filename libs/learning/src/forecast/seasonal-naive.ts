/** The last whole season, repeated; the last value when the history is shorter than a season. */
export function seasonalNaive(values: readonly number[], season: number, horizon: number): number[] {
  const start = values.length - season;
  const last = values.at(-1) ?? Number.NaN;
  return Array.from({ length: horizon }, (_, step) => (start < 0 ? last : (values[start + (step % season)] ?? last)));
}
