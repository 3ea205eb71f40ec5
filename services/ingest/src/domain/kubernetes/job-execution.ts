import { Outcome, runIdOf, Status } from '@orrery/contracts';
import { number, records, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { failureOf, finished, isTrouble, paused, queued, running, type RunStatement, type Standing } from '../statements.js';
import { endNotBefore } from '../time.js';
import { externalIdOf, sourceOf, type KubernetesObject, type ObservedObject } from './kubernetes-object.js';

const engine = 'kubernetes';

/** The statement that names the run of a job, or of a pod that nothing else made. */
export function namedKubernetesRun(tenantId: string, namespace: string | undefined, externalId: string): RunStatement {
  const identity = { engine, source: sourceOf('batch', namespace), externalId, attempt: 1 };
  return { runId: runIdOf({ tenantId, ...identity }), ...identity, namespace };
}

/** What a Job says of the run that it is; its tasks are its pods, which tell of themselves. */
export function jobExecution(observed: ObservedObject, tenantId: string, flags: Set<string>): Execution | undefined {
  const { object } = observed;
  const externalId = externalIdOf(object);
  if (externalId === undefined) return undefined;
  const cronJob = object.owners.find(({ kind }) => kind === 'CronJob')?.name;
  const run: RunStatement = {
    ...namedKubernetesRun(tenantId, object.namespace, externalId),
    ...progressOf(observed, flags),
    workflow: cronJob ?? text(object.whole, 'metadata', 'generateName')?.replace(/-$/, '') ?? object.name,
    queuedAtMs: object.createdAtMs,
    trigger: cronJob === undefined ? undefined : 'schedule',
    labels: object.labels,
  };
  return { run };
}

function progressOf({ object, change }: ObservedObject, flags: Set<string>): Partial<RunStatement> {
  const ended = trueCondition(object, 'Complete') ?? trueCondition(object, 'Failed');
  const told = standingOf(object, ended);
  const isDeleted = change === 'DELETED' && told.status !== Status.FINISHED;
  const standing = isDeleted ? finished(Outcome.CANCELLATION) : told;
  const startedAtMs = timeMs(object.whole, 'status', 'startTime');
  // Jobs that failed have no completion time.
  const endMs = isDeleted ? object.deletedAtMs : (timeMs(object.whole, 'status', 'completionTime') ?? timeMs(ended, 'lastTransitionTime'));
  return {
    ...standing,
    startedAtMs: standing.status === Status.QUEUED ? undefined : startedAtMs,
    finishedAtMs: standing.status === Status.FINISHED ? endNotBefore(startedAtMs, endMs, flags) : undefined,
    failure: isTrouble(standing) ? failureOf(text(ended, 'reason'), text(ended, 'message')) : undefined,
  };
}

/** FailureTarget and SuccessCriteriaMet come before the pods have ended, so they end nothing yet. */
function standingOf(object: KubernetesObject, ended: JsonRecord | undefined): Standing {
  if (ended !== undefined) {
    if (text(ended, 'type') === 'Complete') return finished(Outcome.SUCCESS);
    return finished(text(ended, 'reason') === 'DeadlineExceeded' ? Outcome.TIMEOUT : Outcome.FAILURE);
  }
  if (trueCondition(object, 'Suspended') !== undefined) return paused;
  return (number(object.whole, 'status', 'active') ?? 0) > 0 ? running : queued;
}

function trueCondition(object: KubernetesObject, type: string): JsonRecord | undefined {
  return records(object.whole, 'status', 'conditions').find((each) => text(each, 'type') === type && text(each, 'status') === 'True');
}
