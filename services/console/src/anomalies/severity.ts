import type { Anomaly, Severity } from '../api/anomaly-shapes.js';
import type { IconName } from '../parts/icon.js';
import type { Tone } from '../parts/standing.js';

interface Description {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

/** From the worst to the mildest; each has a sign of its own, since colour is never the only one. */
export const severityOrder: readonly Severity[] = ['critical', 'warning', 'info'];

const descriptions: Readonly<Record<Severity, Description>> = {
  critical: { word: 'Critical', tone: 'bad', icon: 'bangs' },
  warning: { word: 'Warning', tone: 'warning', icon: 'bang' },
  info: { word: 'Info', tone: 'active', icon: 'note' },
};

/** How a severity is shown; one that this page does not know counts as a warning. */
export function severityOf(severity: Severity): Description {
  return Object.hasOwn(descriptions, severity) ? descriptions[severity] : descriptions.warning;
}

const rank = ({ severity }: Anomaly): number => {
  const index = severityOrder.indexOf(severity);
  return index < 0 ? 1 : index;
};

const isOver = ({ status }: Anomaly): number => (status === 'resolved' ? 1 : 0);

/** What is still there before what is over, the worst first; what is alike stays in its order. */
export function worstFirst(anomalies: readonly Anomaly[]): readonly Anomaly[] {
  return [...anomalies].sort((a, b) => isOver(a) - isOver(b) || rank(a) - rank(b));
}
