/** Rows as aligned columns for people. */
export function table(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  return cells.map((row) => `${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ').trimEnd()}\n`).join('');
}

/** Prints a table for people, then the benchmark's one JSON line for programs, which is always the last line. */
export function report(rows: readonly Readonly<Record<string, unknown>>[], line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(table(rows));
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Says on standard error how far a long benchmark is. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
