import { randomUUID } from 'node:crypto';
import { bulkInsert, moment, query, type Transaction } from '@orrery/persistence';
import type { Alert, AlertableAnomaly } from './domain/alertable-anomaly.js';

/** One alert of one route that waits to be put into a message. */
export interface Notice {
  readonly noticeId: string;
  readonly routeId: string;
  readonly groupKey: string;
  readonly alert: Alert;
  readonly dueAtMs: number;
}

export type NewNotice = Omit<Notice, 'noticeId'>;

/** Stores notices and returns them with their ids; of an anomaly there is at most one reminder a route at a time, others are left out. */
export async function addNotices(transaction: Transaction, tenantId: string, notices: readonly NewNotice[]): Promise<readonly Notice[]> {
  const added = notices.map((notice) => ({ ...notice, noticeId: randomUUID() }));
  const { rows } = await bulkInsert(transaction, {
    table: 'alert_notice',
    columns: [
      { name: 'tenant_id', type: 'text' },
      { name: 'notice_id', type: 'uuid' },
      { name: 'route_id', type: 'text' },
      { name: 'group_key', type: 'text' },
      { name: 'kind', type: 'text' },
      { name: 'anomaly_id', type: 'text' },
      { name: 'anomaly', type: 'jsonb' },
      { name: 'due_at', type: 'unix_ms' },
    ],
    rows: added.map(({ noticeId, routeId, groupKey, alert, dueAtMs }) => ({
      tenant_id: tenantId,
      notice_id: noticeId,
      route_id: routeId,
      group_key: groupKey,
      kind: alert.kind,
      anomaly_id: alert.anomaly.anomaly_id,
      anomaly: alert.anomaly,
      due_at: dueAtMs,
    })),
    onConflict: 'nothing',
    returning: ['notice_id'],
  });
  const stored = new Set(rows.map(({ notice_id: noticeId }) => noticeId));
  return added.filter(({ noticeId }) => stored.has(noticeId));
}

/** The group that a notice belongs to; undefined when it is in a message already. */
export async function groupOf(transaction: Transaction, noticeId: string): Promise<Pick<Notice, 'routeId' | 'groupKey'> | undefined> {
  const [row] = await query<{ route_id: string; group_key: string }>(transaction, 'select route_id, group_key from alert_notice where notice_id = $1', [noticeId]);
  return row === undefined ? undefined : { routeId: row.route_id, groupKey: row.group_key };
}

export interface WaitingNotice {
  readonly noticeId: string;
  readonly alert: Alert;
}

/**
 * Takes notices of a group, the oldest first, and locks them; those that another transaction has are left to it. Reminders come only
 * when they are due, all others at once: the first that is due takes the rest of its group along.
 */
export async function lockNotices(transaction: Transaction, { routeId, groupKey }: Pick<Notice, 'routeId' | 'groupKey'>, nowMs: number, limit: number): Promise<readonly WaitingNotice[]> {
  const text = `
    select notice_id, kind, anomaly from alert_notice
    where route_id = $1 and group_key = $2 and (kind <> 'reminder' or due_at <= ${moment('$3')})
    order by number limit $4 for update skip locked`;
  const rows = await query<{ notice_id: string; kind: Alert['kind']; anomaly: AlertableAnomaly }>(transaction, text, [routeId, groupKey, nowMs, limit]);
  return rows.map(({ notice_id: noticeId, kind, anomaly }) => ({ noticeId, alert: { kind, anomaly } }));
}

/** Moves notices into another group; reminders that were due stay due, whenever that group is looked at. */
export async function moveNotices(transaction: Transaction, noticeIds: readonly string[], groupKey: string): Promise<void> {
  await query(transaction, 'update alert_notice set group_key = $2 where notice_id = any($1::uuid[])', [noticeIds, groupKey]);
}

export async function dropNotices(transaction: Transaction, noticeIds: readonly string[]): Promise<void> {
  await query(transaction, 'delete from alert_notice where notice_id = any($1::uuid[])', [noticeIds]);
}

/** One of the notices of a group; undefined when there is none. */
export async function anyOfGroup(transaction: Transaction, routeId: string, groupKey: string): Promise<string | undefined> {
  return (await query<{ notice_id: string }>(transaction, 'select notice_id from alert_notice where route_id = $1 and group_key = $2 limit 1', [routeId, groupKey]))[0]?.notice_id;
}
