import type { Statement, Transaction } from '@orrery/persistence';
import type { EventState } from '../domain/event-state.js';
import { fromEventRow, shownEventColumns as eventColumns } from './event-rows.js';
import type { Row } from './field-map.js';
import type { Place } from './place.js';
import { execute, query } from './statement.js';

/** Where the rows of a run lie. */
export interface RunPlace {
  readonly runId: string;
  readonly bucket: string;
}

/** Which events of a run to list. */
export interface EventFilter {
  readonly taskId?: string | undefined;
  readonly parentEventId?: string | undefined;
  readonly actor?: string | undefined;
  readonly kind?: string | undefined;
}

const ofRun = 'e.run_id = $1 and e.bucket = $2';

const hasNoParentInTask = `not exists (
  select from execution_event parent where parent.run_id = $1 and parent.bucket = $2 and parent.event_id = e.parent_event_id and parent.task_id = e.task_id)`;

const childrenByParent: Statement = {
  name: 'children by parent',
  text: `
    select child.* from unnest($3::uuid[]) as parent (id) cross join lateral (
      select ${eventColumns} from execution_event e where ${ofRun} and e.parent_event_id = parent.id order by e.placed_at, e.event_id limit $4::int
    ) as child`,
};

const countChildren: Statement = {
  name: 'count children',
  text: `
    select parent.id as parent_event_id, (select count(*) from execution_event e where ${ofRun} and e.parent_event_id = parent.id) as children
    from unnest($3::uuid[]) as parent (id)`,
};

const countArtifacts: Statement = {
  name: 'count artifacts by event',
  text: 'select event_id, count(*) as artifacts from artifact where run_id = $1 and event_id = any($2::uuid[]) group by event_id',
};

/**
 * Events in the order of their start, after a place of that order: those without a parent or, of a task, without a parent in the same
 * task; all, where an actor or kind is asked for.
 */
export async function listEvents(transaction: Transaction, { runId, bucket }: RunPlace, filter: EventFilter, page: { readonly after: Place | undefined; readonly limit: number }): Promise<readonly EventState[]> {
  const values: unknown[] = [runId, bucket];
  const conditions = conditionsOf(filter, values);
  if (page.after !== undefined) {
    values.push(page.after.atUs, page.after.id);
    conditions.push(`(e.placed_at, e.event_id) > (timestamptz 'epoch' + $${values.length - 1}::bigint * interval '1 microsecond', $${values.length}::uuid)`);
  }
  values.push(page.limit);
  const text = `select ${eventColumns} from execution_event e where ${conditions.join(' and ')} order by e.placed_at, e.event_id limit $${values.length}::int`;
  return (await query<Row>(transaction, text, values)).map(fromEventRow);
}

/** How many events match by actor or kind. */
export async function countEvents(transaction: Transaction, { runId, bucket }: RunPlace, filter: EventFilter): Promise<number> {
  const values: unknown[] = [runId, bucket];
  const conditions = conditionsOf(filter, values);
  const [row] = await query<{ total: number }>(transaction, `select count(*) as total from execution_event e where ${conditions.join(' and ')}`, values);
  return row?.total ?? 0;
}

/** The first children of each event. */
export async function listChildren(transaction: Transaction, { runId, bucket }: RunPlace, parentIds: readonly string[], limitEach: number): Promise<readonly EventState[]> {
  if (parentIds.length === 0) return [];
  return (await execute<Row>(transaction, childrenByParent, [runId, bucket, parentIds, limitEach])).map(fromEventRow);
}

export async function countChildrenOf(transaction: Transaction, { runId, bucket }: RunPlace, parentIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (parentIds.length === 0) return new Map();
  const rows = await execute<{ parent_event_id: string; children: number }>(transaction, countChildren, [runId, bucket, parentIds]);
  return new Map(rows.map((row) => [row.parent_event_id, row.children]));
}

export async function countArtifactsOf(transaction: Transaction, runId: string, eventIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (eventIds.length === 0) return new Map();
  const rows = await execute<{ event_id: string; artifacts: number }>(transaction, countArtifacts, [runId, eventIds]);
  return new Map(rows.map((row) => [row.event_id, row.artifacts]));
}

function conditionsOf({ taskId, parentEventId, actor, kind }: EventFilter, values: unknown[]): string[] {
  const conditions = [ofRun];
  const equal = (column: string, value: string, type: string) => conditions.push(`e.${column} = $${values.push(value)}::${type}`);
  const isFlat = actor !== undefined || kind !== undefined;
  if (parentEventId !== undefined) equal('parent_event_id', parentEventId, 'uuid');
  else if (!isFlat) conditions.push(taskId === undefined ? 'e.parent_event_id is null' : hasNoParentInTask);
  if (taskId !== undefined) equal('task_id', taskId, 'uuid');
  if (actor !== undefined) equal('actor', actor, 'text');
  if (kind !== undefined) equal('kind', kind, 'text');
  if (isFlat) conditions.push('e.is_told');
  return conditions;
}
