import { LatestUsed, type Transaction } from '@orrery/persistence';
import { emptyHistory, newWorkflowState, type History, type HistoryChain, type HistoryKey, type WorkflowState } from '../domain/index.js';
import { loadHistories } from '../storage/history.repository.js';
import { loadWorkflowStates } from '../storage/workflow-state.repository.js';

interface Known<Value> {
  readonly value: Value;
  readonly readAtMs: number;
}

/** For how long what was read is taken for what is known: learning takes as long, and engines ask about many tasks of one workflow at once. */
const freshMs = 2000;
const mostKeys = 10_000;

/** Histories and states of workflows, kept in memory for two seconds. */
export class KnownStates {
  private readonly histories = new LatestUsed<Known<History>>(mostKeys);
  private readonly workflows = new LatestUsed<Known<WorkflowState>>(mostKeys);

  constructor(private readonly now: () => number) {}

  /** What of these keys has to be read. */
  unknownKeys(tenantId: string, keys: readonly HistoryKey[]): readonly string[] {
    return [...new Set(keys.map(({ keyId }) => keyId))].filter((keyId) => this.fresh(this.histories.get(`${tenantId} ${keyId}`)) === undefined);
  }

  unknownWorkflows(tenantId: string, ids: readonly { readonly workflowId: string; readonly subject: 'run' | 'task' }[]): readonly { readonly workflowId: string; readonly subject: 'run' | 'task' }[] {
    return ids.filter(({ workflowId, subject }) => this.fresh(this.workflows.get(`${tenantId} ${workflowId} ${subject}`)) === undefined);
  }

  /** Reads what is not known. */
  async read(transaction: Transaction, tenantId: string, keyIds: readonly string[], workflows: readonly { readonly workflowId: string; readonly subject: 'run' | 'task' }[]): Promise<void> {
    const readAtMs = this.now();
    const histories = await loadHistories(transaction, tenantId, keyIds);
    for (const keyId of keyIds) this.histories.set(`${tenantId} ${keyId}`, { value: histories.get(keyId) ?? emptyHistory, readAtMs });
    for (const subject of ['task', 'run'] as const) {
      const ids = [...new Set(workflows.filter((one) => one.subject === subject).map(({ workflowId }) => workflowId))];
      const states = await loadWorkflowStates(transaction, tenantId, subject, ids);
      for (const id of ids) this.workflows.set(`${tenantId} ${id} ${subject}`, { value: states.get(id) ?? newWorkflowState(), readAtMs });
    }
  }

  chainOf(tenantId: string, keys: readonly HistoryKey[]): HistoryChain {
    return keys.map(({ keyId, level }) => ({ level, history: this.histories.get(`${tenantId} ${keyId}`)?.value ?? emptyHistory }));
  }

  workflow(tenantId: string, workflowId: string, subject: 'run' | 'task'): WorkflowState {
    return this.workflows.get(`${tenantId} ${workflowId} ${subject}`)?.value ?? newWorkflowState();
  }

  private fresh<Value>(known: Known<Value> | undefined): Value | undefined {
    return known !== undefined && this.now() - known.readAtMs < freshMs ? known.value : undefined;
  }
}
