import type { Statement, Transaction } from '@orrery/persistence';
import type { Row } from './field-map.js';
import { execute } from './statement.js';
import { fromTaskRow, taskColumns, type StoredTask } from './task-rows.js';

const findOne: Statement = { name: 'find task', text: `select ${taskColumns} from task where run_id = $1 and task_id = $2` };

/** No run shows more; what is beyond is counted with the run. */
const maxTasks = 50_000;

const listAll: Statement = { name: 'list tasks', text: `select ${taskColumns} from task where run_id = $1 limit ${maxTasks}` };

export async function findTask(transaction: Transaction, runId: string, taskId: string): Promise<StoredTask | null> {
  const [row] = await execute<Row>(transaction, findOne, [runId, taskId]);
  return row === undefined ? null : fromTaskRow(row);
}

/** All tasks of a run, in the order in which they began. */
export async function listTasks(transaction: Transaction, runId: string): Promise<readonly StoredTask[]> {
  const tasks = (await execute<Row>(transaction, listAll, [runId])).map(fromTaskRow);
  return tasks.sort((a, b) => beganAt(a) - beganAt(b) || (a.task.taskId < b.task.taskId ? -1 : 1));
}

function beganAt({ task }: StoredTask): number {
  const first = task.attempts[0]?.progress;
  return first?.startedAtUs ?? first?.queuedAtUs ?? first?.finishedAtUs ?? Number.MAX_SAFE_INTEGER;
}
