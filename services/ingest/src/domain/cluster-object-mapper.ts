import { OrreryError } from '@orrery/errors';
import { isOfArgo, mapArgoObject } from './argo/argo-mapper.js';
import { isRecord } from './json-reading.js';
import { observedObjectsOf, type KubernetesObject, type ObservedObject } from './kubernetes/kubernetes-object.js';
import { mapKubernetesObject } from './kubernetes/kubernetes-mapper.js';
import type { MappedEvent, MappingContext, Mapper } from './source-event.js';
import { isOfTekton, mapTektonObject } from './tekton/tekton-mapper.js';

/**
 * Maps what a Kubernetes cluster sends - an object, a watch event, a list - by the kind of each object: workflows of Argo, runs
 * of Tekton, jobs and pods. An object of another kind is kept without an execution.
 *
 * @throws ORRERY_VALIDATION when there is no such object in it.
 */
export const mapClusterObjects: Mapper = (value, _payload, context): readonly MappedEvent[] => {
  const observed = observedObjectsOf(value).filter(({ object }) => isClusterObject(object));
  if (observed.length === 0) throw new OrreryError('ORRERY_VALIDATION', 'not an object of a Kubernetes cluster: expected kind, apiVersion and metadata');
  return observed.map((each) => {
    const mapped = mapObject(each, context);
    if (observed.length === 1) return mapped;
    return { ...mapped, raw: { body: Buffer.from(JSON.stringify(each.object.whole)), contentType: 'application/json' } };
  });
};

/** Tells whether a value is what {@link mapClusterObjects} maps. */
export function hasClusterObjects(value: unknown): boolean {
  return observedObjectsOf(value).some(({ object }) => isClusterObject(object));
}

function isClusterObject(object: KubernetesObject): boolean {
  if (!isRecord(object.whole.metadata)) return false;
  return (object.kind !== undefined && object.group !== undefined) || isOfArgo(object) || isOfTekton(object);
}

function mapObject(observed: ObservedObject, context: MappingContext): MappedEvent {
  if (isOfArgo(observed.object)) return mapArgoObject(observed, context);
  if (isOfTekton(observed.object)) return mapTektonObject(observed, context);
  return mapKubernetesObject(observed, context);
}
