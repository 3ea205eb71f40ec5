import { useState, type ReactElement } from 'react';
import type { Task } from '../api/wire-shapes.js';
import { Plain } from '../parts/plain.js';
import { ProblemNote } from '../parts/problem-note.js';
import { useNow } from '../parts/use-now.js';
import { runAddress } from '../routing/route.js';
import { taskKey } from '../trace/branch.js';
import { AnomalyCard } from './anomaly-card.js';
import { worstFirst } from './severity.js';
import { taskOf } from './task-anomalies.js';
import type { RunAnomalies } from './use-run-anomalies.js';

interface RunAnomalyListProps {
  readonly runId: string;
  readonly anomalies: RunAnomalies;
  readonly tasks: readonly Task[];
}

const shownAtFirst = 3;

/** What is not as usual about a run; nothing where all is. */
export function RunAnomalyList({ runId, anomalies, tasks }: RunAnomalyListProps): ReactElement | null {
  const { items, problem, reload, changed } = anomalies;
  const [isWhole, setIsWhole] = useState(false);
  const nowMs = useNow(items.length > 0, 15_000);
  if (problem !== undefined && items.length === 0) return <ProblemNote problem={problem} retry={reload} />;
  if (items.length === 0) return null;
  const sorted = worstFirst(items);
  const shown = isWhole ? sorted : sorted.slice(0, shownAtFirst);
  return (
    <section aria-label="Not as usual">
      <ul className="anomalies">
        {shown.map((anomaly) => {
          const task = taskOf(anomaly, tasks);
          return (
            <AnomalyCard key={anomaly.anomaly_id} anomaly={anomaly} nowMs={nowMs} changed={changed}>
              {task === undefined ? undefined : (
                <a href={runAddress(runId, { at: taskKey(task.task_id) })}>
                  Show <Plain text={task.name ?? task.external_id ?? 'the task'} />
                </a>
              )}
            </AnomalyCard>
          );
        })}
      </ul>
      {shown.length < sorted.length && (
        <button type="button" className="quiet" onClick={() => { setIsWhole(true); }}>
          Show {sorted.length - shown.length} more
        </button>
      )}
    </section>
  );
}
