import { runIdOf } from '@orrery/contracts';
import { text } from '../json-reading.js';
import { externalIdOf, sourceOf, type KubernetesObject } from '../kubernetes/kubernetes-object.js';
import type { RunStatement } from '../statements.js';

export const tektonGroup = 'tekton.dev';
const engine = 'tekton';

/** The statement that names a run of Tekton and says nothing else of it. */
export function namedTektonRun(tenantId: string, namespace: string | undefined, externalId: string): RunStatement {
  const identity = { engine, source: sourceOf(tektonGroup, namespace), externalId, attempt: 1 };
  return { runId: runIdOf({ tenantId, ...identity }), ...identity, namespace };
}

/** The external id of the PipelineRun that made an object; undefined for one that somebody made directly. */
export function pipelineRunIdOf(object: KubernetesObject): string | undefined {
  const owner = object.owners.find(({ kind }) => kind === 'PipelineRun');
  const uid = owner?.uid ?? object.labels['tekton.dev/pipelineRunUID'];
  if (uid !== undefined) return uid;
  const name = owner?.name ?? object.labels['tekton.dev/pipelineRun'];
  return name === undefined || name === object.name ? undefined : externalIdOf({ uid: undefined, name, namespace: object.namespace });
}

/** What many runs share: the pipeline or task that they are of, else the common part of generated names. */
export function workflowNameOf(object: KubernetesObject, kind: 'pipeline' | 'task'): string | undefined {
  return (
    object.labels[`tekton.dev/${kind}`] ??
    text(object.whole, 'spec', `${kind}Ref`, 'name') ??
    text(object.whole, 'metadata', 'generateName')?.replace(/-$/, '') ??
    object.name
  );
}

/** Runs that Tekton Triggers made for an event carry its listener. */
export function triggerOf(object: KubernetesObject): string | undefined {
  return object.labels['triggers.tekton.dev/eventlistener'] === undefined ? undefined : 'event';
}
