import { OrreryError } from '@orrery/errors';
import { execute, moment, query, type Statement, type Transaction } from '@orrery/persistence';
import type { AnnotationLabel, MarkedTransition, OnBranch } from '../domain/index.js';
import { pageOf, sharedColumns, withWorkflow, type GuidanceFilter, type GuidancePlace, type OfWorkflow } from './guidance-rows.js';

/** What somebody said of a transition. */
export interface Annotation extends OfWorkflow, MarkedTransition, OnBranch {
  readonly annotationId: string;
  readonly note: string;
  readonly by: string;
  readonly atMs: number;
}

/** A mark that holds in a workflow. */
export interface WorkflowMark extends MarkedTransition, OnBranch {
  readonly workflowId: string;
}

/** Every question about what comes next reads all of a workflow. */
export const mostAnnotations = 1000;

const columns = `s.annotation_id as "annotationId", ${sharedColumns}, s.from_task as "fromTask", s.to_task as "toTask", s.label, s.note, s.by`;
const save: Statement = {
  name: 'save annotation',
  text: `
    insert into annotation (tenant_id, annotation_id, workflow_id, workflow, branch, from_task, to_task, label, note, by, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ${moment('$11')})
    on conflict (tenant_id, workflow_id, branch, from_task, to_task) do update set label = excluded.label, note = excluded.note, by = excluded.by, at = excluded.at`,
};
const count: Statement = { name: 'count annotations', text: 'select count(*)::int as count from annotation where workflow_id = $1 and annotation_id <> $2' };
const find: Statement = { name: 'find annotation', text: `select ${columns} from annotation s ${withWorkflow} where s.annotation_id = $1` };
const remove: Statement = { name: 'remove annotation', text: 'delete from annotation where annotation_id = $1 returning workflow_id as "workflowId"' };
const marks: Statement = {
  name: 'marks of workflows',
  text: `select workflow_id as "workflowId", branch, from_task as "fromTask", to_task as "toTask", label from annotation where tenant_id = $1 and workflow_id = any($2::text[]) order by at, annotation_id`,
};

export interface NewAnnotation {
  readonly annotationId: string;
  readonly workflowId: string;
  readonly workflow: string;
  readonly branch: string;
  readonly fromTask: string;
  readonly toTask: string;
  readonly label: AnnotationLabel;
  readonly note: string;
  readonly by: string;
  readonly atMs: number;
}

/** Writes what was said of a transition over what was said before. @throws ORRERY_LIMIT when the workflow has too many already. */
export async function saveAnnotation(transaction: Transaction, tenantId: string, annotation: NewAnnotation): Promise<void> {
  const { annotationId, workflowId, workflow, branch, fromTask, toTask, label, note, by, atMs } = annotation;
  const [{ count: others } = { count: 0 }] = await execute<{ count: number }>(transaction, count, [workflowId, annotationId]);
  if (others >= mostAnnotations) throw new OrreryError('ORRERY_LIMIT', `workflow ${workflow} has ${mostAnnotations} annotations already, and no more can be added`, { retriable: false });
  await execute(transaction, save, [tenantId, annotationId, workflowId, workflow, branch, fromTask, toTask, label, note, by, atMs]);
}

export async function findAnnotation(transaction: Transaction, annotationId: string): Promise<Annotation | undefined> {
  return (await execute<Annotation>(transaction, find, [annotationId]))[0];
}

/** Annotations that match, the latest first, after a place of the same order. */
export async function listAnnotations(transaction: Transaction, filter: GuidanceFilter, after: GuidancePlace | undefined, limit: number): Promise<readonly Annotation[]> {
  const { text, values } = pageOf(`select ${columns} from annotation s`, 's.annotation_id::text', { filter, after, limit });
  return await query<Annotation>(transaction, text, values);
}

/** Removes an annotation; says of which workflow, undefined where there was none. */
export async function removeAnnotation(transaction: Transaction, annotationId: string): Promise<string | undefined> {
  return (await execute<{ workflowId: string }>(transaction, remove, [annotationId]))[0]?.workflowId;
}

/** The marks that hold in workflows, on any branch. */
export async function loadMarks(transaction: Transaction, tenantId: string, workflowIds: readonly string[]): Promise<readonly WorkflowMark[]> {
  return await execute<WorkflowMark>(transaction, marks, [tenantId, workflowIds]);
}
