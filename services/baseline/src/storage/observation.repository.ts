import { bulkInsert, execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';
import { workflowId, type Measures, type Observation, type OutcomeWord } from '../domain/index.js';

/** Their order in the column; only ever added to at the end. */
const measureNames = ['durationMs', 'queueMs', 'peakMemoryBytes', 'cpuSeconds', 'outputSizeBytes', 'inputTokens', 'outputTokens', 'costUsd'] as const satisfies readonly (keyof Measures)[];

export interface NewObservation {
  readonly observation: Observation;
  readonly bucket: string;
}

/** Keeps what rules can be tried on later: who it was and what was measured. */
export async function addObservations(transaction: Transaction, tenantId: string, observations: readonly NewObservation[]): Promise<void> {
  await bulkInsert(transaction, {
    table: 'observation',
    columns: [
      ...['tenant_id', 'workflow_id', 'subject', 'task', 'image', 'command_hash', 'executor_class', 'outcome'].map((name) => ({ name, type: 'text' })),
      { name: 'at', type: 'unix_ms' },
      { name: 'observation_id', type: 'uuid' },
      { name: 'bucket', type: 'date' },
      { name: 'run_id', type: 'uuid' },
      { name: 'task_id', type: 'uuid' },
      { name: 'measures', type: 'double precision[]' },
    ],
    rows: observations.map(({ observation, bucket }) => ({
      ...{ tenant_id: tenantId, workflow_id: workflowId(observation), subject: observation.subject, task: observation.task, image: observation.image },
      ...{ command_hash: observation.commandHash, executor_class: observation.executorClass, outcome: observation.outcome },
      ...{ at: observation.observedAtMs, observation_id: observation.observationId, bucket, run_id: observation.runId, task_id: observation.taskId || null },
      measures: measureNames.map((name) => observation.measures[name]),
    })),
    onConflict: 'nothing',
  });
}

export interface ObservationQuery {
  readonly workflow: { readonly tenantId: string; readonly engine: string; readonly namespace: string; readonly workflow: string };
  readonly subject: 'run' | 'task';
  /** Absent means any. */
  readonly task: string | undefined;
  readonly sinceMs: number;
  readonly limit: number;
}

interface ObservationRow {
  readonly observation_id: string;
  readonly subject: 'run' | 'task';
  readonly task: string;
  readonly image: string;
  readonly command_hash: string;
  readonly executor_class: string;
  readonly run_id: string;
  readonly task_id: string | null;
  readonly outcome: OutcomeWord;
  readonly at_ms: number;
  readonly measures: readonly (number | null)[];
}

const latest: Statement = {
  name: 'latest observations',
  text: `
    select replace(observation_id::text, '-', '') as observation_id, subject, task, image, command_hash, executor_class, run_id, task_id, outcome, ${milliseconds('at')} as at_ms, measures
    from observation where workflow_id = $1 and subject = $2 and ($3::text is null or task = $3) and at >= ${moment('$4')}
    order by at desc, observation_id desc limit $5::int`,
};

/** The latest observations of a workflow, oldest first; what is not kept of them is empty. */
export async function latestObservations(transaction: Transaction, { workflow, subject, task, sinceMs, limit }: ObservationQuery): Promise<readonly Observation[]> {
  const rows = await execute<ObservationRow>(transaction, latest, [workflowId(workflow), subject, task ?? null, sinceMs, limit]);
  return rows.reverse().map((row) => fromRow(workflow, row));
}

function fromRow(workflow: ObservationQuery['workflow'], row: ObservationRow): Observation {
  return {
    ...workflow,
    ...{ kind: 'finished', observationId: row.observation_id, subject: row.subject, task: row.task, taskKind: '', image: row.image, commandHash: row.command_hash },
    ...{ executorClass: row.executor_class, runId: row.run_id, taskId: row.task_id ?? '', attempt: 1, trigger: '', refName: '', revision: '', inputsId: '' },
    ...{ outcome: row.outcome, failureType: '', queuedAtMs: null, startedAtMs: null, finishedAtMs: row.at_ms, observedAtMs: row.at_ms },
    measures: Object.fromEntries(measureNames.map((name, index) => [name, row.measures[index] ?? null])) as unknown as Measures,
    ...{ memoryLimitBytes: null, errorLines: [] },
  };
}
