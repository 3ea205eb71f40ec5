import { useState, type ReactElement } from 'react';
import type { TaskAnomalies } from '../anomalies/task-anomalies.js';
import type { RunDetail, Task } from '../api/wire-shapes.js';
import { hasFailed } from '../parts/standing.js';
import { changeQuery } from '../routing/use-route.js';
import { Inspector } from './inspector.js';
import type { TaskFilter } from './task-filter.js';
import type { TimeSpan } from './time-axis.js';
import { TraceToolbar } from './trace-toolbar.js';
import { useTraceView } from './use-trace-view.js';
import { Waterfall } from './waterfall.js';

interface TraceTabProps {
  readonly run: RunDetail;
  readonly tasks: readonly Task[];
  readonly revision: number;
  readonly marks: TaskAnomalies;
  readonly query: URLSearchParams;
}

/** The waterfall of a run, and beside it what is known of the selected row. */
export function TraceTab({ run, tasks, revision, marks, query }: TraceTabProps): ReactElement {
  const selectedKey = query.get('at');
  const [filter, setFilter] = useState<TaskFilter>({ text: '', onlyFailed: false });
  const [zoom, setZoom] = useState<TimeSpan | null>(null);
  const view = useTraceView({ run, tasks, revision, filter, selectedKey, selectedIn: query.get('in') });
  const selected = selectedKey === null ? undefined : view.rows.find((row) => row.key === selectedKey);
  return (
    <div className={`trace${selected === undefined ? '' : ' has-inspector'}`}>
      <TraceToolbar
        filter={filter}
        setFilter={setFilter}
        taskCount={tasks.length}
        shownCount={view.visibleTasks?.size ?? null}
        failedCount={tasks.filter((task) => hasFailed(task) || task.attempts.some(hasFailed)).length}
        whole={view.whole}
        zoom={zoom}
        zoomTo={setZoom}
        setAllOpen={view.setAllOpen}
      />
      <div className="trace-body">
        {view.rows.length === 0 ? (
          <EmptyTrace isFiltered={view.visibleTasks !== null} />
        ) : (
          <Waterfall
            rows={view.rows}
            whole={view.whole}
            zoom={zoom}
            zoomTo={setZoom}
            nowMs={view.nowMs}
            critical={view.critical}
            marks={marks}
            selectedKey={selectedKey}
            actions={view.actions}
          />
        )}
        {selected !== undefined && (
          <Inspector
            runId={run.run_id}
            row={selected}
            tasks={tasks}
            marks={marks}
            close={() => {
              changeQuery({ at: null, in: null });
            }}
          />
        )}
      </div>
    </div>
  );
}

function EmptyTrace({ isFiltered }: { readonly isFiltered: boolean }): ReactElement {
  return (
    <div className="empty">
      <h2>{isFiltered ? 'No task matches' : 'Nothing was told of the inside of this run yet'}</h2>
      <p>{isFiltered ? 'Change what you look for, or look at all tasks.' : 'Tasks and events appear here as soon as its engine sends them.'}</p>
    </div>
  );
}
