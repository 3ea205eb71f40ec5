import type { Transaction } from '@orrery/persistence';
import type { Trace } from '../src/domain/trace.js';
import type { TraceTally } from '../src/domain/trace-tally.js';
import { eventTable, fromEventRow } from '../src/storage/event-rows.js';
import type { Row } from '../src/storage/field-map.js';
import { artifactTable, fromArtifactRow, fromMessageRow, fromSampleRow, messageTable, sampleTable } from '../src/storage/leaf-rows.js';
import type { StoredRun } from '../src/storage/run-rows.js';
import { query } from '../src/storage/statement.js';
import { selectList, type TableShape } from '../src/storage/table.js';
import { fromTaskRow, taskTable } from '../src/storage/task-rows.js';

/** Everything that the tables hold of a run, and what is counted of it. */
export async function storedTrace(transaction: Transaction, stored: StoredRun): Promise<{ readonly trace: Trace; readonly tallies: TraceTally; readonly recordCount: number }> {
  const { run, tasks: tally, content } = stored;
  const all = async <State>(shape: TableShape, from: (row: Row) => State) =>
    (await query<Row>(transaction, `select ${selectList(shape, 't')} from ${shape.table} t where t.run_id = $1`, [run.runId])).map(from);
  const byId = <State>(states: readonly State[], idOf: (state: State) => string) => new Map(states.map((state) => [idOf(state), state]));
  const tasks = await all(taskTable, fromTaskRow);
  const [records] = await query<{ count: number }>(transaction, 'select count(*) as count from record where run_id = $1', [run.runId]);
  return {
    trace: {
      run,
      tasks: byId(tasks.map(({ task }) => task), ({ taskId }) => taskId),
      events: byId(await all(eventTable, fromEventRow), ({ eventId }) => eventId),
      artifacts: byId(await all(artifactTable, fromArtifactRow), ({ artifactId }) => artifactId),
      messages: byId(await all(messageTable, fromMessageRow), ({ messageId }) => messageId),
      samples: byId(await all(sampleTable, fromSampleRow), ({ sampleId }) => sampleId),
    },
    tallies: { tasks: tally, content, contentByTask: new Map(tasks.filter(({ content: { events, artifacts } }) => events + artifacts > 0).map(({ task, content: counted }) => [task.taskId, counted])) },
    recordCount: records?.count ?? 0,
  };
}
