import type { Finding } from '../detection/finding.js';
import { observe } from '../stream-detector.js';
import { judgeSample, type SeriesValue } from './judge-series.js';
import type { SeriesEvent } from './series-of-fact.js';
import { countStart, submissionIntervalMs, type SeriesState } from './series-state.js';

/** What one value came to: a finding, or null when it is as usual. */
export interface SeriesVerdict {
  readonly atMs: number;
  readonly finding: Finding | null;
}

/**
 * Looks at what an event tells of its series, value by value, and learns it.
 *
 * @param threshold how much wider than built the bounds are. @minimum 1
 */
export function learnSeriesEvent(state: SeriesState, event: SeriesEvent, threshold: number): { readonly state: SeriesState; readonly verdicts: readonly SeriesVerdict[] } {
  const { values, open } = valuesOf(state, event);
  let stream = state.stream;
  const verdicts = values.map((value): SeriesVerdict => {
    const before = stream;
    const seen = observe(before, value.atMs, value.value);
    stream = seen.state;
    return { atMs: value.endMs, finding: judgeSample({ key: event.key, before, seen, threshold }, value) };
  });
  return { state: { stream, open }, verdicts };
}

function valuesOf({ open }: SeriesState, event: SeriesEvent): { readonly values: readonly SeriesValue[]; readonly open: SeriesState['open'] } {
  if (event.kind === 'values') return { values: event.values, open };
  const counted = countStart(open, event.startedAtMs);
  const values = counted.closed.map(({ fromMs, starts }) => ({ value: starts, atMs: fromMs, endMs: fromMs + submissionIntervalMs, factId: event.factId, runId: '', taskId: '' }));
  return { values, open: counted.open };
}
