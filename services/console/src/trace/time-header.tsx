import { useRef, useState, type PointerEvent, type ReactElement } from 'react';
import { tickText, type Tick, type TimeSpan } from './time-axis.js';

interface TimeHeaderProps {
  readonly ticks: readonly Tick[];
  readonly span: TimeSpan;
  readonly isZoomed: boolean;
  readonly zoomTo: (span: TimeSpan | null) => void;
}

const leastDrag = 0.01;

/** The time axis; dragging over it zooms to what was marked, a double click shows the whole run again. */
export function TimeHeader({ ticks, span, isZoomed, zoomTo }: TimeHeaderProps): ReactElement {
  const axis = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  const positionOf = (event: PointerEvent): number => {
    const box = axis.current?.getBoundingClientRect();
    return box === undefined ? 0 : Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const finish = (): void => {
    if (drag !== null && Math.abs(drag[1] - drag[0]) > leastDrag) {
      const lengthMs = span.toMs - span.fromMs;
      zoomTo({ fromMs: span.fromMs + Math.min(...drag) * lengthMs, toMs: span.fromMs + Math.max(...drag) * lengthMs });
    }
    setDrag(null);
  };
  return (
    <div className="trace-head" role="row">
      <div className="trace-name" role="columnheader">
        Task or event
      </div>
      <div
        ref={axis}
        className="trace-time axis"
        role="columnheader"
        aria-label="Time since the start"
        title={isZoomed ? 'Double click for the whole run' : 'Drag to zoom'}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([positionOf(event), positionOf(event)]);
        }}
        onPointerMove={(event) => {
          if (drag !== null) setDrag([drag[0], positionOf(event)]);
        }}
        onPointerUp={finish}
        onPointerCancel={() => { setDrag(null); }}
        onDoubleClick={() => { zoomTo(null); }}
      >
        {ticks.map(({ offsetMs, position }) => (
          <span key={offsetMs} className="tick" style={{ left: `${String(position * 100)}%` }}>
            {tickText(offsetMs)}
          </span>
        ))}
        {drag !== null && <span className="axis-drag" style={{ left: `${String(Math.min(...drag) * 100)}%`, width: `${String(Math.abs(drag[1] - drag[0]) * 100)}%` }} />}
      </div>
    </div>
  );
}
