import type { ReactElement } from 'react';
import { Icon } from '../parts/icon.js';
import { counted } from '../parts/quantity.js';
import type { TaskFilter } from './task-filter.js';
import { zoomed, type TimeSpan } from './time-axis.js';

interface TraceToolbarProps {
  readonly filter: TaskFilter;
  readonly setFilter: (filter: TaskFilter) => void;
  readonly taskCount: number;
  readonly shownCount: number | null;
  readonly failedCount: number;
  readonly whole: TimeSpan;
  readonly zoom: TimeSpan | null;
  readonly zoomTo: (span: TimeSpan | null) => void;
  readonly setAllOpen: (isOpen: boolean) => void;
}

const step = 0.5;

/** What narrows, opens and zooms the waterfall. */
export function TraceToolbar(props: TraceToolbarProps): ReactElement {
  const { filter, setFilter, taskCount, shownCount, failedCount } = props;
  return (
    <div className="toolbar" role="toolbar" aria-label="Trace">
      {taskCount > 1 && (
        <label className="text-filter">
          <Icon name="search" />
          <input type="search" aria-label="Find tasks" placeholder="Find tasks" value={filter.text} onChange={(event) => { setFilter({ ...filter, text: event.target.value }); }} />
        </label>
      )}
      {failedCount > 0 && taskCount > 1 && (
        <button type="button" className="chip" aria-pressed={filter.onlyFailed} onClick={() => { setFilter({ ...filter, onlyFailed: !filter.onlyFailed }); }}>
          Only failed
        </button>
      )}
      {taskCount > 0 && <span className="muted toolbar-count">{shownCount === null ? counted(taskCount, 'task') : `${String(shownCount)} of ${counted(taskCount, 'task')}`}</span>}
      {taskCount > 1 && <Legend />}
      <ZoomButtons {...props} />
    </div>
  );
}

function ZoomButtons({ whole, zoom, zoomTo, setAllOpen }: TraceToolbarProps): ReactElement {
  const zoomBy = (factor: number): void => {
    const next = zoomed(zoom ?? whole, whole, factor, 0.5);
    zoomTo(next.toMs - next.fromMs >= whole.toMs - whole.fromMs ? null : next);
  };
  return (
    <div className="button-group">
      <button type="button" onClick={() => { setAllOpen(true); }}>
        Open all
      </button>
      <button type="button" onClick={() => { setAllOpen(false); }}>
        Close all
      </button>
      <button type="button" className="icon-button" title="Zoom in" onClick={() => { zoomBy(step); }}>
        <Icon name="plus" label="Zoom in" />
      </button>
      <button type="button" className="icon-button" title="Zoom out" disabled={zoom === null} onClick={() => { zoomBy(1 / step); }}>
        <Icon name="dash" label="Zoom out" />
      </button>
      <button type="button" className="icon-button" title="Show the whole run" disabled={zoom === null} onClick={() => { zoomTo(null); }}>
        <Icon name="fit" label="Show the whole run" />
      </button>
    </div>
  );
}

function Legend(): ReactElement {
  return (
    <span className="legend" aria-hidden="true">
      <span className="swatch bar-queue" /> waited
      <span className="swatch bar-work tone-good" /> succeeded
      <span className="swatch bar-work tone-bad bar-failure" /> failed
      <span className="critical">
        <Icon name="flame" />
      </span>
      critical
    </span>
  );
}
