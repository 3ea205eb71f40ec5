import { Outcome, runIdOf, Status } from '@orrery/contracts';
import { first, record, text, timeMs } from '../json-reading.js';
import { externalIdOf, sourceOf, type ObservedObject } from '../kubernetes/kubernetes-object.js';
import type { Execution } from '../source-event.js';
import { failureOf, finished, isTrouble, paused, type RunStatement, type Standing } from '../statements.js';
import { endNotBefore } from '../time.js';
import { argoStandingOf } from './argo-standing.js';
import { artifactRepositoryOf } from './node-artifacts.js';
import { workflowNodes } from './node-statuses.js';
import { templateWorkOf } from './workflow-templates.js';
import { workflowTasks } from './workflow-tasks.js';

const engine = 'argo';
export const argoGroup = 'argoproj.io';

/** What a Workflow object says of the run that it is; undefined when it has neither uid nor name. */
export function workflowExecution(observed: ObservedObject, tenantId: string, flags: Set<string>): Execution | undefined {
  const { object } = observed;
  const externalId = externalIdOf(object);
  if (externalId === undefined) return undefined;
  const source = sourceOf(argoGroup, object.namespace);
  const identity = { engine, source, externalId, attempt: 1 };
  const runId = runIdOf({ tenantId, ...identity });
  const shutdown = text(object.whole, 'spec', 'shutdown');
  const run: RunStatement = {
    runId,
    ...identity,
    namespace: object.namespace,
    workflow: workflowNameOf(observed),
    ...progressOf(observed, shutdown, flags),
    trigger: triggerOf(object.labels),
    parentRunId: parentRunIdOf(observed, tenantId, source),
    labels: object.labels,
  };
  const scope = {
    runId,
    workflowName: object.name,
    podNameFormat: object.annotations['workflows.argoproj.io/pod-name-format'],
    shutdown,
    templates: templateWorkOf(object.whole),
    artifactRepository: artifactRepositoryOf(object.whole),
    flags,
  };
  return { run, ...workflowTasks(workflowNodes(object.whole, flags), scope) };
}

/** What many runs share: the template or schedule they come from, else their generated names' common part. */
function workflowNameOf({ object }: ObservedObject): string | undefined {
  const label = (name: string): string | undefined => object.labels[`workflows.argoproj.io/${name}`];
  return first(
    label('cron-workflow'),
    label('workflow-template'),
    label('cluster-workflow-template'),
    text(object.whole, 'spec', 'workflowTemplateRef', 'name'),
    text(object.whole, 'metadata', 'generateName')?.replace(/-$/, ''),
    object.name,
  );
}

function progressOf({ object, change }: ObservedObject, shutdown: string | undefined, flags: Set<string>): Partial<RunStatement> {
  const status = record(object.whole, 'status') ?? {};
  const told = argoStandingOf(status, shutdown, flags);
  const isSuspended = told.status === Status.RUNNING && object.whole.spec !== undefined && record(object.whole, 'spec')?.suspend === true;
  const isDeleted = change === 'DELETED' && told.status !== Status.FINISHED;
  const standing: Standing = isDeleted ? finished(Outcome.CANCELLATION) : isSuspended ? paused : told;
  const startedAtMs = timeMs(status, 'startedAt');
  const endMs = isDeleted ? object.deletedAtMs : timeMs(status, 'finishedAt');
  return {
    ...standing,
    queuedAtMs: object.createdAtMs,
    startedAtMs: standing.status === Status.QUEUED ? undefined : startedAtMs,
    finishedAtMs: standing.status === Status.FINISHED ? endNotBefore(startedAtMs, endMs, flags) : undefined,
    failure: isTrouble(standing) ? failureOf(text(status, 'phase'), text(status, 'message')) : undefined,
  };
}

function triggerOf(labels: Readonly<Record<string, string>>): string | undefined {
  if (labels['workflows.argoproj.io/cron-workflow'] !== undefined) return 'schedule';
  if (labels['events.argoproj.io/sensor'] !== undefined) return 'event';
  return labels['workflows.argoproj.io/resubmitted-from-workflow'] === undefined ? undefined : 'resubmission';
}

/** A workflow that another one made as a resource is its child. */
function parentRunIdOf({ object }: ObservedObject, tenantId: string, source: string): string | undefined {
  const owner = object.owners.find(({ kind, uid }) => kind === 'Workflow' && uid !== undefined);
  return owner?.uid === undefined ? undefined : runIdOf({ tenantId, engine, source, externalId: owner.uid });
}
