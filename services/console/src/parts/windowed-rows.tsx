import { useEffect, useRef, useState, type ReactElement, type ReactNode, type RefObject } from 'react';
import { windowRange, type WindowRange } from './window-range.js';

interface WindowedRowsProps {
  readonly count: number;
  /** Height of every row, in pixels. */
  readonly rowHeight: number;
  readonly children: (index: number) => ReactNode;
}

/** A long list of equally high rows, of which only those near the window are drawn; the page itself scrolls. */
export function WindowedRows({ count, rowHeight, children }: WindowedRowsProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const { first, end } = useWindowRange(frame, count, rowHeight);
  const indexes = Array.from({ length: end - first }, (_, offset) => first + offset);
  return (
    <div ref={frame} className="windowed" role="presentation" style={{ height: count * rowHeight }}>
      <div role="presentation" className="windowed-rows" style={{ transform: `translateY(${String(first * rowHeight)}px)` }}>
        {indexes.map((index) => children(index))}
      </div>
    </div>
  );
}

function useWindowRange(frame: RefObject<HTMLDivElement | null>, count: number, rowHeight: number): WindowRange {
  const [range, setRange] = useState<WindowRange>({ first: 0, end: Math.min(count, 60) });
  useEffect(() => {
    let isAsked = false;
    const measure = (): void => {
      isAsked = false;
      const top = frame.current?.getBoundingClientRect().top;
      if (top === undefined) return;
      const next = windowRange({ hiddenHeight: -top, windowHeight: window.innerHeight, rowHeight, count });
      setRange((before) => (before.first === next.first && before.end === next.end ? before : next));
    };
    const ask = (): void => {
      if (isAsked) return;
      isAsked = true;
      requestAnimationFrame(measure);
    };
    measure();
    window.addEventListener('scroll', ask, { passive: true });
    window.addEventListener('resize', ask);
    // Something above may grow or shrink without any scrolling.
    const observer = new ResizeObserver(ask);
    observer.observe(document.body);
    return () => {
      window.removeEventListener('scroll', ask);
      window.removeEventListener('resize', ask);
      observer.disconnect();
    };
  }, [frame, count, rowHeight]);
  return { first: Math.min(range.first, count), end: Math.min(range.end, count) };
}
