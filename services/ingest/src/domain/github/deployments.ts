import { Outcome, Status, taskIdOf } from '@orrery/contracts';
import { first, idText, record, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { failureOf, finished, isTrouble, queued, running, type Standing, type TaskStatement } from '../statements.js';
import { namedRun, type Repository } from './repository.js';
import { workflowRunExecution } from './workflow-run.js';

// `inactive` says that a later deployment took the place of this one, nothing of how this one went.
const standings: ReadonlyMap<string, Standing> = new Map([
  ['queued', queued],
  ['pending', queued],
  ['waiting', queued],
  ['in_progress', running],
  ['success', finished(Outcome.SUCCESS)],
  ['failure', finished(Outcome.FAILURE)],
  ['error', finished(Outcome.ERROR)],
]);

/**
 * What a `deployment` or `deployment_status` payload says: a task of the workflow run that deploys, or of a run of its own when
 * something else than GitHub Actions does. Undefined when the deployment has no id.
 */
export function deploymentExecution(payload: JsonRecord, repository: Repository, flags: Set<string>): Execution | undefined {
  const deployment = record(payload, 'deployment');
  const id = idText(deployment, 'id');
  if (deployment === undefined || id === undefined) return undefined;
  const externalId = `deployment/${id}`;
  const status = record(payload, 'deployment_status');
  const progress = progressOf(deployment, status);
  const workflowRun = record(payload, 'workflow_run');
  const given = { workflow: record(payload, 'workflow'), flags };
  const deploying = workflowRun === undefined ? undefined : workflowRunExecution(workflowRun, repository, given);
  const run = deploying?.run ?? {
    ...namedRun(repository, externalId),
    ...progress,
    workflow: first(text(deployment, 'task'), 'deploy'),
    trigger: 'deployment',
    versionControl: { repositoryUrl: repository.htmlUrl, revision: text(deployment, 'sha'), refName: text(deployment, 'ref') },
  };
  const environment = text(deployment, 'environment');
  const task: TaskStatement = {
    taskId: taskIdOf(run.runId, externalId),
    externalId,
    name: environment === undefined ? 'deploy' : `deploy to ${environment}`,
    kind: 'deployment',
    attempt: 1,
    ...progress,
    url: first(text(status, 'target_url'), text(status, 'log_url'), text(deployment, 'url')),
    labels: environment === undefined ? {} : { environment },
  };
  return { run, tasks: [task] };
}

type Progress = Standing & Pick<TaskStatement, 'queuedAtMs' | 'startedAtMs' | 'finishedAtMs' | 'failure'>;

function progressOf(deployment: JsonRecord, status: JsonRecord | undefined): Progress {
  const state = text(status, 'state');
  const standing = status === undefined ? queued : (standings.get(state ?? '') ?? {});
  const at = timeMs(status, 'created_at');
  return {
    ...standing,
    queuedAtMs: timeMs(deployment, 'created_at'),
    startedAtMs: standing.status === Status.RUNNING ? at : undefined,
    finishedAtMs: standing.status === Status.FINISHED ? at : undefined,
    failure: isTrouble(standing) ? failureOf(state, text(status, 'description')) : undefined,
  };
}
