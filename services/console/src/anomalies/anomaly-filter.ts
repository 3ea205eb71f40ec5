import type { AnomalyStatus, Severity } from '../api/anomaly-shapes.js';
import { severityOrder } from './severity.js';

/** `unresolved` is open or acknowledged, `any` everything. */
export type StatusChoice = AnomalyStatus | 'unresolved' | 'any';

/** What the list of anomalies is narrowed to. */
export interface AnomalyFilter {
  readonly status: StatusChoice;
  readonly severity: Severity | '';
  readonly workflow: string;
}

export const statusChoices: readonly (readonly [choice: StatusChoice, word: string])[] = [
  ['unresolved', 'Unresolved'],
  ['open', 'Open'],
  ['acknowledged', 'Acknowledged'],
  ['resolved', 'Resolved'],
  ['any', 'All'],
];

export const atFirst: AnomalyFilter = { status: 'unresolved', severity: '', workflow: '' };

/** Reads a filter from an address; what it does not know narrows nothing. */
export function anomalyFilterOf(query: URLSearchParams): AnomalyFilter {
  const [status] = statusChoices.find(([choice]) => choice === query.get('status')) ?? [];
  const severity = severityOrder.find((known) => known === query.get('severity'));
  return { status: status ?? atFirst.status, severity: severity ?? '', workflow: query.get('workflow') ?? '' };
}

/** The filter as query of the page's address; what is as at first is left out. */
export function addressQueryOf({ status, severity, workflow }: AnomalyFilter): Record<string, string | null> {
  return { status: status === atFirst.status ? null : status, severity: severity === '' ? null : severity, workflow: workflow === '' ? null : workflow };
}

/** The filter as query of the API. */
export function apiQueryOf({ status, severity, workflow }: AnomalyFilter): Record<string, string> {
  return { status: status === 'any' ? '' : status, severity, workflow };
}

/** Whether the filter is another than at first. */
export const isChanged = (filter: AnomalyFilter): boolean => Object.values(addressQueryOf(filter)).some((part) => part !== null);
