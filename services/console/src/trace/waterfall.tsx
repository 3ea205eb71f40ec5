import { useCallback, useEffect, useRef, type KeyboardEvent, type ReactElement } from 'react';
import { anomaliesOf, type TaskAnomalies } from '../anomalies/task-anomalies.js';
import { useIsNarrow } from '../parts/use-media.js';
import { WindowedRows } from '../parts/windowed-rows.js';
import { ticksOf, type TimeSpan } from './time-axis.js';
import { TimeHeader } from './time-header.js';
import { canOpen, TraceRowView, type RowActions } from './trace-row.js';
import type { TraceRow } from './trace-rows.js';

interface WaterfallProps {
  readonly rows: readonly TraceRow[];
  readonly whole: TimeSpan;
  readonly zoom: TimeSpan | null;
  readonly zoomTo: (span: TimeSpan | null) => void;
  readonly nowMs: number;
  readonly critical: ReadonlySet<string>;
  readonly marks: TaskAnomalies;
  readonly selectedKey: string | null;
  readonly actions: RowActions;
}

const rowHeight = 30;
const narrowRowHeight = 44;
const stickyHeight = 96;

/** Tasks and events by time: one row each, of which only those in view are drawn. */
export function Waterfall({ rows, whole, zoom, zoomTo, nowMs, critical, marks, selectedKey, actions }: WaterfallProps): ReactElement {
  const grid = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow();
  const height = isNarrow ? narrowRowHeight : rowHeight;
  const span = zoom ?? whole;
  const ticks = ticksOf(span, whole.fromMs, isNarrow ? 3 : 6);
  const selectedIndex = selectedKey === null ? -1 : rows.findIndex((row) => row.key === selectedKey);
  const reveal = useReveal(grid, height);
  // A selection that came with the address may lie far below, and its row may appear only after its task was read.
  const isThere = selectedIndex >= 0;
  useEffect(() => {
    if (isThere) reveal(selectedIndex);
  }, [selectedKey, isThere, reveal]);
  return (
    <div
      ref={grid}
      className="waterfall"
      role="treegrid"
      aria-label="Trace"
      aria-rowcount={rows.length}
      aria-activedescendant={isThere ? `trace-row-${String(selectedIndex)}` : undefined}
      tabIndex={0}
      onKeyDown={(event) => {
        onTraceKey(event, rows, selectedIndex, actions);
      }}
    >
      <TimeHeader ticks={ticks} span={span} isZoomed={zoom !== null} zoomTo={zoomTo} />
      <div className="trace-rows" role="rowgroup">
        <div className="grid-lines" aria-hidden="true">
          {ticks.map(({ offsetMs, position }) => (
            <span key={offsetMs} style={{ left: `${String(position * 100)}%` }} />
          ))}
        </div>
        <WindowedRows count={rows.length} rowHeight={height}>
          {(index) => {
            const row = rows[index];
            if (row === undefined) return null;
            const isCritical = row.kind === 'task' && critical.has(row.node.task.task_id);
            const anomalies = row.kind === 'task' ? anomaliesOf(marks, row.node.task.task_id) : undefined;
            return <TraceRowView key={row.key} row={row} index={index} span={span} nowMs={nowMs} isSelected={index === selectedIndex} isCritical={isCritical} anomalies={anomalies} actions={actions} />;
          }}
        </WindowedRows>
      </div>
    </div>
  );
}

/** Scrolls just as far as is needed to show a row, below what sticks to the top of the window. */
function useReveal(grid: { readonly current: HTMLDivElement | null }, height: number): (index: number) => void {
  return useCallback(
    (index) => {
      const list = grid.current?.querySelector('.trace-rows')?.getBoundingClientRect();
      if (list === undefined) return;
      const top = list.top + index * height;
      if (top < stickyHeight) window.scrollBy(0, top - stickyHeight - height);
      else if (top + height > window.innerHeight) window.scrollBy(0, top + 2 * height - window.innerHeight);
    },
    [grid, height],
  );
}

function onTraceKey(event: KeyboardEvent, rows: readonly TraceRow[], selectedIndex: number, actions: RowActions): void {
  const row = rows[selectedIndex];
  const goal = { ArrowDown: selectedIndex + 1, ArrowUp: selectedIndex - 1, PageDown: selectedIndex + 20, PageUp: selectedIndex - 20, Home: 0, End: rows.length - 1 }[event.key];
  if (goal !== undefined) {
    const next = rows[Math.min(rows.length - 1, Math.max(0, goal))];
    if (next !== undefined) actions.select(next.key);
  } else if (event.key === 'ArrowRight' && row !== undefined && canOpen(row)) actions.toggle(row.key, true);
  else if (event.key === 'ArrowLeft' && row !== undefined) closeOrLeave(rows, selectedIndex, actions);
  else if (event.key === 'Enter' && row?.kind === 'more') actions.loadMore(row.branchKey);
  else return;
  event.preventDefault();
}

/** Closes an open row; from a closed one, goes to the row that it lies in. */
function closeOrLeave(rows: readonly TraceRow[], index: number, actions: RowActions): void {
  const row = rows[index];
  if (row === undefined) return;
  if ('isOpen' in row && row.isOpen) {
    actions.toggle(row.key, false);
    return;
  }
  const above = rows.slice(0, index).findLast((candidate) => candidate.depth < row.depth);
  if (above !== undefined) actions.select(above.key);
}
