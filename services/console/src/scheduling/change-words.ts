import { counted } from '../parts/quantity.js';
import type { Tone } from '../parts/standing.js';
import type { Change } from './model-card.js';

/** What is compared, and the words for less and for more of it. */
export const measures = {
  completion: { name: 'mean completion time', less: 'shorter', more: 'longer' },
  p95: { name: '95th percentile of completion times', less: 'shorter', more: 'longer' },
  executorSeconds: { name: 'executor-seconds', less: 'fewer', more: 'more' },
  objective: { name: 'objective', less: 'lower', more: 'higher' },
} as const;

export type Measure = keyof typeof measures;

/** How one policy did against another, and where. */
export interface Compared {
  readonly measure: Measure;
  readonly baseline: string;
  /** Workload and scenario. */
  readonly place: string;
  readonly sequences: number | null;
}

const baselines: Readonly<Record<string, string>> = {
  tuned: 'the tuned heuristic',
  fair: 'fair shares',
  fifo: 'first in, first out',
  'weighted-fair': 'weighted fair shares',
  'sjf-cp': 'shortest job first',
  'srpt-cp': 'shortest remaining work first',
  'critical-path': 'first in, first out along the critical path',
};

/** A baseline in words; its name where it has none. */
export const baselineWords = (name: string): string => (Object.hasOwn(baselines, name) ? (baselines[name] ?? name) : name);

/** Whether a change is more than chance: its 95 % interval lies on one side of zero. */
export function isClear({ percent, low, high }: Change): boolean {
  return percent !== null && low !== null && high !== null && (high < 0 || low > 0);
}

/** Less is better for all that is compared here. */
export function toneOf(change: Change): Tone {
  if (change.percent === null) return 'bad';
  if (!isClear(change)) return 'calm';
  return change.percent < 0 ? 'good' : 'bad';
}

/** Such as '8.3 % shorter'. */
export function changeText({ percent }: Change, measure: Measure): string {
  const { less, more } = measures[measure];
  if (percent === null) return 'jobs left undone';
  return `${amount(percent)} % ${percent <= 0 ? less : more}`;
}

/** Such as '6.1 to 8.4 %', or '1.1 % shorter to 0.3 % longer' where zero is within. */
export function intervalText({ low, high }: Change, measure: Measure): string {
  if (low === null || high === null) return '';
  const { less, more } = measures[measure];
  if (high <= 0) return `${amount(high)} to ${amount(low)} %`;
  if (low >= 0) return `${amount(low)} to ${amount(high)} %`;
  return `${amount(low)} % ${less} to ${amount(high)} % ${more}`;
}

/**
 * A change as it may be claimed: with its baseline, its workload, its interval and the number of sequences.
 *
 * @example '8.3 % shorter mean completion time than the tuned heuristic on TPC-H, batch of 20 jobs on 50 executors, 95 % interval 7.9 to 8.7 %, n = 100'
 */
export function claimText(change: Change, { measure, baseline, place, sequences }: Compared): string {
  const against = `${baselineWords(baseline)} on ${place}`;
  const count = sequences === null ? '' : `, n = ${String(sequences)}`;
  if (change.percent === null) return `Jobs left undone, unlike under ${against}${count}`;
  const interval = intervalText(change, measure);
  const doubt = interval === '' ? ', without an interval' : `, 95 % interval ${interval}`;
  const { name } = measures[measure];
  if (!isClear(change) && interval !== '') return `No clear difference in ${name} to ${against}: ${changeText(change, measure)}${doubt}${count}`;
  return `${changeText(change, measure)} ${name} than ${against}${doubt}${count}`;
}

/** In how many sequences it was less; empty where nobody counted. */
export function winsText({ wins }: Change, sequences: number | null): string {
  return wins === null || sequences === null ? '' : `better in ${String(wins)} of ${counted(sequences, 'sequence')}`;
}

/** The same without line breaks between figures and what they are of. */
export function unbroken(text: string): string {
  return text.replaceAll(/(\d) (%|s\b)/g, '$1\u00a0$2').replaceAll('n = ', 'n\u00a0=\u00a0');
}

/** A ratio such as that of an experiment as a change. */
export function changeOfRatio({ ratio, low, high }: { readonly ratio: number; readonly low: number; readonly high: number }): Change {
  const percent = (value: number): number | null => (Number.isFinite(value) ? (value - 1) * 100 : null);
  return { percent: percent(ratio), low: percent(low), high: percent(high), wins: null };
}

const amount = (percent: number): string => Math.abs(percent).toFixed(1);
