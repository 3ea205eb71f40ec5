import { keyId, type WorkloadKey } from '@orrery/contracts';
import { hash } from 'node:crypto';

/** What a series of values is kept for. */
export interface SeriesKey {
  readonly tenantId: string;
  /** What producers measured, or how often runs of a workflow were started. */
  readonly kind: 'sampled' | 'submissions';
  readonly engine: string;
  readonly namespace: string;
  readonly workflow: string;
  /** Empty for the run as a whole. */
  readonly task: string;
  readonly metric: string;
  /** UCUM. */
  readonly unit: string;
  /** JSON of what tells series of one metric apart, names ascending; empty for none. */
  readonly attributes: string;
}

/** The series of the starts of a workflow's runs. */
export function submissionsOf({ tenantId, engine, namespace, workflow }: Pick<SeriesKey, 'tenantId' | 'engine' | 'namespace' | 'workflow'>): SeriesKey {
  return { tenantId, kind: 'submissions', engine, namespace, workflow, task: '', metric: 'submissions', unit: '{run}', attributes: '' };
}

/** The id of a series: 32 hex digits, the same on every machine. */
export function seriesIdOf({ tenantId, kind, engine, namespace, workflow, task, metric, unit, attributes }: SeriesKey): string {
  const parts = ['series', tenantId, kind, engine, namespace, workflow, task, metric, unit, attributes];
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''), 'hex').slice(0, 32);
}

/** Whose anomalies those of a series are: the task's, or the workflow's runs'. */
export function subjectOfSeries({ tenantId, engine, namespace, workflow, task }: SeriesKey): { readonly subjectKeyId: string; readonly subject: WorkloadKey } {
  const subject: WorkloadKey = { tenantId, subject: task === '' ? 'run' : 'task', engine, namespace, workflow, task, image: '', commandHash: '', executorClass: '' };
  return { subjectKeyId: keyId(subject), subject };
}

/** What is wrong when a series is: one cause for each series of a subject. Names may be longer than an index takes. */
export function causeOfSeries(key: SeriesKey, seriesId: string): string {
  return `metric:${key.metric.slice(0, 80).replace(/\p{Surrogate}$/u, '')}:${seriesId.slice(0, 8)}`;
}

/** Attributes in one form, whatever order they were told in; what is no object stays as it is. */
export function canonicalAttributes(json: string): string {
  if (json === '') return '';
  try {
    const told: unknown = JSON.parse(json);
    if (typeof told !== 'object' || told === null || Array.isArray(told)) return json;
    const entries = Object.entries(told).sort(([left], [right]) => (left < right ? -1 : 1));
    return entries.length === 0 ? '' : JSON.stringify(Object.fromEntries(entries));
  } catch {
    return json;
  }
}
