import type { ReactElement } from 'react';
import { Icon } from '../parts/icon.js';
import { Plain } from '../parts/plain.js';
import { countText } from '../parts/quantity.js';
import { changeText, intervalText, toneOf } from './change-words.js';
import type { Change, Comparison, Figures, Scenario } from './model-card.js';

/** What every policy came to in one scenario, and what the one on the card makes of each of them. */
export function FiguresTable({ scenario, ours }: { readonly scenario: Scenario; readonly ours: string }): ReactElement {
  const { figures, against } = scenario;
  const sorted = [...figures].sort((left, right) => (left.meanCompletionSeconds ?? Infinity) - (right.meanCompletionSeconds ?? Infinity));
  return (
    <div className="wide-table">
      <table className="plain-table figures">
        <thead>
          <tr>
            <th scope="col">Policy</th>
            <th scope="col" className="number">Mean completion</th>
            <th scope="col" className="number">95th percentile</th>
            <th scope="col" className="number">Executor-seconds</th>
            <th scope="col" className="number">Left undone</th>
            <th scope="col" className="number">Decisions</th>
            <th scope="col" className="number">Moves</th>
            <th scope="col" className="number">Decision p50 / p99</th>
            <th scope="col"><Plain text={ours} /> against it: mean</th>
            <th scope="col">95th percentile</th>
            <th scope="col">Executor-seconds</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <FiguresRow key={row.policy} row={row} isOurs={row.policy === ours} comparison={against.find(({ baseline }) => baseline === row.policy)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface FiguresRowProps {
  readonly row: Figures;
  readonly isOurs: boolean;
  readonly comparison: Comparison | undefined;
}

function FiguresRow({ row, isOurs, comparison }: FiguresRowProps): ReactElement {
  return (
    <tr className={isOurs ? 'is-selected' : undefined}>
      <th scope="row">
        <Plain text={row.policy} />
      </th>
      <td className="number">{secondsText(row.meanCompletionSeconds)}</td>
      <td className="number">{secondsText(row.p95CompletionSeconds)}</td>
      <td className="number">{wholeText(row.executorSeconds)}</td>
      <td className={`number${(row.unfinishedJobs ?? 0) > 0 ? ' bad-text' : ''}`}>{countText(row.unfinishedJobs)}</td>
      <td className="number">{wholeText(row.decisions)}</td>
      <td className="number">{wholeText(row.moves)}</td>
      <td className="number">{microsecondsText(row.decisionP50Us)} / {microsecondsText(row.decisionP99Us)}</td>
      <td><ChangeCell change={comparison?.completion} measure="completion" /></td>
      <td><ChangeCell change={comparison?.p95} measure="p95" /></td>
      <td><ChangeCell change={comparison?.executorSeconds} measure="executorSeconds" /></td>
    </tr>
  );
}

function ChangeCell({ change, measure }: { readonly change: Change | undefined; readonly measure: 'completion' | 'p95' | 'executorSeconds' | 'objective' }): ReactElement {
  if (change === undefined) return <span className="muted">–</span>;
  return (
    <span className={`change-cell tone-${toneOf(change)}`}>
      <strong>{changeText(change, measure)}</strong>
      <span className="muted">{intervalText(change, measure)}</span>
    </span>
  );
}

/** How the policy stood what goes otherwise than usual. */
export function StressTable({ scenarios }: { readonly scenarios: readonly Scenario[] }): ReactElement | null {
  if (scenarios.length === 0) return null;
  return (
    <section aria-label="Under stress">
      <h2>Under stress</h2>
      <p className="muted section-lead">No scenario may be worse than fair shares, by what the policy was trained for.</p>
      <div className="wide-table">
        <table className="plain-table stress">
          <thead>
            <tr>
              <th scope="col">Scenario</th>
              <th scope="col">Workload</th>
              <th scope="col" className="number">n</th>
              <th scope="col">Mean completion, against fair shares</th>
              <th scope="col">Executor-seconds</th>
              <th scope="col">Passed</th>
            </tr>
          </thead>
          <tbody>
            {scenarios.map((scenario) => (
              <StressRow key={`${scenario.workload} ${scenario.name}`} scenario={scenario} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function StressRow({ scenario: { name, words, workload, sequences, against, isPassed, verdict } }: { readonly scenario: Scenario }): ReactElement {
  const fair = against.find(({ baseline }) => baseline === 'fair') ?? against[0];
  return (
    <tr title={verdict}>
      <td>
        <Plain text={name} /> <span className="muted"><Plain text={words} /></span>
      </td>
      <td><Plain text={workload} /></td>
      <td className="number">{countText(sequences)}</td>
      <td><ChangeCell change={fair?.completion} measure="completion" /></td>
      <td><ChangeCell change={fair?.executorSeconds} measure="executorSeconds" /></td>
      <td>{isPassed === null ? <span className="muted">–</span> : <Passed isPassed={isPassed} />}</td>
    </tr>
  );
}

function Passed({ isPassed }: { readonly isPassed: boolean }): ReactElement {
  return (
    <span className={`standing severity tone-${isPassed ? 'good' : 'bad'}`}>
      <span className="glyph">
        <Icon name={isPassed ? 'check' : 'cross'} />
      </span>
      {isPassed ? 'Yes' : 'No'}
    </span>
  );
}

const secondsText = (seconds: number | null): string => (seconds === null ? '–' : `${Number(seconds.toPrecision(4)).toLocaleString('en-US')} s`);
const wholeText = (value: number | null): string => (value === null ? '–' : Math.round(value).toLocaleString('en-US'));

function microsecondsText(durationUs: number | null): string {
  if (durationUs === null || durationUs === 0) return '–';
  return durationUs < 1000 ? `${String(Number(durationUs.toPrecision(3)))} µs` : `${String(Number((durationUs / 1000).toPrecision(3)))} ms`;
}
