import { OrreryError } from '@orrery/errors';

/** How columns of numbers are brought to mean 0 and deviation 1: plain JSON. */
export interface Scaling {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

/** Scaled values further out than this tell no more; also keeps one odd row from drowning the others. */
export const scaledLimit = 8;

/** Means and deviations of columns; a column that does not vary gets deviation 1. NaN counts as not there. @param rows of equal length. */
export function fitScaling(rows: readonly (readonly number[])[]): Scaling {
  const width = rows[0]?.length ?? 0;
  const columns = Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? Number.NaN).filter(Number.isFinite));
  const means = columns.map((values) => meanOf(values));
  const deviations = columns.map((values, column) => Math.sqrt(meanOf(values.map((value) => (value - (means[column] ?? 0)) ** 2))) || 1);
  return { means, deviations };
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A row in units of deviation from the mean, within {@link scaledLimit}; what is not there becomes the mean. @throws ORRERY_VALIDATION for a row of another length. */
export function scaledRow({ means, deviations }: Scaling, row: readonly number[]): number[] {
  if (row.length !== means.length) throw new OrreryError('ORRERY_VALIDATION', `expected a row of ${means.length} numbers, got ${row.length}`);
  return row.map((value, column) => {
    if (!Number.isFinite(value)) return 0;
    return Math.min(Math.max((value - (means[column] ?? 0)) / (deviations[column] ?? 1), -scaledLimit), scaledLimit);
  });
}

/** The value that a scaled one stands for. */
export function unscaled({ means, deviations }: Scaling, value: number, column: number): number {
  return value * (deviations[column] ?? 1) + (means[column] ?? 0);
}
