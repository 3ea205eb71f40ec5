import { bulkInsert, execute, readStored, type Statement, type Transaction } from '@orrery/persistence';
import type { WorkloadKey } from '@orrery/contracts';
import { decodeWorkflowState, encodeWorkflowState, type StoredState, type WorkflowState } from '../domain/index.js';

/** What is known of a workflow beside histories. Its tasks and its runs have one each. */
export interface StoredWorkflow {
  readonly workflowId: string;
  readonly subject: 'run' | 'task';
  readonly workflow: Pick<WorkloadKey, 'engine' | 'namespace' | 'workflow'>;
  readonly state: WorkflowState;
  /** When the log took the last fact that it learned from. */
  readonly learnedAtMs: number;
}

const load: Statement = {
  name: 'load workflow states',
  text: `
    select w.workflow_id, w.state as json, w.transitions from unnest($1::text[]) as k (workflow_id)
    cross join lateral (select * from workflow_state t where t.tenant_id = $2 and t.workflow_id = k.workflow_id and t.subject = $3 offset 0) w`,
};
const named: Statement = {
  name: 'workflows of a name',
  text: `
    select distinct workflow_id, engine, namespace, workflow from workflow_state
    where workflow = $1 and ($2::text is null or engine = $2) and ($3::text is null or namespace = $3) order by engine, namespace limit 100`,
};

/** The states of workflows; those that nothing is known of are missing. */
export async function loadWorkflowStates(transaction: Transaction, tenantId: string, subject: 'run' | 'task', workflowIds: readonly string[]): Promise<Map<string, WorkflowState>> {
  if (workflowIds.length === 0) return new Map();
  const rows = await execute<StoredState & { readonly workflow_id: string }>(transaction, load, [workflowIds, tenantId, subject]);
  return new Map(rows.map((row) => [row.workflow_id, readStored(decodeWorkflowState, row, `state of workflow ${row.workflow_id}`)]));
}

/** Writes states over what is there. */
export async function saveWorkflowStates(transaction: Transaction, tenantId: string, workflows: readonly StoredWorkflow[]): Promise<void> {
  const sorted = [...workflows].sort((left, right) => (left.workflowId < right.workflowId ? -1 : 1));
  await bulkInsert(transaction, {
    table: 'workflow_state',
    columns: [
      ...['tenant_id', 'workflow_id', 'subject', 'engine', 'namespace', 'workflow'].map((name) => ({ name, type: 'text' })),
      { name: 'learned_at', type: 'unix_ms' },
      { name: 'state', type: 'jsonb' },
      { name: 'transitions', type: 'bytea' },
    ],
    rows: sorted.map(({ workflowId, subject, workflow, state, learnedAtMs }) => {
      const { json, transitions } = encodeWorkflowState(state);
      return { tenant_id: tenantId, workflow_id: workflowId, subject, ...workflow, learned_at: learnedAtMs, state: json, transitions };
    }),
    onConflict: { target: ['tenant_id', 'workflow_id', 'subject'], update: ['learned_at', 'state', 'transitions'] },
  });
}

/** A workflow that was seen. */
export interface KnownWorkflow {
  readonly workflowId: string;
  readonly engine: string;
  readonly namespace: string;
  readonly workflow: string;
}

/** The workflows of a name, of any engine and namespace where none is told. */
export async function workflowsNamed(transaction: Transaction, name: { readonly workflow: string; readonly engine?: string | undefined; readonly namespace?: string | undefined }): Promise<readonly KnownWorkflow[]> {
  const rows = await execute<{ workflow_id: string; engine: string; namespace: string; workflow: string }>(transaction, named, [name.workflow, name.engine ?? null, name.namespace ?? null]);
  return rows.map(({ workflow_id: workflowId, ...rest }) => ({ workflowId, ...rest }));
}
