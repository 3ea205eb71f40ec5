import { bulkInsert, execute, moment, type Statement, type Transaction } from '@orrery/persistence';
import type { TaskEstimate } from '../domain/index.js';

/** What is known of one task of a workflow. */
export interface StoredEstimate {
  readonly workflowId: string;
  readonly workflow: string;
  readonly task: string;
  readonly estimate: TaskEstimate;
  /** When the log took the last fact that it learned from. */
  readonly learnedAtMs: number;
}

interface EstimateRow {
  readonly workflow_id: string;
  readonly task: string;
  readonly state: TaskEstimate;
}

/** A workflow of more tasks has the rest without an estimate. */
const mostTasks = 5000;

// Each key looked up on its own: one array comparison would read the whole index as soon as the planner thinks it cheaper.
const load: Statement = {
  name: 'load task_estimate',
  text: `
    select e.workflow_id, e.task, e.state from unnest($1::text[], $2::text[]) as k (workflow_id, task)
    cross join lateral (select * from task_estimate t where t.tenant_id = $3 and t.workflow_id = k.workflow_id and t.task = k.task offset 0) e`,
};
// Workflows of several engines can have one name: the one that more is known of is meant.
const ofWorkflow: Statement = {
  name: 'task_estimate of workflow',
  text: `select distinct on (task) task, state from task_estimate where tenant_id = $1 and workflow = $2 order by task, count desc, workflow_id limit ${mostTasks}`,
};
const removeStale: Statement = {
  name: 'remove stale task_estimate',
  text: `
    with stale as (select workflow_id, task from task_estimate where tenant_id = $1 and learned_at < ${moment('$2')} order by learned_at limit $3::int for update skip locked)
    delete from task_estimate e using stale where e.tenant_id = $1 and e.workflow_id = stale.workflow_id and e.task = stale.task returning e.task`,
};

export function estimateKey({ workflowId, task }: Pick<StoredEstimate, 'workflowId' | 'task'>): string {
  return `${workflowId} ${task}`;
}

/** Estimates by {@link estimateKey}; tasks that nothing is known of are missing. */
export async function loadEstimates(transaction: Transaction, tenantId: string, keys: readonly Pick<StoredEstimate, 'workflowId' | 'task'>[]): Promise<Map<string, TaskEstimate>> {
  const rows = await execute<EstimateRow>(transaction, load, [keys.map(({ workflowId }) => workflowId), keys.map(({ task }) => task), tenantId]);
  return new Map(rows.map(({ workflow_id: workflowId, task, state }) => [estimateKey({ workflowId, task }), state]));
}

/** Writes estimates over what is there. */
export async function saveEstimates(transaction: Transaction, tenantId: string, estimates: readonly StoredEstimate[]): Promise<void> {
  // In one order, whoever writes: two writers then wait for each other and not in a circle.
  const sorted = [...estimates].sort((one, other) => (estimateKey(one) < estimateKey(other) ? -1 : 1));
  await bulkInsert(transaction, {
    table: 'task_estimate',
    columns: [
      ...['tenant_id', 'workflow_id', 'workflow', 'task'].map((name) => ({ name, type: 'text' })),
      { name: 'count', type: 'bigint' },
      { name: 'learned_at', type: 'unix_ms' },
      { name: 'state', type: 'jsonb' },
    ],
    rows: sorted.map(({ workflowId, workflow, task, estimate, learnedAtMs }) => ({ tenant_id: tenantId, workflow_id: workflowId, workflow, task, count: estimate.count, learned_at: learnedAtMs, state: estimate })),
    onConflict: { target: ['tenant_id', 'workflow_id', 'task'], update: ['count', 'learned_at', 'state'] },
  });
}

/** What is known of the tasks of a workflow, by name. */
export async function estimatesOfWorkflow(transaction: Transaction, tenantId: string, workflow: string): Promise<ReadonlyMap<string, TaskEstimate>> {
  const rows = await execute<Pick<EstimateRow, 'task' | 'state'>>(transaction, ofWorkflow, [tenantId, workflow]);
  return new Map(rows.map(({ task, state }) => [task, state]));
}

/** Forgets at most `limit` tasks that nothing was learned of since a moment; returns how many. */
export async function removeStaleEstimates(transaction: Transaction, tenantId: string, beforeMs: number, limit: number): Promise<number> {
  return (await execute(transaction, removeStale, [tenantId, beforeMs, limit])).length;
}
