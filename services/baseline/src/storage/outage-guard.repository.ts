import { bulkInsert, execute, readStored, type Statement, type Transaction } from '@orrery/persistence';
import { decodeGuard, encodeGuard, type GuardState } from '../domain/index.js';

const load: Statement = {
  name: 'load outage_guard',
  text: 'select g.workflow_id, g.state from unnest($1::text[]) as k (workflow_id) cross join lateral (select * from outage_guard t where t.tenant_id = $2 and t.workflow_id = k.workflow_id offset 0) g',
};

export async function loadGuards(transaction: Transaction, tenantId: string, workflowIds: readonly string[]): Promise<Map<string, GuardState>> {
  if (workflowIds.length === 0) return new Map();
  const rows = await execute<{ workflow_id: string; state: Buffer }>(transaction, load, [workflowIds, tenantId]);
  return new Map(rows.map(({ workflow_id: workflowId, state }) => [workflowId, readStored(decodeGuard, state, `outage guard of ${workflowId}`)]));
}

export async function saveGuards(transaction: Transaction, tenantId: string, guards: ReadonlyMap<string, GuardState>): Promise<void> {
  await bulkInsert(transaction, {
    table: 'outage_guard',
    columns: [
      { name: 'tenant_id', type: 'text' },
      { name: 'workflow_id', type: 'text' },
      { name: 'state', type: 'bytea' },
    ],
    rows: [...guards].sort(([left], [right]) => (left < right ? -1 : 1)).map(([workflowId, guard]) => ({ tenant_id: tenantId, workflow_id: workflowId, state: encodeGuard(guard) })),
    onConflict: { target: ['tenant_id', 'workflow_id'], update: ['state'] },
  });
}
