import type { ReactElement } from 'react';
import type { TaskCounts } from '../api/wire-shapes.js';
import { counted, shortCountText } from '../parts/quantity.js';

/** How many tasks are over, and how many of them failed; as numbers and as a bar of shares. */
export function TaskTally({ counts }: { readonly counts: TaskCounts }): ReactElement {
  const { total, finished, failed, running, queued } = counts;
  if (total === 0) return <span className="muted">–</span>;
  const parts = [
    ['good', finished - failed],
    ['bad', failed],
    ['active', running],
  ] as const;
  const title = [`${shortCountText(finished)} of ${counted(total, 'task')} finished`, `${String(failed)} failed`, `${String(running)} running`, `${String(queued)} queued`].join(', ');
  return (
    <div className="tally" title={title}>
      <span>
        {shortCountText(finished)}
        <span className="muted">/{shortCountText(total)}</span>
        {failed > 0 && <span className="bad-text"> {shortCountText(failed)} failed</span>}
      </span>
      <span className="tally-bar" aria-hidden="true">
        {parts.map(([tone, count]) => (count > 0 ? <span key={tone} className={`tone-${tone}`} style={{ width: `${String((count / total) * 100)}%` }} /> : null))}
      </span>
    </div>
  );
}
