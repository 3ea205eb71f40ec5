import { useState, type ReactElement, type ReactNode } from 'react';
import type { ChildRun, RunDetail } from '../api/wire-shapes.js';
import type { FeedState } from '../live/live-feed.js';
import { CommitLink } from '../parts/commit-mark.js';
import { CopyButton } from '../parts/copy-button.js';
import { durationText, elapsedMs } from '../parts/duration.js';
import { RunEngine } from '../parts/engine-badge.js';
import { agoText, instantText } from '../parts/instant.js';
import { LiveDot } from '../parts/live-dot.js';
import { Plain } from '../parts/plain.js';
import { hasFailed, isUnderWay, standingOf } from '../parts/standing.js';
import { StandingGlyph, StandingMark } from '../parts/standing-mark.js';
import { useNow } from '../parts/use-now.js';
import { WebLink } from '../parts/web-link.js';
import { runAddress, runsAddress } from '../routing/route.js';
import { FailureNote } from './failure-note.js';
import { TaskTally } from './task-tally.js';

interface RunHeadProps {
  readonly run: RunDetail;
  readonly feed: FeedState;
  readonly revision: number;
  /** Stands below all that is said of the run. */
  readonly children?: ReactNode;
}

/** What a run is: its name, how it ended, and when, where from and why. */
export function RunHead({ run, feed, revision, children }: RunHeadProps): ReactElement {
  return (
    <header className="run-head">
      <nav className="trail" aria-label="Where this is">
        <a href={runsAddress()}>Runs</a>
        {run.workflow !== null && (
          <a href={runsAddress({ workflow: run.workflow })}>
            <Plain text={run.workflow} />
          </a>
        )}
        <LiveDot state={feed} />
      </nav>
      <div className="run-title">
        <h1>
          <Plain text={run.workflow ?? run.external_id ?? run.run_id} />
        </h1>
        <StandingMark progress={run} />
        <RunEngine run={run} />
        {run.url !== null && <WebLink address={run.url}>Open in its engine</WebLink>}
      </div>
      <Facts run={run} />
      {(hasFailed(run) || run.task_counts.failed > 0) && <FailureNote key={run.run_id} run={run} revision={revision} />}
      {children}
    </header>
  );
}

type Fact = readonly [name: string, value: ReactNode];

function Facts({ run }: { readonly run: RunDetail }): ReactElement {
  const nowMs = useNow(true, isUnderWay(run) ? 1000 : 15_000);
  return (
    <dl className="facts">
      {[...timeFacts(run, nowMs), ...originFacts(run), ...kinFacts(run)].map(([name, value]) =>
        value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function timeFacts(run: RunDetail, nowMs: number): readonly Fact[] {
  const began = run.started_at ?? run.queued_at ?? run.received_at;
  const tookMs = isUnderWay(run) && run.started_at !== null ? nowMs - Date.parse(run.started_at) : run.duration_ms;
  return [
    ['Started', began === null ? null : <time dateTime={began} title={instantText(began)}>{agoText(began, nowMs)}</time>],
    ['Duration', tookMs === null ? null : durationText(tookMs)],
    ['Waited', waitText(run)],
    ['Tasks', run.task_counts.total === 0 ? null : <TaskTally counts={run.task_counts} />],
  ];
}

function originFacts(run: RunDetail): readonly Fact[] {
  return [
    ['Commit', run.version_control === null ? null : <CommitLink version={run.version_control} />],
    ['Trigger', plainOrNull(run.trigger)],
    ['Namespace', plainOrNull(run.namespace)],
    ['Run', run.external_id === null ? null : <Identity text={run.external_id} />],
  ];
}

function kinFacts(run: RunDetail): readonly Fact[] {
  const { run_id: id, parent_run_id: parent, root_run_id: root } = run;
  return [
    ['Attempt', (run.attempt ?? 1) > 1 ? <AttemptFact run={run} /> : null],
    ['Parent', parent === null ? null : <a href={runAddress(parent)}>parent run</a>],
    ['Root', root === null || root === parent || root === id ? null : <a href={runAddress(root)}>root run</a>],
    ['Child runs', run.child_runs.length === 0 ? null : <ChildRuns runs={run.child_runs} />],
  ];
}

function AttemptFact({ run }: { readonly run: RunDetail }): ReactElement {
  return (
    <>
      {run.attempt}
      {run.previous_run_id !== null && (
        <a className="after" href={runAddress(run.previous_run_id)}>
          the one before
        </a>
      )}
    </>
  );
}

const leastWaitShownMs = 1000;

function waitText(run: RunDetail): string | null {
  const waitedMs = elapsedMs(run.queued_at, run.started_at);
  return waitedMs === null || waitedMs < leastWaitShownMs ? null : durationText(waitedMs);
}

const plainOrNull = (text: string | null): ReactNode => (text === null || text === '' ? null : <Plain text={text} />);

function Identity({ text }: { readonly text: string }): ReactElement {
  return (
    <span className="identity">
      <code className="cut" title={text}>
        <Plain text={text} />
      </code>
      <CopyButton text={text} what="run id" />
    </span>
  );
}

const shownAtFirst = 4;

function ChildRuns({ runs }: { readonly runs: readonly ChildRun[] }): ReactElement {
  const [isWhole, setIsWhole] = useState(false);
  return (
    <span className="child-runs">
      {(isWhole ? runs : runs.slice(0, shownAtFirst)).map((child) => (
        <a key={child.run_id} href={runAddress(child.run_id)}>
          <StandingGlyph standing={standingOf(child)} />
          <Plain text={child.workflow ?? child.run_id} />
        </a>
      ))}
      {!isWhole && runs.length > shownAtFirst && (
        <button type="button" className="quiet" onClick={() => { setIsWhole(true); }}>
          and {runs.length - shownAtFirst} more
        </button>
      )}
    </span>
  );
}
