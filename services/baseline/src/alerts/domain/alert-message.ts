import { gravest, type Alert } from './alertable-anomaly.js';
import { plainLine } from './plain-text.js';

/** What one delivery says; it does not change between attempts. */
export interface AlertMessage {
  /** Receivers tell repetitions by it. */
  readonly deliveryId: string;
  readonly tenantId: string;
  readonly routeId: string;
  readonly routeName: string;
  readonly createdAtMs: number;
  /** At least one. */
  readonly alerts: readonly Alert[];
  readonly isTest: boolean;
}

const wordOf = { opened: 'new', severity_raised: 'worse', resolved: 'resolved', reminder: 'still open' } as const;

/** What became of an anomaly, in a word or two. */
export function kindWord({ kind }: Alert): string {
  return wordOf[kind];
}

/** A line that says what a message is about. */
export function headline({ alerts, isTest }: AlertMessage): string {
  const [first] = alerts;
  const prefix = isTest ? 'Test: ' : '';
  if (first === undefined) return `${prefix}no anomalies`;
  const severity = gravest(alerts);
  if (alerts.length === 1) return plainLine(`${prefix}${severity}, ${kindWord(first)}: ${first.anomaly.title}`, 150);
  const workflows = [...new Set(alerts.map(({ anomaly }) => anomaly.workflow))];
  const where = workflows.length === 1 ? workflows[0] : `${workflows.length} workflows`;
  return plainLine(`${prefix}${alerts.length} anomalies in ${where}, the gravest ${severity}`, 150);
}
