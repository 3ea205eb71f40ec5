import { Outcome, Status, taskIdOf } from '@orrery/contracts';
import { first, integer, record, records, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { failureOf, finished, isTrouble, queued, running, type RunStatement, type Standing, type TaskStatement } from '../statements.js';
import { endNotBefore } from '../time.js';
import { commandHashOf } from './container-command.js';
import { namedKubernetesRun } from './job-execution.js';
import { externalIdOf, type KubernetesObject } from './kubernetes-object.js';

/**
 * What a Pod says: a task of the Job that made it, or the only task of a run of its own. Undefined for pods of other owners -
 * services that never end, and workflow engines that tell of their pods themselves.
 */
export function podExecution(object: KubernetesObject, tenantId: string, flags: Set<string>): Execution | undefined {
  const ownId = externalIdOf(object);
  if (ownId === undefined || object.name === undefined) return undefined;
  const job = object.owners.find(({ kind }) => kind === 'Job');
  const jobId = job?.uid ?? object.labels['batch.kubernetes.io/controller-uid'];
  if (jobId === undefined && object.owners.length > 0) return undefined;
  const task = taskOf(object, flags);
  const run = jobId === undefined ? standaloneRun(object, ownId, tenantId, task) : namedKubernetesRun(tenantId, object.namespace, jobId);
  return { run, tasks: [{ ...task, taskId: taskIdOf(run.runId, object.name), externalId: object.name }] };
}

function standaloneRun(object: KubernetesObject, ownId: string, tenantId: string, task: TaskStatement): RunStatement {
  const { status, outcome, queuedAtMs, startedAtMs, finishedAtMs, failure } = task;
  const workflow = text(object.whole, 'metadata', 'generateName')?.replace(/-$/, '') ?? object.name;
  return {
    ...namedKubernetesRun(tenantId, object.namespace, ownId),
    ...{ status, outcome, queuedAtMs, startedAtMs, finishedAtMs, failure },
    workflow,
    labels: object.labels,
  };
}

function taskOf(object: KubernetesObject, flags: Set<string>): TaskStatement {
  const containers = records(object.whole, 'status', 'containerStatuses');
  const ends = containers.map((container) => record(container, 'state', 'terminated')).filter((ended) => ended !== undefined);
  const failed = ends.find((ended) => (integer(ended, 'exitCode') ?? 0) !== 0);
  const standing = standingOf(object, failed);
  const starts = containers.map((container) =>
    first(timeMs(container, 'state', 'running', 'startedAt'), timeMs(container, 'state', 'terminated', 'startedAt')),
  );
  const startedAtMs = leastOf(starts);
  const endMs = standing.status === Status.FINISHED ? greatestOf(ends.map((ended) => timeMs(ended, 'finishedAt'))) : undefined;
  const main = records(object.whole, 'spec', 'containers')[0];
  return {
    name: object.labels['batch.kubernetes.io/job-completion-index'] ?? object.name,
    kind: 'pod',
    attempt: 1,
    ...standing,
    queuedAtMs: object.createdAtMs,
    // The containers' start, not the pod's: between the two lies the pulling of images.
    startedAtMs,
    finishedAtMs: endNotBefore(startedAtMs, endMs, flags),
    failure: isTrouble(standing) ? failureOfPod(object, failed) : undefined,
    executor: { host: text(object.whole, 'spec', 'nodeName'), pod: object.name, image: text(main, 'image') },
    commandHash: commandHashOf(main),
  };
}

function failureOfPod(object: KubernetesObject, failed: JsonRecord | undefined): TaskStatement['failure'] {
  const status = record(object.whole, 'status');
  const reason = first(text(status, 'reason'), text(failed, 'reason'));
  return failureOf(reason, first(text(status, 'message'), text(failed, 'message')), integer(failed, 'exitCode'));
}

function standingOf(object: KubernetesObject, failed: JsonRecord | undefined): Standing {
  switch (text(object.whole, 'status', 'phase')) {
    case 'Pending':
      return queued;
    case 'Running':
      return running;
    case 'Succeeded':
      return finished(Outcome.SUCCESS);
    case 'Failed':
      return finished(outcomeOf(object, failed));
    default:
      return {};
  }
}

/** Not the program but its surroundings failed: the node went, the memory ran out, something more important came. */
function outcomeOf(object: KubernetesObject, failed: JsonRecord | undefined): Outcome {
  const reason = text(object.whole, 'status', 'reason');
  if (reason === 'DeadlineExceeded') return Outcome.TIMEOUT;
  const conditions = records(object.whole, 'status', 'conditions');
  const isDisrupted = conditions.some((each) => text(each, 'type') === 'DisruptionTarget' && text(each, 'status') === 'True');
  if (isDisrupted || reason === 'Evicted' || text(failed, 'reason') === 'OOMKilled') return Outcome.ERROR;
  return Outcome.FAILURE;
}

function leastOf(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce((least, time) => (time === undefined || (least !== undefined && least <= time) ? least : time), undefined);
}

function greatestOf(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce((greatest, time) => (time === undefined || (greatest !== undefined && greatest >= time) ? greatest : time), undefined);
}
