import { createHash } from 'node:crypto';
import type { Alert, AlertChange, AlertableAnomaly, Severity } from './alertable-anomaly.js';
import { isAtLeast } from './alertable-anomaly.js';
import type { AlertRoute, GroupField, RouteMatch } from './alert-route.js';
import { fitsGlob } from './glob.js';
import { quietUntil, type QuietHours } from './quiet-hours.js';

/** A change on its way to a route, before it is put into a message with others. */
export interface RoutedChange {
  readonly route: AlertRoute;
  readonly change: AlertChange;
  readonly groupKey: string;
  readonly dueAtMs: number;
}

/** The group of what waited for the end of quiet hours: all of a route goes out together. */
export const heldGroup = 'held';

/** Whether a route wants to hear of an anomaly. */
export function matches({ workflows, severity_at_least: least, types }: RouteMatch, anomaly: AlertableAnomaly): boolean {
  if (!isAtLeast(anomaly.severity, least)) return false;
  if (types.length > 0 && !types.includes(anomaly.type)) return false;
  return workflows.length === 0 || workflows.some((pattern) => fitsGlob(pattern, anomaly.workflow));
}

/** Sends each change to every enabled route that wants to hear of it. */
export function routeChanges(routes: readonly AlertRoute[], changes: readonly AlertChange[], nowMs: number): readonly RoutedChange[] {
  const enabled = routes.filter(({ is_enabled: isEnabled }) => isEnabled);
  return changes.flatMap((change) =>
    enabled
      .filter(({ match }) => matches(match, change.anomaly))
      .map((route) => ({ route, change, groupKey: groupKeyOf(route.group_by, change.anomaly), dueAtMs: nowMs + route.group_wait_s * 1000 })),
  );
}

/** What alerts of one message have in common, as a hash: names can be longer than an index entry. */
export function groupKeyOf(fields: readonly GroupField[], anomaly: AlertableAnomaly): string {
  const values = fields.map((field) => [field, anomaly[field]]);
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 32);
}

/** The last word on each anomaly, in the order in which they were first told. */
export function foldAlerts(alerts: readonly Alert[]): readonly Alert[] {
  const latest = new Map<string, Alert>();
  for (const alert of alerts) {
    const before = latest.get(alert.anomaly.anomaly_id);
    // Whoever was not told of the opening yet hears of an anomaly that opened, with the severity it has now.
    const kind = before?.kind === 'opened' && alert.kind !== 'resolved' ? 'opened' : alert.kind;
    latest.set(alert.anomaly.anomaly_id, { kind, anomaly: alert.anomaly });
  }
  return [...latest.values()];
}

/** When something of a severity may go out: null is now, otherwise the end of the quiet hours in Unix ms. */
export function heldUntil(quietHours: QuietHours | null, severity: Severity, nowMs: number): number | null {
  return quietHours === null || severity === 'critical' ? null : quietUntil(quietHours, nowMs);
}
