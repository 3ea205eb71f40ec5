/** A loss a row: NaN where there was no answer. */
export type RowLosses = Float64Array;

/** Two candidates on the rows that both answered. */
export interface Comparison {
  /** Whom the challenger is held against. */
  readonly against: string;
  readonly rows: number;
  /** Mean losses. */
  readonly challenger: number;
  readonly rival: number;
  /** What the challenger must be better by so that it is hardly chance. */
  readonly margin: number;
  readonly isBetter: boolean;
}

/** Rows below which nothing can be said. */
export const fewestRows = 30;

/** Of the standard normal: one side, 5 %. */
const certainty = 1.645;

/**
 * Whether a challenger's losses are lower than a rival's by more than chance makes them. Rows of one run rise and fall together, so each run
 * counts as one observation (a cluster-robust standard error; Source: Cameron and Miller, 2015, doi 10.3368/jhr.50.2.317, section II).
 *
 * @param groups the run of each row.
 */
export function compareLosses(against: string, challenger: RowLosses, rival: RowLosses, groups: readonly string[]): Comparison {
  const sums = new Map<string, readonly [difference: number, rows: number]>();
  let [rows, ours, theirs] = [0, 0, 0];
  challenger.forEach((own, row) => {
    const other = rival[row] ?? Number.NaN;
    if (Number.isNaN(own) || Number.isNaN(other)) return;
    const [difference, count] = sums.get(groups[row] ?? '') ?? [0, 0];
    sums.set(groups[row] ?? '', [difference + other - own, count + 1]);
    rows++;
    ours += own;
    theirs += other;
  });
  if (rows === 0) return { against, rows, challenger: 0, rival: 0, margin: 0, isBetter: false };
  const gain = (theirs - ours) / rows;
  let squares = 0;
  for (const [difference, count] of sums.values()) squares += (difference - count * gain) ** 2;
  const groupCount = sums.size;
  const margin = groupCount < 2 ? Math.abs(gain) : (certainty * Math.sqrt((squares * groupCount) / (groupCount - 1))) / rows;
  return { against, rows, challenger: ours / rows, rival: theirs / rows, margin, isBetter: rows >= fewestRows && gain > margin };
}
