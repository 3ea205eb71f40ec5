import { useEffect, type ReactElement, type ReactNode } from 'react';
import { anomaliesOf, type TaskAnomalies } from '../anomalies/task-anomalies.js';
import type { Task } from '../api/wire-shapes.js';
import { Icon } from '../parts/icon.js';
import { ArtifactDetails } from './artifact-details.js';
import { EventDetails } from './event-details.js';
import { TaskDetails } from './task-details.js';
import type { TraceRow } from './trace-rows.js';

interface InspectorProps {
  readonly runId: string;
  readonly row: TraceRow;
  readonly tasks: readonly Task[];
  readonly marks: TaskAnomalies;
  readonly close: () => void;
}

/** All that is known of the selected row. */
export function Inspector({ runId, row, tasks, marks, close }: InspectorProps): ReactElement | null {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') close();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, [close]);
  const details = detailsOf(runId, row, { tasks, marks });
  if (details === null) return null;
  return (
    <aside className="inspector" aria-label="Details">
      <button type="button" className="icon-button inspector-close" title="Close (Esc)" onClick={close}>
        <Icon name="cross" label="Close" />
      </button>
      {details}
    </aside>
  );
}

function detailsOf(runId: string, row: TraceRow, { tasks, marks }: Pick<InspectorProps, 'tasks' | 'marks'>): ReactNode {
  if (row.kind === 'task') return <TaskDetails key={row.key} runId={runId} task={row.node.task} tasks={tasks} anomalies={anomaliesOf(marks, row.node.task.task_id)} />;
  if (row.kind === 'event') return <EventDetails key={row.key} event={row.event} />;
  if (row.kind === 'artifact') return <ArtifactDetails key={row.key} artifact={row.artifact} />;
  return null;
}
