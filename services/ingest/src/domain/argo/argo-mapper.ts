import { record, text, timeMs } from '../json-reading.js';
import { observationIdOf, sourceOf, type KubernetesObject, type ObservedObject } from '../kubernetes/kubernetes-object.js';
import type { MappedEvent, MappingContext } from '../source-event.js';
import { argoGroup, workflowExecution } from './workflow-execution.js';

/** Tells whether an object is one of Argo's; documents without an apiVersion are known by their nodes. */
export function isOfArgo(object: KubernetesObject): boolean {
  if (object.group !== undefined) return object.group === argoGroup;
  return record(object.whole, 'status', 'nodes') !== undefined || text(object.whole, 'spec', 'entrypoint') !== undefined;
}

/** Maps one object of Argo; templates, schedules and others that are no Workflow are kept without an execution. */
export function mapArgoObject(observed: ObservedObject, context: MappingContext): MappedEvent {
  const { object, change } = observed;
  const flags = new Set<string>();
  const isWorkflow = object.kind === undefined || object.kind === 'Workflow';
  const execution = isWorkflow ? workflowExecution(observed, context.tenantId, flags) : undefined;
  if (isWorkflow && execution === undefined) flags.add('unmapped').add('metadata.uid: expected a non-empty text');
  const kind = (object.kind ?? 'Workflow').toLowerCase();
  return {
    format: 'argo',
    formatVersion: text(object.whole, 'apiVersion'),
    type: [kind, change?.toLowerCase() ?? text(object.whole, 'status', 'phase')?.toLowerCase()].filter((part) => part !== undefined).join('.'),
    source: sourceOf(argoGroup, object.namespace),
    externalId: observationIdOf(observed),
    subject: object.name,
    sequence: object.resourceVersion,
    // An object says when it began and ended, not when it was as it is now.
    occurredAtMs: timeMs(object.whole, 'status', 'finishedAt'),
    executions: execution === undefined ? [] : [execution],
    flags: [...flags],
  };
}
