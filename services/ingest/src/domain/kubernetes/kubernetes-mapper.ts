import { text, timeMs } from '../json-reading.js';
import type { MappedEvent, MappingContext } from '../source-event.js';
import { jobExecution } from './job-execution.js';
import { observationIdOf, sourceOf, type ObservedObject } from './kubernetes-object.js';
import { podExecution } from './pod-execution.js';

/** Maps one Job or Pod; an object of any other kind is kept without an execution. */
export function mapKubernetesObject(observed: ObservedObject, context: MappingContext): MappedEvent {
  const { object, change } = observed;
  const flags = new Set<string>();
  const execution =
    object.kind === 'Job' ? jobExecution(observed, context.tenantId, flags) : object.kind === 'Pod' ? podExecution(object, context.tenantId, flags) : undefined;
  return {
    format: 'kubernetes',
    formatVersion: text(object.whole, 'apiVersion'),
    type: [object.kind ?? 'object', change].filter((part) => part !== undefined).join('.').toLowerCase(),
    source: sourceOf(object.group === undefined || object.group === '' ? 'core' : object.group, object.namespace),
    externalId: observationIdOf(observed),
    subject: object.name,
    sequence: object.resourceVersion,
    occurredAtMs: timeMs(object.whole, 'status', 'completionTime'),
    executions: execution === undefined ? [] : [execution],
    flags: [...flags],
  };
}
