import { looksLikeCloudEvent } from './cloudevents-mapper.js';
import { hasClusterObjects } from './cluster-object-mapper.js';
import { at, isRecord, record, records, text } from './json-reading.js';
import { otlpFormatOf } from './otlp/otlp-request.js';
import { isSdkSpan } from './otlp/sdk-span.js';
import type { Format, IncomingPayload } from './source-event.js';

type Sign = (value: unknown, headers: IncomingPayload['headers']) => Format | undefined;

function when(format: Format, holds: (value: unknown, headers: IncomingPayload['headers']) => boolean): Sign {
  return (value, headers) => (holds(value, headers) ? format : undefined);
}

/** By what each format is known, the surest signs first; the first that holds decides. */
const signs: readonly Sign[] = [
  when('cloudevents', looksLikeCloudEvent),
  otlpFormatOf,
  when('openlineage', isOpenLineage),
  when('cdevents', (value) => text(value, 'context', 'type')?.startsWith('dev.cdevents') === true),
  when('github', isGithub),
  when('argo_events', (value) => text(value, 'context', 'type') !== undefined && text(value, 'context', 'source') !== undefined && at(value, 'data') !== undefined),
  when('kubernetes', hasClusterObjects),
  when('tekton', (value) => ['taskRun', 'pipelineRun', 'customRun'].some((member) => record(value, member, 'metadata') !== undefined)),
  when('temporal', isTemporal),
  when('prefect', (value) => text(value, 'event')?.startsWith('prefect.') === true && record(value, 'resource') !== undefined),
  when('otlp_traces', isSdkSpan),
  when('kestra', (value) => Array.isArray(at(value, 'taskRunList')) && text(value, 'flowId') !== undefined),
];

/**
 * The format of a JSON value, from its own members and the transport's headers; undefined when it is of none that Orrery knows.
 *
 * @example
 * sniffFormat({ event: 'prefect.flow-run.Running', resource: {} }, {}) // 'prefect'
 */
export function sniffFormat(value: unknown, headers: IncomingPayload['headers']): Format | undefined {
  for (const sign of signs) {
    const format = sign(value, headers);
    if (format !== undefined) return format;
  }
  return undefined;
}

function isOpenLineage(value: unknown): boolean {
  if (/openlineage/i.test(text(value, 'schemaURL') ?? '')) return true;
  const isRun = text(value, 'run', 'runId') !== undefined && text(value, 'job', 'namespace') !== undefined;
  // Job and dataset events without a schema still name their producer and time.
  const isStatic = text(value, 'producer') !== undefined && text(value, 'eventTime') !== undefined;
  return isRun || (isStatic && (record(value, 'job') ?? record(value, 'dataset')) !== undefined);
}

const githubMembers = ['workflow_run', 'workflow_job', 'check_run', 'check_suite', 'deployment', 'deployment_status'];
const githubListings = ['workflow_runs', 'jobs', 'artifacts'];

function isGithub(value: unknown, headers: IncomingPayload['headers']): boolean {
  if (!isRecord(value)) return false;
  if (headers['x-github-event'] !== undefined) return true;
  if (githubMembers.some((member) => isRecord(value[member])) && (value.action !== undefined || isRecord(value.repository))) return true;
  if (isRecord(value.repository) && isRecord(value.sender)) return true;
  return typeof value.total_count === 'number' && githubListings.some((member) => Array.isArray(value[member]));
}

function isTemporal(value: unknown): boolean {
  const histories = [value, record(value, 'history'), record(records(value, 'items')[0], 'history')];
  return histories.some((history) => {
    const first = records(history, 'events')[0];
    return text(first, 'eventId') !== undefined && text(first, 'eventType') !== undefined;
  });
}

/** Tells whether the elements of an array are the events of one Temporal history, which its web page saves so. */
export function isTemporalArray(firstElement: unknown): boolean {
  return text(firstElement, 'eventId') !== undefined && text(firstElement, 'eventType') !== undefined;
}
