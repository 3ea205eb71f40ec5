import { Background, Controls, MarkerType, MiniMap, ReactFlow, type Edge } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import './graph.css';
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { anomaliesOf, type TaskAnomalies } from '../anomalies/task-anomalies.js';
import type { RunDetail, Task } from '../api/wire-shapes.js';
import { useIsNarrow } from '../parts/use-media.js';
import { counted } from '../parts/quantity.js';
import { runAddress } from '../routing/route.js';
import { goTo } from '../routing/use-route.js';
import { taskKey } from '../trace/branch.js';
import { criticalTasks } from '../trace/critical-path.js';
import { taskForest } from '../trace/task-forest.js';
import { graphOf, type GraphModel } from './graph-model.js';
import { nodeSize, type LayoutRequest, type Positions } from './graph-layout.js';
import { TaskNodeView, type TaskFlowNode } from './task-node.js';
import { useLayout } from './use-layout.js';

interface GraphTabProps {
  readonly run: RunDetail;
  readonly tasks: readonly Task[];
  readonly marks: TaskAnomalies;
}

const mostDrawn = 400;
const mapFrom = 30;
const nodeTypes = { task: TaskNodeView };

/** The tasks of a run as a graph of what waits for what. */
export default function GraphTab({ run, tasks, marks }: GraphTabProps): ReactElement {
  const forest = useMemo(() => taskForest(tasks), [tasks]);
  const critical = useMemo(() => (tasks.length > 1 ? criticalTasks(forest) : new Set<string>()), [forest, tasks.length]);
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const model = useMemo(() => graphOf(forest, { toggled, limit: mostDrawn }), [forest, toggled]);
  const direction = useIsNarrow() ? 'TB' : 'LR';
  const { positions, isBusy, problem } = useLayout(requestOf(model, direction));
  const toggle = useCallback((id: string, isOpen: boolean) => {
    setToggled((before) => new Map(before).set(id, isOpen));
  }, []);
  const nodes = useMemo(() => flowNodes(model, positions, { critical, marks, isTopDown: direction === 'TB', toggle }), [model, positions, critical, marks, direction, toggle]);
  const edges = useMemo(() => flowEdges(model, critical), [model, critical]);
  if (tasks.length === 0) {
    return (
      <div className="empty">
        <h2>No tasks</h2>
        <p>This run told of no tasks; what happened in it is under Trace.</p>
      </div>
    );
  }
  return (
    <div className="graph">
      <GraphNote model={model} taskCount={tasks.length} isBusy={isBusy} problem={problem} reset={toggled.size === 0 ? null : () => { setToggled(new Map()); }} />
      {positions !== null && (
        <ReactFlow
          key={direction}
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          colorMode="system"
          fitView
          fitViewOptions={{ padding: 0.08, maxZoom: 1 }}
          minZoom={0.05}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          onlyRenderVisibleElements
          onNodeClick={(_, node) => {
            const [task] = node.data.drawn.tasks;
            if (!node.data.drawn.isFold) goTo(runAddress(run.run_id, { at: taskKey(task.task_id) }));
          }}
        >
          <Background gap={24} />
          <Controls showInteractive={false} />
          {nodes.length > mapFrom && <MiniMap pannable zoomable nodeClassName={(node) => `map-node ${toneClass(node as TaskFlowNode)}`} />}
        </ReactFlow>
      )}
    </div>
  );
}

interface GraphNoteProps {
  readonly model: GraphModel;
  readonly taskCount: number;
  readonly isBusy: boolean;
  readonly problem: string | null;
  /** Takes back what the reader opened and closed; null when nothing was. */
  readonly reset: (() => void) | null;
}

/** Says what the drawing leaves out. */
function GraphNote({ model, taskCount, isBusy, problem, reset }: GraphNoteProps): ReactElement | null {
  const drawn = model.nodes.filter((node) => !node.isFold).length;
  const words = [
    problem ?? (isBusy ? 'Laying out …' : null),
    drawn < taskCount ? `${counted(taskCount, 'task')}: some are folded into others; open them with +.` : null,
    model.leftOut > 0 ? `${counted(model.leftOut, 'node')} beyond the first ${String(mostDrawn)} are not drawn; failed tasks and those around them always are.` : null,
  ].filter((word) => word !== null);
  if (words.length === 0 && reset === null) return null;
  return (
    <p className="graph-note" role="status">
      {words.join(' ')}
      {reset !== null && (
        <button type="button" className="quiet" onClick={reset}>
          As at first
        </button>
      )}
    </p>
  );
}

function requestOf(model: GraphModel, direction: LayoutRequest['direction']): LayoutRequest {
  return { nodeIds: model.nodes.map(({ id }) => id), edges: model.edges.map(({ from, to }) => [from, to]), direction };
}

interface NodeContext {
  readonly critical: ReadonlySet<string>;
  readonly marks: TaskAnomalies;
  readonly isTopDown: boolean;
  readonly toggle: (id: string, isOpen: boolean) => void;
}

function flowNodes(model: GraphModel, positions: Positions | null, { critical, marks, isTopDown, toggle }: NodeContext): TaskFlowNode[] {
  return model.nodes.flatMap((drawn) => {
    const position = positions?.get(drawn.id);
    // A node that was not there when the places were made waits for the next layout.
    if (position === undefined) return [];
    const isCritical = drawn.tasks.some((task) => critical.has(task.task_id));
    const anomalies = drawn.tasks.flatMap((task) => anomaliesOf(marks, task.task_id));
    return [{ id: drawn.id, type: 'task', position, ...nodeSize, data: { drawn, isCritical, anomalies, isTopDown, toggle } }];
  });
}

function flowEdges(model: GraphModel, critical: ReadonlySet<string>): Edge[] {
  return model.edges.map(({ id, from, to, kind }) => {
    const isCritical = critical.has(from) && critical.has(to);
    const arrow = { type: MarkerType.ArrowClosed, width: 16, height: 16, markerUnits: 'userSpaceOnUse', color: isCritical ? 'var(--warning-bar)' : 'var(--calm-bar)' };
    return { id, source: from, target: to, className: `edge-${kind}${isCritical ? ' is-critical' : ''}`, ...(kind === 'depends' ? { markerEnd: arrow } : {}) };
  });
}

function toneClass({ data }: TaskFlowNode): string {
  const [task] = data.drawn.tasks;
  return `map-${task.outcome ?? task.status ?? 'waiting'}`;
}
