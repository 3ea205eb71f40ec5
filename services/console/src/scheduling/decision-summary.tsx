import type { ReactElement } from 'react';
import type { ScheduleDecision } from '../api/schedule-shapes.js';
import { durationText } from '../parts/duration.js';
import { Plain } from '../parts/plain.js';
import { counted, countText } from '../parts/quantity.js';
import { changeQuery } from '../routing/use-route.js';
import { CommandLine } from './command-line.js';
import { fallbackWords, summaryOf } from './decision-words.js';

/** Who decided, how often otherwise than the heuristic, and what is to be done where that stood in. */
export function DecisionSummaryCard({ decisions }: { readonly decisions: readonly ScheduleDecision[] }): ReactElement {
  const { count, deciders, differing, fallbacks, medianTookMs } = summaryOf(decisions);
  return (
    <section className="card decision-summary" aria-label="Summary">
      <h2>The latest {counted(count, 'decision')}</h2>
      <dl className="summary-figures">
        {deciders.map(([name, share]) => (
          <div key={name}>
            <dt>by <Plain text={name} /></dt>
            <dd>{countText(share)}</dd>
          </div>
        ))}
        <div>
          <dt>otherwise than the heuristic</dt>
          <dd>{countText(differing)}</dd>
        </div>
        <div>
          <dt>median time</dt>
          <dd>{preciseText(medianTookMs)}</dd>
        </div>
      </dl>
      {fallbacks.length > 0 && (
        <ul className="fallbacks" aria-label="Why the heuristic stood in">
          {fallbacks.map(([fallback, times]) => (
            <FallbackLine key={fallback} fallback={fallback} times={times} />
          ))}
        </ul>
      )}
    </section>
  );
}

function FallbackLine({ fallback, times }: { readonly fallback: string; readonly times: number }): ReactElement {
  const { word, cause, nextStep, command } = fallbackWords(fallback);
  return (
    <li>
      <button type="button" className="chip" title="Show only these" onClick={() => { changeQuery({ fallback }); }}>
        {word} <strong>{countText(times)}</strong>
      </button>
      <div>
        <p>{cause}</p>
        <p className="muted">{nextStep}</p>
        {command !== undefined && <CommandLine command={command} />}
      </div>
    </li>
  );
}

/** Decisions take microseconds to milliseconds. */
export function preciseText(tookMs: number | null): string {
  if (tookMs === null) return '–';
  if (tookMs >= 10) return durationText(tookMs);
  return tookMs < 1 ? `${String(Number((tookMs * 1000).toPrecision(2)))} µs` : `${String(Number(tookMs.toPrecision(2)))} ms`;
}
