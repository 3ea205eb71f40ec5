const STEPS = '▁▂▃▄▅▆▇█';

/** Values as bars of eight heights from the least to the greatest; what is not known is a dot. */
export function drawSparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const least = Math.min(...known);
  const span = Math.max(...known) - least;
  return values.map((value) => (value === null || !Number.isFinite(value) ? '·' : (STEPS[span > 0 ? Math.round(((value - least) / span) * 7) : 3] ?? ''))).join('');
}
