import { milliseconds } from '@orrery/persistence';

/** A place in a listing: everything up to and with it was shown. */
export interface GuidancePlace {
  readonly atMs: number;
  readonly id: string;
}

/** What to list; absent means any. */
export interface GuidanceFilter {
  readonly workflow?: string | undefined;
  readonly engine?: string | undefined;
  readonly namespace?: string | undefined;
  readonly branch?: string | undefined;
  readonly label?: string | undefined;
  readonly mode?: string | undefined;
}

/** Of which workflow something was said; engine and namespace are null once the workflow itself is forgotten. */
export interface OfWorkflow {
  readonly workflowId: string;
  readonly engine: string | null;
  readonly namespace: string | null;
  readonly workflow: string;
}

/** The columns of {@link OfWorkflow}, and the time of a setting `s`. */
export const sharedColumns = `s.workflow_id as "workflowId", w.engine, w.namespace, s.workflow, s.branch, ${milliseconds('s.at')} as "atMs"`;

/** Where a workflow's tasks and runs are known apart, either names it. */
export const withWorkflow = 'left join lateral (select engine, namespace from workflow_state k where k.tenant_id = s.tenant_id and k.workflow_id = s.workflow_id order by subject limit 1) w on true';

/** SQL of a page, the latest first, and its values. @param id SQL that tells settings of one moment apart */
export function pageOf(select: string, id: string, { filter, after, limit }: { readonly filter: GuidanceFilter; readonly after: GuidancePlace | undefined; readonly limit: number }): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [];
  const value = (parameter: unknown, type: string) => `$${values.push(parameter)}::${type}`;
  const conditions = [
    ...Object.entries(filter).flatMap(([column, wanted]) => (wanted === undefined ? [] : [`${column === 'engine' || column === 'namespace' ? 'w' : 's'}.${column} = ${value(wanted, 'text')}`])),
    ...(after === undefined ? [] : [`(${milliseconds('s.at')}, ${id}) < (${value(after.atMs, 'double precision')}, ${value(after.id, 'text')})`]),
  ];
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  return { text: `${select} ${withWorkflow} ${where} order by ${milliseconds('s.at')} desc, ${id} desc limit ${value(limit, 'int')}`, values };
}

