import { LatestUsed, type Transaction } from '@orrery/persistence';
import type { MarkedTransition, OnBranch, PredictionMode } from '../domain/index.js';
import { loadMarks } from './annotation.repository.js';
import { loadModes } from './prediction-mode.repository.js';

/** What people said of a workflow, on any branch; `modeOn` and `marksOn` say what holds on one. */
export interface WorkflowGuidance {
  readonly modes: readonly (OnBranch & { readonly mode: PredictionMode })[];
  readonly marks: readonly (OnBranch & MarkedTransition)[];
}

/** A change by another process counts that much later; one by this process at once. */
const freshMs = 2000;
const mostWorkflows = 5000;

/** What people said of workflows, kept in memory for two seconds. */
export class GuidanceReader {
  private readonly workflows = new LatestUsed<{ readonly guidance: WorkflowGuidance; readonly readAtMs: number }>(mostWorkflows);

  constructor(private readonly now: () => number) {}

  /** By workflow, without asking the database; null where one of them has to be read. */
  known(tenantId: string, workflowIds: readonly string[]): ReadonlyMap<string, WorkflowGuidance> | null {
    const found = new Map<string, WorkflowGuidance>();
    for (const workflowId of workflowIds) {
      const known = this.workflows.get(`${tenantId} ${workflowId}`);
      // A clock that was set back must not keep it fresh.
      if (known === undefined || Math.abs(this.now() - known.readAtMs) >= freshMs) return null;
      found.set(workflowId, known.guidance);
    }
    return found;
  }

  /** By workflow; what is known is not read again. */
  async read(transaction: Transaction, tenantId: string, workflowIds: readonly string[]): Promise<ReadonlyMap<string, WorkflowGuidance>> {
    const known = this.known(tenantId, workflowIds);
    if (known !== null) return known;
    const readAtMs = this.now();
    const ids = [...new Set(workflowIds)];
    const modes = await loadModes(transaction, tenantId, ids);
    const marks = await loadMarks(transaction, tenantId, ids);
    const found = new Map(ids.map((id) => [id, { modes: modes.filter(({ workflowId }) => workflowId === id), marks: marks.filter(({ workflowId }) => workflowId === id) }]));
    for (const [id, guidance] of found) this.workflows.set(`${tenantId} ${id}`, { guidance, readAtMs });
    return found;
  }

  /** The next question about a workflow asks the database. */
  forget(tenantId: string, workflowId: string): void {
    this.workflows.delete(`${tenantId} ${workflowId}`);
  }
}
