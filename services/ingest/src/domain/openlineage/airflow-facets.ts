import { Outcome, taskIdOf } from '@orrery/contracts';
import { entries, integer, list, record, text, timeMs, type JsonRecord } from '../json-reading.js';
import { finished, queued, running, type RunStatement, type Standing, type TaskStatement } from '../statements.js';
import { pythonList } from './python-list.js';

/** What Airflow's facets say of the DAG run; both the DAG's and its tasks' events carry them. */
export function airflowRunOf(event: JsonRecord): Partial<RunStatement> {
  const dagRun = record(event, 'run', 'facets', 'airflowDagRun', 'dagRun') ?? record(event, 'run', 'facets', 'airflow', 'dagRun');
  if (dagRun === undefined) return {};
  return {
    trigger: text(dagRun, 'run_type'),
    queuedAtMs: timeMs(dagRun, 'queued_at'),
    startedAtMs: timeMs(dagRun, 'start_date'),
    labels: labelsOf({ 'airflow.run_id': text(dagRun, 'run_id'), 'airflow.logical_date': text(dagRun, 'logical_date') }),
  };
}

/** What Airflow's facet says of the task beside OpenLineage's own fields. */
export function airflowTaskOf(event: JsonRecord, runId: string): Partial<TaskStatement> {
  const facet = record(event, 'run', 'facets', 'airflow');
  const task = record(facet, 'task');
  if (task === undefined) return {};
  const instance = record(facet, 'taskInstance');
  const pool = text(instance, 'pool');
  const executorClass = text(task, 'queue');
  return {
    kind: shortName(text(task, 'operator_class')),
    attempt: integer(instance, 'try_number'),
    queuedAtMs: timeMs(instance, 'queued_dttm'),
    dependsOn: pythonList(task.upstream_task_ids).map((upstream) => taskIdOf(runId, upstream)),
    url: text(instance, 'log_url'),
    executor: pool === undefined && executorClass === undefined ? undefined : { pool, executorClass },
    labels: labelsOf({ 'airflow.trigger_rule': text(task, 'trigger_rule'), 'airflow.task_uuid': text(facet, 'taskUuid') }),
  };
}

/** The tasks that the DAG's own events list: all of them with their edges at the start, how each ended at the end. */
export function airflowDagTasksOf(event: JsonRecord, runId: string): readonly TaskStatement[] {
  return [...listedTasks(event, runId), ...endedTasks(event, runId)];
}

function listedTasks(event: JsonRecord, runId: string): readonly TaskStatement[] {
  const listed = entries(event, 'job', 'facets', 'airflow', 'tasks').filter(([, task]) => record(task) !== undefined);
  const upstreams = new Map<string, string[]>();
  for (const [upstream, task] of listed) {
    for (const downstream of list(task, 'downstream_task_ids')) {
      if (typeof downstream === 'string') upstreams.set(downstream, [...(upstreams.get(downstream) ?? []), taskIdOf(runId, upstream)]);
    }
  }
  return listed.map(([key, task]) => ({
    taskId: taskIdOf(runId, key),
    externalId: key,
    name: key,
    kind: shortName(text(task, 'operator')),
    dependsOn: upstreams.get(key) ?? [],
    labels: labelsOf({ 'airflow.task_group': text(task, 'task_group') }),
  }));
}

/** Ends of Airflow's task states; the states of tasks that did not end say nothing. */
const endings: ReadonlyMap<string, Outcome> = new Map([
  ['success', Outcome.SUCCESS],
  ['failed', Outcome.FAILURE],
  ['skipped', Outcome.SKIP],
  ['upstream_failed', Outcome.SKIP],
  ['removed', Outcome.SKIP],
]);

/**
 * A task that never started, or whose operator sends no events, is known from here alone. The statement names no finish, so that
 * what a try said of itself stands above it.
 */
function endedTasks(event: JsonRecord, runId: string): readonly TaskStatement[] {
  const statements: TaskStatement[] = [];
  for (const [key, state] of entries(event, 'run', 'facets', 'airflowState', 'tasksState')) {
    const outcome = typeof state === 'string' ? endings.get(state) : undefined;
    if (outcome === undefined) continue;
    const labels = labelsOf({ 'airflow.state': state === 'upstream_failed' ? 'upstream_failed' : undefined });
    statements.push({ taskId: taskIdOf(runId, key), externalId: key, name: key, ...finished(outcome), labels });
  }
  return statements;
}

/** Airflow writes the class with its module, which for a DAG's own classes holds a hash. */
function shortName(className: string | undefined): string | undefined {
  return className?.slice(className.lastIndexOf('.') + 1);
}

/** Labels without the ones that are not told. */
export function labelsOf(labels: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter((label): label is [string, string] => label[1] !== undefined));
}

/** Where a run or task stands by the event's type; OTHER may come before START and means that it is known of. */
export function standingOf(eventType: string | undefined): Standing {
  switch (eventType) {
    case 'OTHER':
      return queued;
    case 'START':
    case 'RUNNING':
      return running;
    case 'COMPLETE':
      return finished(Outcome.SUCCESS);
    case 'FAIL':
      return finished(Outcome.FAILURE);
    case 'ABORT':
      return finished(Outcome.CANCELLATION);
    default:
      return {};
  }
}
