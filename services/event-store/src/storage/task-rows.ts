import { latestAttempt, type Attempt, type ExecutorState, type TaskState } from '../domain/task-state.js';
import { labelsOf } from '../domain/run-state.js';
import type { ContentTally } from '../domain/tally.js';
import { fieldMap, type Row, type RowDraft } from './field-map.js';
import { fillProgress, fromProgressRow, progressColumns } from './progress-row.js';
import { fromContentRow, labelsRow, toContentRow } from './run-rows.js';
import { loadStatement, selectList, upsertStatement, type TableShape } from './table.js';

/** A task with what is counted of it. */
export interface StoredTask {
  readonly task: TaskState;
  readonly content: ContentTally;
}

const fields = fieldMap<TaskState, 'taskId' | 'externalId' | 'parentTaskId' | 'name' | 'kind' | 'spanId' | 'url' | 'commandHash'>({
  taskId: 'uuid',
  externalId: 'text',
  parentTaskId: 'uuid',
  name: 'text',
  kind: 'text',
  spanId: 'text',
  url: 'text',
  commandHash: 'text',
});

/** The columns of progress and executor are those of the highest attempt; the others lie in `earlier_attempts`. */
export const taskTable: TableShape = {
  table: 'task',
  key: ['run_id', 'task_id'],
  columns: {
    run_id: 'uuid',
    ...fields.columns,
    ...progressColumns,
    depends_on: 'json',
    labels: 'json',
    attempt: 'int',
    executor: 'json',
    earlier_attempts: 'json',
    measures: 'json',
    event_count: 'bigint',
    artifact_count: 'bigint',
    input_size_bytes: 'bigint',
    output_size_bytes: 'bigint',
  },
};

export const upsertTasks = upsertStatement(taskTable);
export const loadTasks = loadStatement(taskTable);
export const taskColumns = selectList(taskTable, 'task');

export function toTaskRow(runId: string, { task, content }: StoredTask): Row {
  const attempt = task.attempts.at(-1);
  const row: RowDraft = {
    run_id: runId,
    depends_on: filled(task.dependsOn),
    labels: labelsRow(task.labels),
    attempt: attempt?.number,
    executor: attempt?.executor ?? undefined,
    earlier_attempts: filled(task.attempts.slice(0, -1)),
    measures: filled(task.measures),
    ...toContentRow(content),
  };
  fields.fill(row, task);
  fillProgress(row, latestAttempt(task).progress);
  return row;
}

export function fromTaskRow(row: Row): StoredTask {
  const list = <Entry>(column: string) => (row[column] ?? []) as readonly Entry[];
  const number = row['attempt'] as number | null;
  const latest: readonly Attempt[] = number === null ? [] : [{ number, progress: fromProgressRow(row), executor: row['executor'] as ExecutorState | null }];
  return {
    task: {
      ...fields.fromRow(row),
      dependsOn: list('depends_on'),
      labels: labelsOf((row['labels'] ?? {}) as Readonly<Record<string, string>>),
      attempts: [...list<Attempt>('earlier_attempts'), ...latest],
      measures: list('measures'),
    },
    content: fromContentRow(row),
  };
}

function filled<Entry>(list: readonly Entry[]): readonly Entry[] | undefined {
  return list.length === 0 ? undefined : list;
}
