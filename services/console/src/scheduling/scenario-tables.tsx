import type { ReactElement } from 'react';
import { Icon } from '../parts/icon.js';
import { Plain } from '../parts/plain.js';
import { countText } from '../parts/quantity.js';
import { changeText, intervalText, toneOf, type Measure } from './change-words.js';
import type { Change, Figures, Scenario } from './model-card.js';

/** What every policy came to in one scenario. */
export function FiguresTable({ scenario, ours }: ScenarioTableProps): ReactElement {
  const sorted = [...scenario.figures].sort((left, right) => (left.meanCompletionSeconds ?? Infinity) - (right.meanCompletionSeconds ?? Infinity));
  return (
    <div className="wide-table" role="region" aria-label="Figures of every policy" tabIndex={0}>
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
            <th scope="col" className="number">A decision takes, p50 / p99</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <FiguresRow key={row.policy} row={row} isOurs={row.policy === ours} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ScenarioTableProps {
  readonly scenario: Scenario;
  /** The policy that is held against the others. */
  readonly ours: string;
}

function FiguresRow({ row, isOurs }: { readonly row: Figures; readonly isOurs: boolean }): ReactElement {
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
    </tr>
  );
}

/** One policy against each of the others, on the same sequences. */
export function AgainstTable({ scenario: { against, sequences, workload, words }, ours }: ScenarioTableProps): ReactElement | null {
  if (against.length === 0) return null;
  return (
    <>
      <h3 className="table-name">
        <Plain text={ours} /> against each of them, on {workload}, {words}: 95 % intervals{sequences !== null && `, n = ${String(sequences)}`}
      </h3>
      <div className="wide-table" role="region" aria-label={`${ours} against each`} tabIndex={0}>
        <table className="plain-table figures">
          <thead>
            <tr>
              <th scope="col">Against</th>
              <th scope="col">Mean completion</th>
              <th scope="col">95th percentile</th>
              <th scope="col">Executor-seconds</th>
              <th scope="col">Objective</th>
              <th scope="col" className="number">Better in</th>
            </tr>
          </thead>
          <tbody>
            {against.map(({ baseline, completion, p95, executorSeconds, objective }) => (
              <tr key={baseline}>
                <th scope="row">
                  <Plain text={baseline} />
                </th>
                <td><ChangeCell change={completion} measure="completion" /></td>
                <td><ChangeCell change={p95} measure="p95" /></td>
                <td><ChangeCell change={executorSeconds} measure="executorSeconds" /></td>
                <td><ChangeCell change={objective} measure="objective" /></td>
                <td className="number">{completion.wins === null ? '–' : `${String(completion.wins)} of ${countText(sequences)}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function ChangeCell({ change, measure }: { readonly change: Change | undefined; readonly measure: Measure }): ReactElement {
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
      <div className="wide-table" role="region" aria-label="Stress scenarios" tabIndex={0}>
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
