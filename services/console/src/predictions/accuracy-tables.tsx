import type { ReactElement } from 'react';
import type { Accuracy, TargetAccuracy, WorkflowAccuracy } from '../api/prediction-shapes.js';
import { Icon } from '../parts/icon.js';
import { instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { countText } from '../parts/quantity.js';
import { predictionsAddress } from '../routing/route.js';
import { gradeShares, mainFigure, shareText, spoken, verdictOf } from './accuracy-words.js';

const listedWorkflows = 50;

/** How good predictions of each kind were, and of each workflow. */
export function AccuracyTables({ accuracy: { by_target: targets, workflows } }: { readonly accuracy: Accuracy }): ReactElement {
  return (
    <>
      {targets.length > 0 && <Targets targets={targets} />}
      {workflows.length > 0 && <Workflows workflows={workflows} />}
    </>
  );
}

const origins: Readonly<Record<string, string>> = { asked: 'when somebody asked', tracked: 'of every execution' };

function Targets({ targets }: { readonly targets: readonly TargetAccuracy[] }): ReactElement {
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col" className="number">Predictions</th>
          <th scope="col">How good</th>
          <th scope="col">Grades</th>
          <th scope="col" className="number">In the 80 % interval</th>
        </tr>
      </thead>
      <tbody>
        {targets.map((row) => (
          <tr key={`${row.target} ${row.origin}`}>
            <td>
              {spoken(row.target)} <span className="muted">{origins[row.origin] ?? row.origin}</span>
            </td>
            <td className="number">{countText(row.count)}</td>
            <td>{mainFigure(row)}</td>
            <td>
              <Grades row={row} />
            </td>
            <td className="number">{shareText(row.coverage80)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Grades({ row }: { readonly row: TargetAccuracy }): ReactElement | null {
  const shares = gradeShares(row);
  if (shares.length === 0) return <span className="muted">–</span>;
  const said = shares.map(({ grade, share }) => `${shareText(share)} ${grade}`).join(', ');
  return (
    <span className="grades" role="img" aria-label={said} title={said}>
      {shares.map(({ grade, share }) => (
        <span key={grade} className={`grade-${grade}`} style={{ flexGrow: share }} />
      ))}
    </span>
  );
}

function Workflows({ workflows }: { readonly workflows: readonly WorkflowAccuracy[] }): ReactElement {
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <th scope="col">Workflow</th>
          <th scope="col" className="number">Score</th>
          <th scope="col">Verdict</th>
          <th scope="col" className="number">Predictions</th>
          <th scope="col">Drift</th>
        </tr>
      </thead>
      <tbody>
        {workflows.slice(0, listedWorkflows).map((row) => (
          <tr key={`${row.engine ?? ''} ${row.namespace ?? ''} ${row.workflow}`}>
            <td className="breakable">
              <a href={predictionsAddress({ workflow: row.workflow })}>
                <Plain text={row.workflow === '' ? 'unnamed' : row.workflow} />
              </a>
            </td>
            <td className="number">{shareText(row.score)}</td>
            <td>
              <VerdictMark row={row} />
            </td>
            <td className="number">{countText(row.count)}</td>
            <td>{row.drift === null ? <span className="muted">–</span> : <span title={`Since ${instantText(row.drift.since)}`}>{row.drift.ratio.toFixed(1)} times as wrong as usual</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function VerdictMark({ row }: { readonly row: WorkflowAccuracy }): ReactElement {
  const mark = verdictOf(row.verdict);
  if (mark === null) return <span className="muted">–</span>;
  return (
    <span className={`standing severity tone-${mark.tone}`}>
      <span className="glyph">
        <Icon name={mark.icon} />
      </span>
      {mark.word}
    </span>
  );
}
