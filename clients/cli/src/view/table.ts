/** A column: its head, how wide it may get, and on which side its cells stand. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** Paints the cell after it was padded, so that colours do not count as characters. */
  readonly paint?: (row: Row, text: string) => string;
  readonly maxWidth?: number;
  readonly isRight?: boolean;
}

/**
 * Lays rows out in columns that fit into a width; when they do not, the columns with a largest width shrink, the widest first.
 *
 * @returns the lines, the heads first
 */
export function layTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): string[] {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map((column, index) => {
    const natural = Math.max(column.head.length, ...cells.map((line) => line[index]?.length ?? 0));
    return Math.min(natural, column.maxWidth ?? natural);
  });
  shrink(widths, columns.map(({ head, maxWidth }) => (maxWidth === undefined ? undefined : head.length)), width);
  const line = (texts: readonly string[], row?: Row) =>
    texts
      .map((text, index) => {
        const column = columns[index];
        const fitted = fit(text, widths[index] ?? 0, column?.isRight ?? false);
        return row === undefined || column?.paint === undefined ? fitted : column.paint(row, fitted);
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ head }) => head)), ...rows.map((row, index) => line(cells[index] ?? [], row))];
}

function shrink(widths: number[], least: readonly (number | undefined)[], width: number): void {
  let over = widths.reduce((sum, each) => sum + each + 2, -2) - width;
  while (over > 0) {
    const candidates = widths.map((each, index) => (least[index] !== undefined && each > Math.max(8, least[index] ?? 0) ? each : 0));
    const widest = candidates.indexOf(Math.max(...candidates));
    if ((candidates[widest] ?? 0) === 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
}

function fit(text: string, width: number, isRight: boolean): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return isRight ? cut.padStart(width) : cut.padEnd(width);
}
