import { OrreryError } from '@orrery/errors';
import { isRecord, records, text, timeMs, type JsonRecord } from '../json-reading.js';
import { observationIdOf, readKubernetesObject, sourceOf, type KubernetesObject, type ObservedObject } from '../kubernetes/kubernetes-object.js';
import type { MappedEvent, MappingContext, Mapper } from '../source-event.js';
import { pipelineRunExecution } from './pipeline-run.js';
import { taskRunExecution } from './task-run.js';
import { tektonGroup } from './tekton-run.js';

/** The members of an event's data, each for an object of the kind. */
const kindByMember: ReadonlyMap<string, string> = new Map([
  ['pipelineRun', 'PipelineRun'],
  ['taskRun', 'TaskRun'],
  ['customRun', 'CustomRun'],
  ['run', 'Run'],
]);
const kinds: ReadonlySet<string> = new Set(kindByMember.values());

/**
 * Maps the data of an event that Tekton sends: `{pipelineRun}`, `{taskRun}` or `{customRun}` with the whole object.
 *
 * @throws ORRERY_VALIDATION when it has none of these.
 */
export const mapTekton: Mapper = (value, _payload, context): readonly MappedEvent[] => {
  for (const [member, kind] of kindByMember) {
    const object = isRecord(value) ? value[member] : undefined;
    // Objects of controllers' caches come without a kind.
    if (isRecord(object)) return [mapTektonObject({ object: { ...readKubernetesObject(object), kind }, change: undefined }, context)];
  }
  throw new OrreryError('ORRERY_VALIDATION', `not of Tekton: expected one of ${[...kindByMember.keys()].join(', ')}`);
};

/** Tells whether an object is one of Tekton's runs; documents without an apiVersion are known by their kind. */
export function isOfTekton(object: KubernetesObject): boolean {
  return object.group === tektonGroup || (object.group === undefined && kinds.has(object.kind ?? ''));
}

/** Maps one object of Tekton; objects that are no runs are kept without an execution. */
export function mapTektonObject(observed: ObservedObject, context: MappingContext): MappedEvent {
  const { object, change } = observed;
  const flags = new Set<string>();
  const isRun = kinds.has(object.kind ?? '');
  const read = object.kind === 'PipelineRun' ? pipelineRunExecution : taskRunExecution;
  const execution = isRun ? read(object, context.tenantId, flags) : undefined;
  if (isRun && execution === undefined) flags.add('unmapped').add('metadata.name: expected a non-empty text');
  const reason = change ?? reasonOf(object.whole);
  return {
    format: 'tekton',
    formatVersion: text(object.whole, 'apiVersion'),
    type: [object.kind ?? 'object', reason].filter((part) => part !== undefined).join('.').toLowerCase(),
    source: sourceOf(tektonGroup, object.namespace),
    externalId: observationIdOf(observed),
    subject: object.name,
    sequence: object.resourceVersion,
    occurredAtMs: timeMs(object.whole, 'status', 'completionTime'),
    executions: execution === undefined ? [] : [execution],
    flags: [...flags],
  };
}

function reasonOf(whole: JsonRecord): string | undefined {
  return text(records(whole, 'status', 'conditions').find((condition) => text(condition, 'type') === 'Succeeded'), 'reason');
}
