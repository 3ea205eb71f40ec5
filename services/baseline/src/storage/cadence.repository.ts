import { bulkInsert, execute, readStored, type Statement, type Transaction } from '@orrery/persistence';
import { decodeCadence, encodeCadence, type CadenceState } from '../domain/index.js';

/** The rhythm of one workflow, and the run that began last. */
export interface StoredCadence {
  readonly workflowId: string;
  readonly engine: string;
  readonly namespace: string;
  readonly workflow: string;
  readonly lastRunId: string;
  readonly state: CadenceState;
}

interface CadenceRow {
  readonly workflow_id: string;
  readonly engine: string;
  readonly namespace: string;
  readonly workflow: string;
  readonly last_run_id: string;
  readonly state: Buffer;
}

const load: Statement = {
  name: 'load cadence',
  text: `
    select c.workflow_id, c.engine, c.namespace, c.workflow, c.last_run_id, c.state
    from unnest($1::text[]) as k (workflow_id) cross join lateral (select * from cadence t where t.tenant_id = $2 and t.workflow_id = k.workflow_id offset 0) c`,
};

export async function loadCadences(transaction: Transaction, tenantId: string, workflowIds: readonly string[]): Promise<Map<string, StoredCadence>> {
  if (workflowIds.length === 0) return new Map();
  const rows = await execute<CadenceRow>(transaction, load, [workflowIds, tenantId]);
  return new Map(rows.map((row) => [row.workflow_id, fromRow(row)]));
}

export async function saveCadences(transaction: Transaction, tenantId: string, cadences: readonly StoredCadence[]): Promise<void> {
  await bulkInsert(transaction, {
    table: 'cadence',
    columns: [...['tenant_id', 'workflow_id', 'engine', 'namespace', 'workflow', 'last_run_id'].map((name) => ({ name, type: 'text' })), { name: 'state', type: 'bytea' }],
    rows: [...cadences]
      .sort((left, right) => (left.workflowId < right.workflowId ? -1 : 1))
      .map(({ workflowId, engine, namespace, workflow, lastRunId, state }) => ({
        ...{ tenant_id: tenantId, workflow_id: workflowId, engine, namespace, workflow },
        ...{ last_run_id: lastRunId, state: encodeCadence(state) },
      })),
    onConflict: { target: ['tenant_id', 'workflow_id'], update: ['last_run_id', 'state'] },
  });
}

function fromRow({ workflow_id: workflowId, engine, namespace, workflow, last_run_id: lastRunId, state }: CadenceRow): StoredCadence {
  return { workflowId, engine, namespace, workflow, lastRunId, state: readStored(decodeCadence, state, `cadence of ${workflowId}`) };
}
