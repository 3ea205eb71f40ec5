import type { Transaction } from '@orrery/persistence';
import { traceAsOf } from '../domain/as-of.js';
import { toIso, type Microseconds } from '../domain/instant.js';
import { noContent } from '../domain/tally.js';
import { tallyOfTrace } from '../domain/trace-tally.js';
import { TraceBuilder } from '../domain/trace.js';
import type { StoredRun } from '../storage/run-rows.js';
import { storedRecords } from '../storage/stored-records.js';
import { artifactView } from '../views/leaf.view.js';
import { runView } from '../views/run.view.js';
import type { StateView } from '../views/state.view.js';
import { taskViews } from '../views/task.view.js';

const maxArtifacts = 1000;

/** Rebuilds a run from its records as it stood at a moment, with the join that also made the present rows. */
export async function readState(transaction: Transaction, { run, bucket }: StoredRun, atUs: Microseconds): Promise<StateView> {
  const builder = new TraceBuilder(run.runId);
  for await (const records of storedRecords(transaction, { runId: run.runId, bucket })) {
    for (const record of records) builder.addTrace(traceAsOf(record, atUs));
  }
  const { tasks, content, contentByTask } = tallyOfTrace(builder);
  const storedTasks = [...builder.tasks.values()].map((task) => ({ task, content: contentByTask.get(task.taskId) ?? noContent }));
  return {
    at: toIso(atUs),
    run: runView({ run: builder.run, bucket, tasks, content, sources: [] }),
    tasks: taskViews(storedTasks),
    event_count: content.events,
    artifacts: [...builder.artifacts.values()].slice(0, maxArtifacts).map((artifact) => artifactView(run.runId, artifact)),
  };
}
