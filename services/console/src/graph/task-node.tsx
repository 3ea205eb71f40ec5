import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import type { ReactElement } from 'react';
import { TaskMark } from '../anomalies/severity-mark.js';
import type { Anomaly } from '../api/anomaly-shapes.js';
import { durationText, elapsedMs } from '../parts/duration.js';
import { Icon } from '../parts/icon.js';
import { Plain } from '../parts/plain.js';
import { counted, countText } from '../parts/quantity.js';
import { hasFailed, isUnderWay, standingOf, standings, type Standing } from '../parts/standing.js';
import { StandingGlyph } from '../parts/standing-mark.js';
import type { GraphNode } from './graph-model.js';

export type TaskFlowNode = Node<{ readonly drawn: GraphNode; readonly isCritical: boolean; readonly anomalies: readonly Anomaly[]; readonly isTopDown: boolean; readonly toggle: (id: string, isOpen: boolean) => void }, 'task'>;

/** A task in the graph, or several folded into one. */
export function TaskNodeView({ data }: NodeProps<TaskFlowNode>): ReactElement {
  const { drawn, isCritical, anomalies, isTopDown, toggle } = data;
  const [task] = drawn.tasks;
  const standing = commonStanding(drawn);
  return (
    <div className={`graph-node tone-${standings[standing].tone}${isCritical ? ' is-critical' : ''}${drawn.isFold ? ' is-fold' : ''}`}>
      <Handle type="target" position={isTopDown ? Position.Top : Position.Left} isConnectable={false} />
      <StandingGlyph standing={standing} />
      <div className="graph-words">
        <span className="name cut" title={task.name ?? undefined}>
          <Plain text={task.name ?? task.external_id ?? task.task_id} />
        </span>
        <span className="muted cut">{secondLine(drawn)}</span>
      </div>
      <TaskMark anomalies={anomalies} />
      {(drawn.isFold || drawn.hiddenInside > 0 || drawn.isOpen) && <ToggleButton drawn={drawn} toggle={toggle} />}
      <Handle type="source" position={isTopDown ? Position.Bottom : Position.Right} isConnectable={false} />
    </div>
  );
}

function ToggleButton({ drawn, toggle }: Pick<TaskFlowNode['data'], 'drawn' | 'toggle'>): ReactElement {
  const word = drawn.isOpen ? 'Close' : 'Open';
  return (
    <button
      type="button"
      className="icon-button nodrag"
      title={word}
      onClick={(event) => {
        event.stopPropagation();
        toggle(drawn.id, !drawn.isOpen);
      }}
    >
      <Icon name={drawn.isOpen ? 'dash' : 'plus'} label={word} />
    </button>
  );
}

function secondLine({ tasks, isFold, hiddenInside }: GraphNode): string {
  const [task, ...others] = tasks;
  if (isFold) return `and ${countText(others.length)} like it`;
  const took = durationText(task.duration_ms ?? elapsedMs(task.started_at, task.finished_at));
  const parts = [
    took === '–' ? standings[standingOf(task)].word : took,
    task.attempts.length > 1 ? counted(task.attempts.length, 'attempt') : null,
    hiddenInside > 0 ? `${String(hiddenInside)} inside` : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** What a fold shows: the worst, else what is under way, else what the first says. */
function commonStanding({ tasks }: GraphNode): Standing {
  return standingOf(tasks.find(hasFailed) ?? tasks.find(isUnderWay) ?? tasks[0]);
}
