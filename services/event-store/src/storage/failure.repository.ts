import type { Statement, Transaction } from '@orrery/persistence';
import type { EventState } from '../domain/event-state.js';
import type { Microseconds } from '../domain/instant.js';
import { fromEventRow, shownEventColumns } from './event-rows.js';
import type { Row } from './field-map.js';
import { execute, query } from './statement.js';
import type { RunPlace } from './timeline.repository.js';

const failed = 'e.outcome in (5, 6, 7)';
const maxEvents = 20;
const maxLogLines = 50;

const firstFailed: Statement = {
  name: 'first failed event',
  text: `
    select ${shownEventColumns} from execution_event e where e.run_id = $1 and e.bucket = $2 and ${failed}
    order by coalesce(e.finished_at, e.placed_at), e.placed_at desc, e.event_id limit 1`,
};

/** The event of a run that failed first; of those that ended together, the innermost. */
export async function findFirstFailedEvent(transaction: Transaction, { runId, bucket }: RunPlace): Promise<EventState | null> {
  const [row] = await execute<Row>(transaction, firstFailed, [runId, bucket]);
  return row === undefined ? null : fromEventRow(row);
}

/** Where and until when to look around. */
export interface Vicinity {
  /** Null looks at the whole run. */
  readonly taskId: string | null;
  readonly untilUs: Microseconds | null;
}

/** The last events before a moment, failed ones first. */
export async function findEventsBefore(transaction: Transaction, place: RunPlace, { taskId, untilUs }: Vicinity): Promise<readonly EventState[]> {
  const { conditions, values } = conditionsOf(place, untilUs);
  if (taskId !== null) conditions.push(`e.task_id = $${values.push(taskId)}::uuid`);
  const text = `select ${shownEventColumns} from execution_event e where ${conditions.join(' and ')} order by coalesce(${failed}, false) desc, e.placed_at desc, e.event_id limit ${maxEvents}`;
  return (await query<Row>(transaction, text, values)).map(fromEventRow);
}

/** The last lines that were logged before a moment, the last one last; a line is a task's too when it hangs on an event of the task. */
export async function findLogTail(transaction: Transaction, place: RunPlace, { taskId, untilUs }: Vicinity): Promise<readonly string[]> {
  const { conditions, values } = conditionsOf(place, untilUs);
  conditions.push(`e.kind = 'log'`);
  if (taskId !== null) {
    const task = `$${values.push(taskId)}::uuid`;
    const parent = `select from execution_event p where p.run_id = $1 and p.bucket = $2 and p.event_id = e.parent_event_id and p.task_id = ${task}`;
    conditions.push(`(e.task_id = ${task} or exists (${parent}))`);
  }
  const text = `select ${shownEventColumns} from execution_event e where ${conditions.join(' and ')} order by e.placed_at desc, e.event_id desc limit ${maxLogLines}`;
  const logs = (await query<Row>(transaction, text, values)).map(fromEventRow).reverse();
  return logs.flatMap(({ output, input, name }) => (output ?? input ?? name ?? '').split('\n')).slice(-maxLogLines);
}

function conditionsOf({ runId, bucket }: RunPlace, untilUs: Microseconds | null): { readonly conditions: string[]; readonly values: unknown[] } {
  const values: unknown[] = [runId, bucket];
  const conditions = ['e.run_id = $1', 'e.bucket = $2', 'e.is_told'];
  if (untilUs !== null) conditions.push(`e.placed_at <= timestamptz 'epoch' + $${values.push(untilUs)}::bigint * interval '1 microsecond'`);
  return { conditions, values };
}
