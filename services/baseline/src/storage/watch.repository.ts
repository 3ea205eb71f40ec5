import { bulkInsert, execute, moment, type Statement, type Transaction } from '@orrery/persistence';

/** What the clock looks at: a run that may take too long, a workflow that may not start. */
export type WatchKind = 'run' | 'start';

export interface WatchItem {
  readonly tenantId: string;
  readonly kind: WatchKind;
  /** A run's id, or a workflow's. */
  readonly subjectId: string;
  /** Of the log, where what ends the watch will be told. */
  readonly partition: number;
}

export interface Watch extends WatchItem {
  readonly dueAtMs: number;
}

const drop: Statement = { name: 'drop watch', text: 'delete from watch where owner = $1 and kind = $2 and subject_id = any($3::text[])' };
const lock: Statement = { name: 'lock watch', text: `select from watch where owner = $1 and kind = $2 and subject_id = any($3::text[]) order by subject_id for update` };
const anyDue: Statement = { name: 'any watch due', text: `select exists (select from watch where due_at <= ${moment('$1')}) as is_due` };
const claim: Statement = {
  name: 'claim watch',
  text: `
    select owner, kind, subject_id, partition from watch
    where due_at <= ${moment('$1')} and not (kind = 'run' and partition = any($2::int[])) and not (kind = 'start' and partition = any($3::int[]))
    order by due_at limit $4::int for update skip locked`,
};

/** Sets when to look at each, over what was set before. */
export async function setWatches(transaction: Transaction, watches: readonly Watch[]): Promise<void> {
  await bulkInsert(transaction, {
    table: 'watch',
    columns: [
      ...['owner', 'kind', 'subject_id'].map((name) => ({ name, type: 'text' })),
      { name: 'partition', type: 'int' },
      { name: 'due_at', type: 'unix_ms' },
    ],
    rows: [...watches]
      .sort((left, right) => (left.subjectId < right.subjectId ? -1 : 1))
      .map(({ tenantId, kind, subjectId, partition, dueAtMs }) => ({ owner: tenantId, kind, subject_id: subjectId, partition, due_at: dueAtMs })),
    onConflict: { target: ['owner', 'kind', 'subject_id'], update: ['partition', 'due_at'] },
  });
}

/** Ends watches. Before anything else of their subjects is locked: whoever looks at them locks them first, too. */
export async function dropWatches(transaction: Transaction, tenantId: string, kind: WatchKind, subjectIds: readonly string[]): Promise<void> {
  if (subjectIds.length === 0) return;
  await execute(transaction, lock, [tenantId, kind, subjectIds]);
  await execute(transaction, drop, [tenantId, kind, subjectIds]);
}

export async function isAnyWatchDue(transaction: Transaction, nowMs: number): Promise<boolean> {
  return (await execute<{ is_due: boolean }>(transaction, anyDue, [nowMs]))[0]?.is_due ?? false;
}

/** Partitions of the log whose latest facts are not learned yet, so that nothing can be said of what is missing. */
export interface LaggingPartitions {
  readonly run: readonly number[];
  readonly start: readonly number[];
}

/** Takes what is due, the longest due first, and locks it; what a consumer has in hand is left to it. */
export async function claimDueWatches(transaction: Transaction, nowMs: number, lagging: LaggingPartitions, limit: number): Promise<readonly WatchItem[]> {
  const rows = await execute<{ owner: string; kind: WatchKind; subject_id: string; partition: number }>(transaction, claim, [nowMs, lagging.run, lagging.start, limit]);
  return rows.map(({ owner: tenantId, kind, subject_id: subjectId, partition }) => ({ tenantId, kind, subjectId, partition }));
}
