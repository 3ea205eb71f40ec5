import type { WorkloadKey } from '@orrery/contracts';
import { execute, type Statement, type Transaction } from '@orrery/persistence';
import {
  calibrate,
  emptyHistory,
  estimateDuration,
  estimateFailure,
  hashOf,
  historyKeysOf,
  newWorkflowState,
  type Basis,
  type Champions,
  type DurationQuantiles,
  type ExecutionQuery,
  type History,
  type RunProgress,
  type WorkflowState,
} from '../domain/index.js';
import { loadHistories } from '../storage/history.repository.js';
import { loadWorkflowStates } from '../storage/workflow-state.repository.js';

/** Of which workflow a run is. */
export type WorkflowNames = Pick<WorkloadKey, 'engine' | 'namespace' | 'workflow'>;

/** What the prediction of a running run rests on. */
export interface RunGrounds {
  /** Null while nothing of the workflow has ended. */
  readonly names: WorkflowNames | null;
  readonly tasks: WorkflowState;
  readonly runs: WorkflowState;
  /** Names of the tasks of runs that ended well, the latest first. */
  readonly recentRuns: readonly (readonly string[])[];
  /** How long and how likely to fail a task is, or with an empty name the run as a whole; null where nothing is known. */
  readonly estimateOf: (task: string) => TaskEstimate | null;
}

export interface TaskEstimate {
  readonly duration: DurationQuantiles | null;
  readonly durationBasis: Basis | null;
  /** 0 to 1. */
  readonly failureProbability: number;
}

/** Runs whose tasks say what a run may have left. */
const mostRecentRuns = 30;

const find: Statement = { name: 'names of a workflow', text: 'select engine, namespace, workflow from workflow_state where tenant_id = $1 and workflow_id = $2 order by subject limit 1' };

const recent: Statement = {
  name: 'tasks of recent runs',
  text: `
    select array(select t.name from (select distinct e ->> 'taskId' as id, e ->> 'name' as name from jsonb_array_elements(r.state -> 'tasks') e where e ->> 'outcome' <> 'skip') t order by t.name) as tasks
    from run_progress r
    where r.tenant_id = $1 and r.workflow_id = $2 and r.finished_at is not null and r.state ->> 'outcome' not in ('failure', 'error', 'timeout', 'cancellation')
    order by r.finished_at desc limit $3::int`,
};

/** Reads what is known of a run's workflow and of its tasks. */
export async function readRunGrounds(transaction: Transaction, tenantId: string, workflowId: string, asked: { readonly progress: RunProgress; readonly champions: Champions; readonly nowMs: number }): Promise<RunGrounds> {
  const [names] = await execute<WorkflowNames>(transaction, find, [tenantId, workflowId]);
  const tasks = (await loadWorkflowStates(transaction, tenantId, 'task', [workflowId])).get(workflowId) ?? newWorkflowState();
  const runs = (await loadWorkflowStates(transaction, tenantId, 'run', [workflowId])).get(workflowId) ?? newWorkflowState();
  if (names === undefined) return { names: null, tasks, runs, recentRuns: [], estimateOf: () => null };
  const recentRuns = (await execute<{ tasks: readonly string[] }>(transaction, recent, [tenantId, workflowId, mostRecentRuns])).map((run) => run.tasks).filter((names) => names.length > 0);
  const keyIds = new Map(['', ...tasks.shape.tasks.map(({ name }) => name)].map((task) => [task, keyIdOf(tenantId, names, task)]));
  const histories = await loadHistories(transaction, tenantId, [...keyIds.values()]);
  const query = queryOf(asked.progress, asked.nowMs);
  const estimates = new Map<string, TaskEstimate | null>();
  return { names, tasks, runs, recentRuns, estimateOf };

  function estimateOf(task: string): TaskEstimate | null {
    const known = estimates.get(task);
    if (known !== undefined) return known;
    const history = histories.get(keyIds.get(task) ?? '') ?? emptyHistory;
    const estimate = history.count === 0 ? null : estimated(history, query, { champions: asked.champions, state: task === '' ? runs : tasks });
    estimates.set(task, estimate);
    return estimate;
  }
}

/** The key of a task whatever its image, command and executor class: which they will be is not known beforehand. */
function keyIdOf(tenantId: string, names: WorkflowNames, task: string): string {
  const [own] = historyKeysOf({ tenantId, subject: task === '' ? 'run' : 'task', ...names, task, image: '', commandHash: '', executorClass: '' });
  return own?.keyId ?? '';
}

function queryOf({ refName, trigger }: RunProgress, atMs: number): ExecutionQuery {
  return { atMs, inputSizeBytes: null, attempt: 1, revision: 0, refName: hashOf(refName), trigger: hashOf(trigger), machineFactor: null };
}

function estimated(history: History, query: ExecutionQuery, { champions, state }: { readonly champions: Champions; readonly state: WorkflowState }): TaskEstimate {
  const chain = [{ level: 3, history }] as const;
  const duration = estimateDuration(chain, query, champions.duration);
  const { prediction } = estimateFailure(chain, query, champions.failure);
  const failureProbability = Math.min(Math.max(prediction.probability, 0), 1);
  if (duration === null) return { duration: null, durationBasis: null, failureProbability };
  const { p10, p50, p90 } = calibrate(state.calibration.duration, duration.interval);
  return { duration: { p10Ms: p10, p50Ms: p50, p90Ms: p90 }, durationBasis: duration.basis, failureProbability };
}
