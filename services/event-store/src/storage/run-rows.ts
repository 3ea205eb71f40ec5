import type { Microseconds } from '../domain/instant.js';
import { labelsOf, type Label, type RunState } from '../domain/run-state.js';
import { shownStatusOf, type ContentTally, type SourceTally, type TaskTally } from '../domain/tally.js';
import { fieldMap, type Row, type RowDraft } from './field-map.js';
import { fillProgress, fromProgressRow, progressColumns } from './progress-row.js';
import { loadStatement, selectList, upsertStatement, type TableShape } from './table.js';

/** A run with what is counted of it and where it lies. */
export interface StoredRun {
  readonly run: RunState;
  /** The partition of all its rows: the month in which it was first heard of. */
  readonly bucket: string;
  readonly tasks: TaskTally;
  readonly content: ContentTally;
  readonly sources: readonly SourceTally[];
}

const fields = fieldMap<RunState, Exclude<keyof RunState, 'progress' | 'labels' | 'flags'>>({
  runId: 'uuid',
  engine: 'text',
  source: 'text',
  externalId: 'text',
  attempt: 'int',
  namespace: 'text',
  workflow: 'text',
  trigger: 'text',
  url: 'text',
  parentRunId: 'uuid',
  rootRunId: 'uuid',
  previousRunId: 'uuid',
  traceId: 'text',
  versionControl: 'json',
  receivedAtUs: 'instant',
  updatedAtUs: 'instant',
});

export const runTable: TableShape = {
  table: 'run',
  key: ['run_id'],
  columns: {
    ...fields.columns,
    ...progressColumns,
    bucket: 'date',
    labels: 'json',
    flags: 'json',
    shown_status: 'smallint',
    placed_at: 'instant',
    task_count: 'int',
    queued_task_count: 'int',
    running_task_count: 'int',
    finished_task_count: 'int',
    failed_task_count: 'int',
    event_count: 'bigint',
    artifact_count: 'bigint',
    input_size_bytes: 'bigint',
    output_size_bytes: 'bigint',
    sources: 'json',
  },
};

export const upsertRuns = upsertStatement(runTable);
export const loadRuns = loadStatement(runTable);
export const runColumns = selectList(runTable, 'run');

/** Where a run stands among others: its start, else when it was queued, else when it was first heard of. */
export function placeOfRun({ progress, receivedAtUs }: RunState): Microseconds {
  return progress.startedAtUs ?? progress.queuedAtUs ?? receivedAtUs ?? 0;
}

export function toRunRow({ run, bucket, tasks, content, sources }: StoredRun): Row {
  const row: RowDraft = {
    bucket,
    labels: labelsRow(run.labels),
    flags: run.flags.length === 0 ? undefined : run.flags,
    shown_status: shownStatusOf(run, tasks).status,
    placed_at: placeOfRun(run),
    task_count: tasks.total,
    queued_task_count: tasks.queued,
    running_task_count: tasks.running,
    finished_task_count: tasks.finished,
    failed_task_count: tasks.failed,
    ...toContentRow(content),
    sources,
  };
  fields.fill(row, run);
  fillProgress(row, run.progress);
  return row;
}

export function fromRunRow(row: Row): StoredRun {
  const list = <Entry>(column: string) => (row[column] ?? []) as readonly Entry[];
  const count = (column: string) => row[column] as number;
  return {
    run: { ...fields.fromRow(row), labels: labelsOf((row['labels'] ?? {}) as Readonly<Record<string, string>>), flags: list('flags'), progress: fromProgressRow(row) },
    bucket: row['bucket'] as string,
    tasks: {
      total: count('task_count'),
      queued: count('queued_task_count'),
      running: count('running_task_count'),
      finished: count('finished_task_count'),
      failed: count('failed_task_count'),
    },
    content: fromContentRow(row),
    sources: list('sources'),
  };
}

export function toContentRow({ events, artifacts, inputSizeBytes, outputSizeBytes }: ContentTally): Row {
  return { event_count: events, artifact_count: artifacts, input_size_bytes: inputSizeBytes, output_size_bytes: outputSizeBytes };
}

export function fromContentRow(row: Row): ContentTally {
  return {
    events: row['event_count'] as number,
    artifacts: row['artifact_count'] as number,
    inputSizeBytes: row['input_size_bytes'] as number,
    outputSizeBytes: row['output_size_bytes'] as number,
  };
}

/** Labels as a JSON object, which SQL can look into. */
export function labelsRow(labels: readonly Label[]): Readonly<Record<string, string>> | undefined {
  return labels.length === 0 ? undefined : Object.fromEntries(labels);
}
