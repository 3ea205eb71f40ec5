import { execute, type Statement, type Transaction } from '@orrery/persistence';
import type { MarkedTransition, OnBranch, PredictionMode } from '../domain/index.js';
import { LatestUsed } from '../models/latest-used.js';

/** What people set for a workflow. */
export interface WorkflowGuidance {
  readonly modes: readonly (OnBranch & { readonly mode: PredictionMode })[];
  readonly marks: readonly (OnBranch & MarkedTransition)[];
}

const modes: Statement = { name: 'modes of workflows', text: 'select workflow_id as "workflowId", branch, mode from prediction_mode where tenant_id = $1 and workflow_id = any($2::text[])' };
const marks: Statement = {
  name: 'marks of workflows',
  text: 'select workflow_id as "workflowId", branch, from_task as "fromTask", to_task as "toTask", label from annotation where tenant_id = $1 and workflow_id = any($2::text[]) order by at, annotation_id limit 20000',
};

type OfWorkflow<Setting> = Setting & { readonly workflowId: string };

/** A change is heeded everywhere after this. */
const freshMs = 1000;
const mostWorkflows = 10_000;

/** What people set for workflows, kept in memory for a second. */
export class KnownGuidance {
  private readonly workflows = new LatestUsed<{ readonly value: WorkflowGuidance; readonly readAtMs: number }>(mostWorkflows);

  constructor(private readonly now: () => number) {}

  /** Of all these workflows; null when one has to be read. */
  known(tenantId: string, workflowIds: readonly string[]): ReadonlyMap<string, WorkflowGuidance> | null {
    const found = new Map<string, WorkflowGuidance>();
    for (const workflowId of workflowIds) {
      const known = this.workflows.get(`${tenantId} ${workflowId}`);
      if (known === undefined || this.now() - known.readAtMs >= freshMs) return null;
      found.set(workflowId, known.value);
    }
    return found;
  }

  async read(transaction: Transaction, tenantId: string, workflowIds: readonly string[]): Promise<ReadonlyMap<string, WorkflowGuidance>> {
    const known = this.known(tenantId, workflowIds);
    if (known !== null) return known;
    const readAtMs = this.now();
    const ids = [...new Set(workflowIds)];
    const set = await execute<OfWorkflow<WorkflowGuidance['modes'][number]>>(transaction, modes, [tenantId, ids]);
    const marked = await execute<OfWorkflow<WorkflowGuidance['marks'][number]>>(transaction, marks, [tenantId, ids]);
    const found = new Map(ids.map((id) => [id, { modes: set.filter(({ workflowId }) => workflowId === id), marks: marked.filter(({ workflowId }) => workflowId === id) }]));
    for (const [id, value] of found) this.workflows.set(`${tenantId} ${id}`, { value, readAtMs });
    return found;
  }
}
