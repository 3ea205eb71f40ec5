import { Outcome, Status, taskIdOf } from '@orrery/contracts';
import { idText, integer, list, records, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { failureOf, isTrouble, type Standing, type TaskStatement } from '../statements.js';
import { endNotBefore } from '../time.js';
import { githubStandingOf } from './github-standing.js';
import { attemptOf, namedRun, versionControlOf, type Repository } from './repository.js';
import { jobSpanIdOf, stepSpanIdOf, traceIdOf } from './trace-ids.js';

/**
 * What a `workflow_job` object, of a webhook or of the REST API, says of its run: the job and its steps as tasks. Jobs do not
 * name those they need; only the workflow file does. Undefined when it lacks its id or its run's.
 */
export function workflowJobExecution(object: JsonRecord, repository: Repository, flags: Set<string>): Execution | undefined {
  const jobId = idText(object, 'id');
  const externalRunId = idText(object, 'run_id');
  if (jobId === undefined || externalRunId === undefined) return undefined;
  const attempt = attemptOf(object);
  const run = {
    ...namedRun(repository, externalRunId, attempt),
    workflow: text(object, 'workflow_name'),
    versionControl: versionControlOf(repository, object),
    traceId: traceIdOf(externalRunId, attempt),
  };
  const job = jobTask(object, taskIdOf(run.runId, jobId), { jobId, flags });
  return { run, tasks: [job, ...stepTasks(object, run.runId, { jobId, flags })] };
}

interface JobScope {
  readonly jobId: string;
  readonly flags: Set<string>;
}

function jobTask(object: JsonRecord, taskId: string, { jobId, flags }: JobScope): TaskStatement {
  const standing = githubStandingOf(object);
  const hasStarted = standing.status === Status.RUNNING || standing.status === Status.FINISHED;
  // A queued job says it started when it was created, and a skipped one never ran.
  const startedAtMs = hasStarted && standing.outcome !== Outcome.SKIP ? timeMs(object, 'started_at') : undefined;
  return {
    taskId,
    externalId: jobId,
    name: text(object, 'name'),
    kind: 'job',
    attempt: 1,
    ...standing,
    queuedAtMs: timeMs(object, 'created_at'),
    startedAtMs,
    finishedAtMs: standing.status === Status.FINISHED ? endNotBefore(startedAtMs, timeMs(object, 'completed_at'), flags) : undefined,
    failure: isTrouble(standing) ? failureOf(text(object, 'conclusion'), failedStepMessage(object)) : undefined,
    executor: executorOf(object, hasStarted),
    spanId: jobSpanIdOf(jobId),
    url: text(object, 'html_url'),
  };
}

function executorOf(object: JsonRecord, hasStarted: boolean): TaskStatement['executor'] {
  const labels = list(object, 'labels').filter((label): label is string => typeof label === 'string');
  const executorClass = labels.length === 0 ? undefined : labels.join(',');
  // The runner's name that some queued jobs carry is not yet theirs.
  if (!hasStarted) return executorClass === undefined ? undefined : { executorClass };
  return { worker: text(object, 'runner_name'), pool: text(object, 'runner_group_name'), executorClass };
}

function failedStepMessage(object: JsonRecord): string | undefined {
  const failed = records(object, 'steps').find((step) => isTrouble(githubStandingOf(step)));
  const name = text(failed, 'name');
  return name === undefined ? undefined : `step "${name}" failed`;
}

function stepTasks(object: JsonRecord, runId: string, { jobId, flags }: JobScope): TaskStatement[] {
  const createdAtMs = timeMs(object, 'created_at');
  let previousTaskId: string | undefined;
  return records(object, 'steps').map((step, index) => {
    // Names repeat within a job, numbers do not.
    const externalId = `${jobId}/${integer(step, 'number') ?? index + 1}`;
    const taskId = taskIdOf(runId, externalId);
    const name = text(step, 'name');
    const times = stepTimes(step, githubStandingOf(step), flags);
    if (times.startedAtMs !== undefined && createdAtMs !== undefined && times.startedAtMs < createdAtMs) flags.add('clock_skew');
    const statement: TaskStatement = {
      taskId,
      externalId,
      parentTaskId: taskIdOf(runId, jobId),
      dependsOn: previousTaskId === undefined ? [] : [previousTaskId],
      name,
      kind: 'step',
      attempt: 1,
      ...times,
      spanId: name === undefined ? undefined : stepSpanIdOf(jobId, name),
    };
    previousTaskId = taskId;
    return statement;
  });
}

type Progress = Standing & Pick<TaskStatement, 'startedAtMs' | 'finishedAtMs' | 'failure'>;

function stepTimes(step: JsonRecord, standing: Standing, flags: Set<string>): Progress {
  const startedAtMs = standing.status === Status.QUEUED || standing.outcome === Outcome.SKIP ? undefined : timeMs(step, 'started_at');
  return {
    ...standing,
    startedAtMs,
    finishedAtMs: standing.status === Status.FINISHED ? endNotBefore(startedAtMs, timeMs(step, 'completed_at'), flags) : undefined,
    failure: isTrouble(standing) ? failureOf(text(step, 'conclusion')) : undefined,
  };
}
