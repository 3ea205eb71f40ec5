import type { ReactElement } from 'react';
import { durationText } from '../parts/duration.js';
import { standings } from '../parts/standing.js';
import type { Bar } from './task-bars.js';
import { extentOf, type TimeSpan } from './time-axis.js';

interface BarStripProps {
  readonly bars: readonly Bar[];
  readonly span: TimeSpan;
  readonly label: string;
  readonly isThin?: boolean;
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** The bars of one row within the span that is shown, with a label behind the last one; the row keeps room for it. */
export function BarStrip({ bars, span, label, isThin = false }: BarStripProps): ReactElement {
  const shown = bars.flatMap((bar) => {
    const extent = extentOf(bar, span);
    return extent === null ? [] : [{ bar, extent }];
  });
  return (
    <div className={`strip${isThin ? ' strip-thin' : ''}`}>
      {shown.map(({ bar, extent }, index) => (
        <span
          key={index}
          className={`bar-${bar.kind} tone-${standings[bar.standing].tone} bar-${bar.standing}`}
          style={{ left: percent(extent.left), width: percent(extent.width) }}
          title={titleOf(bar, bars)}
        />
      ))}
      {shown.length === 0 ? (
        <Outside bars={bars} span={span} />
      ) : (
        <span className="strip-label" style={{ left: percent(Math.max(...shown.map(({ extent }) => extent.left + extent.width))) }}>
          {label}
        </span>
      )}
    </div>
  );
}

/** Points to where the bars are when none of them lies in the span that is shown. */
function Outside({ bars, span }: { readonly bars: readonly Bar[]; readonly span: TimeSpan }): ReactElement | null {
  const first = bars[0];
  if (first === undefined) return null;
  return first.fromMs > span.toMs ? <span className="strip-beyond strip-later">later ›</span> : <span className="strip-beyond strip-earlier">‹ earlier</span>;
}

function titleOf(bar: Bar, bars: readonly Bar[]): string {
  const isOnly = bars.every(({ attempt }) => attempt === bar.attempt);
  const words = bar.kind === 'queue' ? 'waited' : standings[bar.standing].word.toLowerCase();
  return `${isOnly ? '' : `Attempt ${String(bar.attempt)}: `}${words} ${durationText(bar.toMs - bar.fromMs)}`;
}
