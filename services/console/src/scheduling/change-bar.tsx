import type { ReactElement } from 'react';
import { intervalText, toneOf, type Measure } from './change-words.js';
import type { Change } from './model-card.js';

interface ChangeBarProps {
  readonly change: Change;
  readonly measure: Measure;
  /** Percent at either end of the bar. */
  readonly reach: number;
}

/** An interval on a line that has zero in its middle: less to the left. It repeats what words beside it say. */
export function ChangeBar({ change, measure, reach }: ChangeBarProps): ReactElement | null {
  const { percent, low, high } = change;
  if (percent === null || low === null || high === null) return null;
  const place = (value: number): number => 50 + (Math.max(-reach, Math.min(reach, value)) / reach) * 50;
  return (
    <span className={`change-bar tone-${toneOf(change)}`} aria-hidden="true" title={intervalText(change, measure)}>
      <span className="change-zero" />
      <span className="change-span" style={{ left: `${String(place(low))}%`, width: `${String(Math.max(place(high) - place(low), 0.6))}%` }} />
      <span className="change-middle" style={{ left: `${String(place(percent))}%` }} />
    </span>
  );
}

/** A reach that all changes fit into, as a round number of percent; 5 at least. */
export function reachOf(changes: readonly Change[]): number {
  const most = Math.max(...changes.flatMap(({ low, high }) => [Math.abs(low ?? 0), Math.abs(high ?? 0)]), 0);
  return Math.max(5, Math.ceil(most / 5) * 5);
}
