import { memo, useMemo, type ReactElement } from 'react';
import type { Run } from '../api/wire-shapes.js';
import { CommitMark } from '../parts/commit-mark.js';
import { durationText, elapsedMs } from '../parts/duration.js';
import { RunEngine } from '../parts/engine-badge.js';
import { Icon } from '../parts/icon.js';
import { agoText, instantText } from '../parts/instant.js';
import { Plain } from '../parts/plain.js';
import { firstLine } from '../parts/plain-text.js';
import { counted, shortCountText } from '../parts/quantity.js';
import { isUnderWay, standingOf, standings } from '../parts/standing.js';
import { StandingMark } from '../parts/standing-mark.js';
import { useNow } from '../parts/use-now.js';
import { runAddress } from '../routing/route.js';
import { durationScaleMs, durationShare } from './duration-share.js';
import { TaskTally } from './task-tally.js';

/** How long a run took, or has taken so far. */
function takenMs(run: Run, nowMs: number): number | null {
  return isUnderWay(run) && run.started_at !== null ? nowMs - Date.parse(run.started_at) : (run.duration_ms ?? elapsedMs(run.started_at, run.finished_at));
}

/** The runs as a table; on narrow pages each row becomes a card. */
export function RunTable({ runs }: { readonly runs: readonly Run[] }): ReactElement {
  const isMoving = runs.some(isUnderWay);
  const nowMs = useNow(true, isMoving ? 1000 : 15_000);
  const scaleMs = useMemo(() => durationScaleMs(runs.map((run) => takenMs(run, nowMs))), [runs, isMoving ? nowMs : 0]);
  return (
    <table className="runs">
      <thead>
        <tr>
          <th scope="col">Outcome</th>
          <th scope="col">Workflow</th>
          <th scope="col">Started</th>
          <th scope="col">Duration</th>
          <th scope="col">Tasks</th>
          <th scope="col" className="number">Events</th>
          <th scope="col" className="number">Artifacts</th>
          <th scope="col">Commit</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <RunRow key={run.run_id} run={run} nowMs={isUnderWay(run) ? nowMs : Math.floor(nowMs / 15_000) * 15_000} scaleMs={scaleMs} />
        ))}
      </tbody>
    </table>
  );
}

interface RunRowProps {
  readonly run: Run;
  readonly nowMs: number;
  readonly scaleMs: number;
}

const RunRow = memo(function RunRow({ run, nowMs, scaleMs }: RunRowProps): ReactElement {
  const began = run.started_at ?? run.queued_at ?? run.received_at;
  return (
    <tr className={`tone-${standings[standingOf(run)].tone}`}>
      <td className="cell-outcome">
        <StandingMark progress={run} />
      </td>
      <td className="cell-workflow">
        <a className="row-link" href={runAddress(run.run_id)}>
          <Plain text={run.workflow ?? run.external_id ?? run.run_id} />
        </a>
        <div className="under">
          <RunEngine run={run} />
          <Subtitle run={run} />
        </div>
      </td>
      <td className="cell-started">
        <time dateTime={began ?? undefined} title={instantText(began)}>
          {agoText(began, nowMs)}
        </time>
      </td>
      <td className="cell-duration">
        <DurationBar durationMs={takenMs(run, nowMs)} scaleMs={scaleMs} />
      </td>
      <td className="cell-tasks">
        <TaskTally counts={run.task_counts} />
      </td>
      <td className="cell-events number" title={counted(run.event_count, 'execution event')}>
        {run.event_count === 0 ? <span className="muted">–</span> : shortCountText(run.event_count)}
      </td>
      <td className="cell-artifacts number" title={counted(run.artifact_count, 'artifact')}>
        {run.artifact_count === 0 ? <span className="muted">–</span> : shortCountText(run.artifact_count)}
      </td>
      <td className="cell-commit">{run.version_control === null ? null : <CommitMark version={run.version_control} />}</td>
    </tr>
  );
});

/** What tells a run from others of its workflow: why it failed or, failing that, what its engine calls it. */
function Subtitle({ run }: { readonly run: Run }): ReactElement {
  const message = run.error?.message ?? run.error?.type ?? null;
  return (
    <>
      {(run.attempt ?? 1) > 1 && (
        <span className="attempt" title={`Attempt ${String(run.attempt)}`}>
          <Icon name="repeat" />
          {run.attempt}
        </span>
      )}
      {message === null ? (
        <span className="muted cut">
          <Plain text={firstLine([run.namespace === run.workflow ? null : run.namespace, run.external_id].filter((part) => part !== null && part !== '').join(' / '), 120)} />
        </span>
      ) : (
        <span className="bad-text cut" title={firstLine(message, 400)}>
          <Plain text={firstLine(message, 160)} />
        </span>
      )}
    </>
  );
}

/** A duration with a bar that compares it with the other runs in the list. */
function DurationBar({ durationMs, scaleMs }: { readonly durationMs: number | null; readonly scaleMs: number }): ReactElement {
  const bar = durationShare(durationMs, scaleMs);
  return (
    <div className="duration">
      <span>{durationText(durationMs)}</span>
      {bar !== null && (
        <span className={`duration-bar${bar.isCut ? ' is-cut' : ''}`} aria-hidden="true" title={bar.isCut ? 'Far longer than the others' : undefined}>
          <span style={{ width: `${String(bar.share * 100)}%` }} />
        </span>
      )}
    </div>
  );
}
