import type { AccuracyAnswer, AccuracyRow, WorkflowAccuracy } from '../prediction-shapes.js';

const FIGURES = ['count', 'excellent', 'good', 'fair', 'poor', 'mean_ape', 'median_ape', 'pinball', 'coverage80', 'brier', 'accuracy'] as const;

/** The report as lines of CSV (RFC 4180): in all, then of each task and model, with the share of each floor that was at most a quarter off. */
export function accuracyCsv({ by_target: all, workflows }: AccuracyAnswer): string[] {
  const rows = [...all, ...workflows.flatMap(({ tasks }) => tasks)];
  const floors = [...new Set(rows.flatMap((row) => (row.floors ?? []).map(({ name }) => name)))];
  const line = (row: AccuracyRow, place: Partial<WorkflowAccuracy>) => {
    const within = floors.map((name) => row.floors?.find((floor) => floor.name === name)?.within_25);
    return [place.engine, place.namespace, place.workflow, row.task, row.model, row.target, row.origin, ...FIGURES.map((name) => row[name]), ...within].map(cell).join(',');
  };
  const head = ['engine', 'namespace', 'workflow', 'task', 'model', 'target', 'origin', ...FIGURES, ...floors.map((name) => `${name}_within_25`)];
  return [head.map(cell).join(','), ...all.map((row) => line(row, {})), ...workflows.flatMap((workflow) => workflow.tasks.map((row) => line(row, workflow)))];
}

function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  // Spreadsheets take text that begins so for a formula, and names come from other programs.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
