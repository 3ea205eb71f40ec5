import { contentIdOf } from '../content-id.js';
import { isRecord, labels, list, record, records, text, timeMs, type JsonRecord } from '../json-reading.js';

/** What a Kubernetes object says of itself, whatever its kind. */
export interface KubernetesObject {
  readonly kind: string | undefined;
  /** The API group: `argoproj.io` of `argoproj.io/v1alpha1`, empty for the core. */
  readonly group: string | undefined;
  readonly uid: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly owners: readonly Owner[];
  readonly createdAtMs: number | undefined;
  readonly deletedAtMs: number | undefined;
  readonly resourceVersion: string | undefined;
  readonly whole: JsonRecord;
}

export interface Owner {
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly uid: string | undefined;
}

/** An object, and what a watch said of it: ADDED, MODIFIED, DELETED … */
export interface ObservedObject {
  readonly object: KubernetesObject;
  readonly change: string | undefined;
}

export function readKubernetesObject(whole: JsonRecord): KubernetesObject {
  const metadata = record(whole, 'metadata');
  const apiVersion = text(whole, 'apiVersion');
  return {
    kind: text(whole, 'kind'),
    group: apiVersion === undefined ? undefined : apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    uid: text(metadata, 'uid'),
    name: text(metadata, 'name'),
    namespace: text(metadata, 'namespace'),
    labels: labels(metadata, 'labels'),
    annotations: labels(metadata, 'annotations'),
    owners: records(metadata, 'ownerReferences').map((owner) => ({ kind: text(owner, 'kind'), name: text(owner, 'name'), uid: text(owner, 'uid') })),
    createdAtMs: timeMs(metadata, 'creationTimestamp'),
    deletedAtMs: timeMs(metadata, 'deletionTimestamp'),
    resourceVersion: text(metadata, 'resourceVersion'),
    whole,
  };
}

/**
 * Finds the objects in what a cluster sends: an object itself, a watch event `{type, object}`, the same within `{result}` as
 * streams of API servers have it, or a list.
 */
export function observedObjectsOf(value: unknown): readonly ObservedObject[] {
  const sent = record(value, 'result') ?? value;
  if (!isRecord(sent)) return [];
  const watched = record(sent, 'object');
  if (watched !== undefined) return [{ object: readKubernetesObject(watched), change: text(sent, 'type')?.toUpperCase() }];
  if (!Array.isArray(sent.items)) return [{ object: readKubernetesObject(sent), change: undefined }];
  const kind = text(sent, 'kind')?.replace(/List$/, '');
  // Elements of typed lists leave out what the list says already.
  const common = { ...(kind === undefined || kind === '' ? {} : { kind }), ...(sent.apiVersion === undefined ? {} : { apiVersion: sent.apiVersion }) };
  return list(sent, 'items').filter(isRecord).map((item) => ({ object: readKubernetesObject({ ...common, ...item }), change: undefined }));
}

/** The id of an object for its run: its uid, which no other object ever has; its name where a document lacks it. */
export function externalIdOf(object: Pick<KubernetesObject, 'uid' | 'name' | 'namespace'>): string | undefined {
  return object.uid ?? (object.name === undefined ? undefined : `${object.namespace ?? 'default'}/${object.name}`);
}

/** The source of runs of an API group in a namespace; objects do not say which cluster they are of. */
export function sourceOf(group: string, namespace: string | undefined): string {
  return `/apis/${group}/namespaces/${namespace ?? 'default'}`;
}

/** The id of one observation: an object's version is its own, and a deletion has that of the last change. */
export function observationIdOf({ object, change }: ObservedObject): string {
  const id = externalIdOf(object);
  if (id === undefined || object.resourceVersion === undefined) return contentIdOf(object.whole);
  return `${id}/${object.resourceVersion}${change === 'DELETED' ? '/deleted' : ''}`;
}
