import { headline, kindWord, type AlertMessage } from './alert-message.js';
import type { Alert } from './alertable-anomaly.js';
import { plainLine } from './plain-text.js';

export interface EmailText {
  /** One line without control characters. */
  readonly subject: string;
  readonly text: string;
}

const mostRunIds = 5;

/** A message as the subject and the plain text of a mail. */
export function emailText(message: AlertMessage): EmailText {
  const footer = `Sent by Orrery through the alert route "${plainLine(message.routeName, 200)}".`;
  return { subject: `[Orrery] ${headline(message)}`, text: [...message.alerts.map(paragraphOf), footer].join('\n\n') + '\n' };
}

function paragraphOf(alert: Alert): string {
  const { anomaly } = alert;
  const fields: readonly (readonly [string, string | null])[] = [
    ['what', anomaly.text],
    ['where', anomaly.task === null ? anomaly.workflow : `${anomaly.workflow} / ${anomaly.task}`],
    ['type', anomaly.type],
    ['expected', anomaly.expected],
    ['actual', anomaly.actual],
    ['deviation', anomaly.deviation],
    ['detected', new Date(anomaly.detected_at_ms).toISOString()],
    ['runs', anomaly.run_ids.length === 0 ? null : anomaly.run_ids.slice(0, mostRunIds).join(', ')],
    ['link', anomaly.url],
  ];
  const lines = fields.flatMap(([name, value]) => (value === null || value === '' ? [] : [`  ${name}: ${plainLine(value, 2000)}`]));
  return [`${anomaly.severity}, ${kindWord(alert)}: ${plainLine(anomaly.title, 300)}`, ...lines].join('\n');
}
