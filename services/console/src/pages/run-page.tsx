import { lazy, Suspense, useEffect, useMemo, type ReactElement } from 'react';
import { RunAnomalyList } from '../anomalies/run-anomaly-list.js';
import { anomaliesByTask, type TaskAnomalies } from '../anomalies/task-anomalies.js';
import { useRunAnomalies } from '../anomalies/use-run-anomalies.js';
import type { RunDetail, Task } from '../api/wire-shapes.js';
import { ProblemNote } from '../parts/problem-note.js';
import { shortCountText } from '../parts/quantity.js';
import { runAddress, runsAddress } from '../routing/route.js';
import { goTo } from '../routing/use-route.js';
import { TraceTab } from '../trace/trace-tab.js';
import { ActorsTab } from './actors-tab.js';
import { ArtifactsTab } from './artifacts-tab.js';
import { MessagesTab } from './messages-tab.js';
import { RunHead } from './run-head.js';
import { runTabs, tabNames, tabOf, type RunTab } from './run-tabs.js';
import { SourcesTab } from './sources-tab.js';
import { StateTab } from './state-tab.js';
import { useOnRevision, useRun, type LiveRun } from './use-run.js';
import { useTitle } from './use-title.js';

const noTasks: readonly Task[] = [];

const GraphTab = lazy(() => import('../graph/graph-tab.js'));

/** One run: what it is, and what happened in it from several sides. */
export function RunPage({ runId, query }: { readonly runId: string; readonly query: URLSearchParams }): ReactElement {
  const live = useRun(runId);
  const { value: run, problem } = live.run;
  const anomalies = useRunAnomalies(runId, run);
  useOnRevision(live.revision, anomalies.reload);
  const tasks = live.tasks.value ?? noTasks;
  const marks = useMemo(() => anomaliesByTask(tasks, anomalies.items), [tasks, anomalies.items]);
  useTitle(run?.workflow ?? 'Run');
  const tab = tabOf(query);
  if (run === undefined || !anomalies.isSettled) {
    return (
      <div className="page">
        <nav className="trail" aria-label="Where this is">
          <a href={runsAddress()}>Runs</a>
        </nav>
        {problem === undefined ? <div className="shimmer shimmer-tall" aria-busy="true" aria-label="Reading the run" /> : <ProblemNote problem={problem} retry={live.run.reload} />}
      </div>
    );
  }
  return (
    <div className="page">
      <RunHead run={run} feed={live.feed} revision={live.revision}>
        <RunAnomalyList runId={runId} anomalies={anomalies} tasks={tasks} />
      </RunHead>
      {problem !== undefined && <ProblemNote problem={problem} retry={live.run.reload} />}
      <TabList runId={runId} chosen={tab} run={run} />
      <div className="tab-panel" role="tabpanel" id="panel" aria-labelledby={`tab-${tab}`}>
        <Panel tab={tab} run={run} live={live} marks={marks} query={query} />
      </div>
    </div>
  );
}

interface PanelProps {
  readonly tab: RunTab;
  readonly run: RunDetail;
  readonly live: LiveRun;
  readonly marks: TaskAnomalies;
  readonly query: URLSearchParams;
}

function Panel({ tab, run, live, marks, query }: PanelProps): ReactElement {
  const { tasks, revision } = live;
  if (tab === 'artifacts') return <ArtifactsTab run={run} revision={revision} tasks={tasks.value ?? []} query={query} />;
  if (tab === 'actors') return <ActorsTab run={run} query={query} />;
  if (tab === 'messages') return <MessagesTab run={run} revision={revision} />;
  if (tab === 'sources') return <SourcesTab run={run} />;
  if (tab === 'state') return <StateTab run={run} tasks={tasks.value ?? []} />;
  if (tasks.value === undefined) {
    return tasks.problem === undefined ? <div className="shimmer shimmer-tall" aria-busy="true" aria-label="Reading the tasks" /> : <ProblemNote problem={tasks.problem} retry={tasks.reload} />;
  }
  if (tab === 'graph') {
    return (
      <Suspense fallback={<div className="shimmer shimmer-tall" aria-busy="true" aria-label="Loading the graph" />}>
        <GraphTab run={run} tasks={tasks.value} marks={marks} />
      </Suspense>
    );
  }
  return <TraceTab run={run} tasks={tasks.value} revision={revision} marks={marks} query={query} />;
}

interface TabListProps {
  readonly runId: string;
  readonly chosen: RunTab;
  readonly run: RunDetail;
}

function TabList({ runId, chosen, run }: TabListProps): ReactElement {
  useEffect(() => {
    // On narrow pages the tabs do not all fit.
    document.getElementById(`tab-${chosen}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen]);
  const counts: Partial<Record<RunTab, number>> = { artifacts: run.artifact_count, actors: run.actors.length };
  return (
    <div
      className="tabs"
      role="tablist"
      aria-label="Views of the run"
      onKeyDown={(event) => {
        const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (step === 0) return;
        const next = runTabs.at((runTabs.indexOf(chosen) + step) % runTabs.length) ?? 'trace';
        goTo(runAddress(runId, { tab: next === 'trace' ? null : next }), 'replace');
        document.getElementById(`tab-${next}`)?.focus();
      }}
    >
      {runTabs.map((tab) => (
        <a
          key={tab}
          id={`tab-${tab}`}
          role="tab"
          href={runAddress(runId, { tab: tab === 'trace' ? null : tab })}
          aria-selected={tab === chosen}
          aria-controls={tab === chosen ? 'panel' : undefined}
          tabIndex={tab === chosen ? 0 : -1}
        >
          {tabNames[tab]}
          {(counts[tab] ?? 0) > 0 && <span className="tab-count">{shortCountText(counts[tab] ?? 0)}</span>}
        </a>
      ))}
    </div>
  );
}
