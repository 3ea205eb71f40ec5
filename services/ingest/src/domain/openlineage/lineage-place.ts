import { runIdOf, taskIdOf } from '@orrery/contracts';
import { first, integer, record, text, type JsonRecord } from '../json-reading.js';

/** A job as OpenLineage names it. */
export interface Job {
  readonly namespace: string;
  readonly name: string;
}

/** A run or job that a facet points at. */
interface Reference {
  readonly runId: string;
  readonly job: Job;
}

/** Where a RunEvent belongs: which run, and which task of it. */
export interface LineagePlace {
  readonly runId: string;
  /** The id of the run that OpenLineage gave. */
  readonly externalId: string;
  readonly job: Job;
  /** Absent when the event speaks of the run itself. */
  readonly task?: { readonly key: string; readonly taskId: string; readonly parentTaskId: string | undefined };
  readonly parentRunId?: string | undefined;
  readonly rootRunId?: string | undefined;
  /** Whether the event's own integration is the engine of the run. */
  readonly isOwnEngine: boolean;
}

/** Kinds of job that are runs of their own even when something else started them. */
const runJobTypes: ReadonlySet<string> = new Set(['DAG', 'APPLICATION']);

/**
 * Decides from one event alone which run it belongs to, so that events may come in any order:
 * - an event without parent, of a DAG or of an application speaks of its own run; its root, if any, is the parent run;
 * - Spark's jobs are tasks of their parent, the application;
 * - everything else is a task of its root (of its parent where no root is named), within the parent's task.
 *
 * Run ids are UUIDs and references to a parent tell nothing of its engine; so all runs of OpenLineage have one identity space.
 *
 * Airflow gives each try a run id of its own; its tasks are known by task id and map index instead, other tasks by run id.
 */
export function placeOf(event: JsonRecord, tenantId: string): LineagePlace | undefined {
  const own = referenceOf(event);
  if (own === undefined) return undefined;
  const facet = record(event, 'run', 'facets', 'parent') ?? record(event, 'run', 'facets', 'parentRun');
  const parent = referenceOf(facet);
  const links: Links = { own, root: referenceOf(record(facet, 'root')), idOf: (externalId) => runIdOf({ tenantId, engine: 'openlineage', source: 'openlineage', externalId }) };
  const isRun = parent === undefined || parent.runId === own.runId || runJobTypes.has(text(event, 'job', 'facets', 'jobType', 'jobType') ?? '');
  return isRun ? runPlace(links) : taskPlace(event, parent, links);
}

interface Links {
  readonly own: Reference;
  readonly root: Reference | undefined;
  readonly idOf: (externalId: string) => string;
}

function runPlace({ own, root, idOf }: Links): LineagePlace {
  const above = root === undefined || root.runId === own.runId ? undefined : idOf(root.runId);
  return { runId: idOf(own.runId), externalId: own.runId, job: own.job, parentRunId: above, rootRunId: above, isOwnEngine: true };
}

function taskPlace(event: JsonRecord, parent: Reference, { own, root, idOf }: Links): LineagePlace {
  const outer = root === undefined || root.runId === parent.runId ? undefined : root;
  const isSpark = integrationOf(event) === 'spark';
  const run = isSpark ? parent : (outer ?? parent);
  const runId = idOf(run.runId);
  const key = airflowTaskKeyOf(event, run.job) ?? own.runId;
  const parentKey = run === parent ? key : (taskNameWithin(run.job.name, parent.job.name) ?? parent.runId);
  return {
    runId,
    externalId: run.runId,
    job: run.job,
    task: { key, taskId: taskIdOf(runId, key), parentTaskId: parentKey === key ? undefined : taskIdOf(runId, parentKey) },
    rootRunId: isSpark && outer !== undefined ? idOf(outer.runId) : undefined,
    isOwnEngine: run === parent,
  };
}

/** The producer's integration in small letters: airflow, spark, dbt … */
export function integrationOf(event: JsonRecord): string | undefined {
  const named = text(event, 'job', 'facets', 'jobType', 'integration') ?? text(event, 'run', 'facets', 'processing_engine', 'name');
  const inProducer = /\/integration\/([a-z]+)|apache\/(airflow)\//.exec(text(event, 'producer') ?? '');
  return (named ?? inProducer?.[1] ?? inProducer?.[2])?.toLowerCase();
}

function referenceOf(value: unknown): Reference | undefined {
  const runId = text(value, 'run', 'runId');
  if (runId === undefined) return undefined;
  return { runId, job: { namespace: text(value, 'job', 'namespace') ?? '', name: text(value, 'job', 'name') ?? '' } };
}

/** The task's key in an Airflow DAG run; undefined for events of other engines. */
function airflowTaskKeyOf(event: JsonRecord, dag: Job): string | undefined {
  const facet = record(event, 'run', 'facets', 'airflow');
  const taskId =
    text(facet, 'task', 'task_id') ??
    (integrationOf(event) === 'airflow' ? taskNameWithin(dag.name, text(event, 'job', 'name') ?? '') : undefined);
  if (taskId === undefined) return undefined;
  const mapIndex = first(integer(facet, 'taskInstance', 'map_index'), mapIndexInUrl(text(facet, 'taskInstance', 'log_url')));
  return mapIndex === undefined || mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
}

function mapIndexInUrl(url: string | undefined): number | undefined {
  const found = /[?&]map_index=(\d{1,9})(?:&|$)/.exec(url ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

/** What a job is called within another: Airflow and Spark name an inner job `<outer>.<inner>`. */
export function taskNameWithin(outer: string, inner: string): string | undefined {
  const prefix = `${outer}.`;
  return outer !== '' && inner.length > prefix.length && inner.startsWith(prefix) ? inner.slice(prefix.length) : undefined;
}
