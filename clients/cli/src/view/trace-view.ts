import type { Anomaly } from '../anomaly-shapes.js';
import type { Artifact, ExecutionEvent, Failure, Run, Task } from '../api-shapes.js';
import { glyph, standing } from './progress-glyph.js';
import { cut, oneLine, type Style } from './style.js';
import { orderTasks, type TaskNode } from './task-order.js';
import { showBytes, showDuration, showMoment, showTimeOfDay } from './time.js';
import { listAnomalies, TaskMarks } from './trace-anomalies.js';
import { drawTree, type Branch, type TreeLimits } from './tree.js';

/** All that a trace shows. */
export interface Trace {
  readonly run: Run;
  readonly tasks: readonly Task[];
  /** Top-level events, each with those inside it. */
  readonly events: readonly ExecutionEvent[];
  readonly artifacts: readonly Artifact[];
  /** What is not normal in it; absent where the platform tells of none. */
  readonly anomalies?: readonly Anomaly[];
}

export interface TraceViewOptions extends TreeLimits {
  readonly style: Style;
  readonly width: number;
}

/** Draws a run as a tree: tasks, what happened inside them, and the files that they read and wrote. */
export function drawTrace(trace: Trace, options: TraceViewOptions): string[] {
  return [...drawHead(trace.run, options), ...drawTree(new TraceTree(trace, options).branches(), options), ...listAnomalies(trace.anomalies ?? [], options)];
}

function drawHead(run: Run, { style, width }: TraceViewOptions): string[] {
  const took = run.duration_ms === null ? '' : ` in ${showDuration(run.duration_ms)}`;
  const { version_control: version } = run;
  const facts = [
    `run ${run.run_id}`,
    `${run.engine}${run.attempt > 1 ? `, attempt ${run.attempt}` : ''}`,
    showMoment(run.started_at ?? run.queued_at) && `${showMoment(run.started_at ?? run.queued_at)} UTC`,
    version === null ? '' : [version.revision?.slice(0, 8), version.ref_name].filter(Boolean).join(' on '),
  ];
  const lines = [
    `${glyph(run, style)} ${style.strong(oneLine(run.workflow ?? run.external_id, width - 40))}  ${standing(run, style)}${took}`,
    style.faint(cut(`  ${joined(facts, '  ·  ')}`, width)),
  ];
  if (run.error !== null) lines.push(`  ${style.bad(oneLine(errorText(run.error), width - 2))}`);
  return lines;
}

function errorText({ type, message, exit_code: exitCode }: Failure): string {
  const text = message ?? type ?? '';
  return exitCode === null || text.includes(String(exitCode)) ? text : `${text} (exit code ${exitCode})`;
}

const LONGEST_FACT = 100;

/** The facts that are known, each made harmless. */
function joined(facts: readonly (string | null | undefined)[], separator = '  '): string {
  return facts
    .filter((fact) => typeof fact === 'string' && fact !== '')
    .map((fact) => oneLine(fact ?? '', LONGEST_FACT))
    .join(separator);
}

class TraceTree {
  private readonly names: ReadonlyMap<string, string>;
  private readonly eventsByTask: ReadonlyMap<string | null, readonly ExecutionEvent[]>;
  private readonly artifactsByTask: ReadonlyMap<string | null, readonly Artifact[]>;
  private readonly accountedFor: ReadonlyMap<string | null, number>;
  private readonly marks: TaskMarks;

  constructor(
    private readonly trace: Trace,
    private readonly options: TraceViewOptions,
  ) {
    this.names = new Map(trace.tasks.map((task) => [task.task_id, task.name ?? task.external_id]));
    const place = ({ task_id: id }: { readonly task_id: string | null }) => (id !== null && this.names.has(id) ? id : null);
    this.eventsByTask = groupBy(trace.events, place);
    this.artifactsByTask = groupBy(trace.artifacts, place);
    this.accountedFor = countByTask(trace.events);
    this.marks = new TaskMarks(trace.anomalies ?? [], options.style);
  }

  branches(): Branch[] {
    const tasks = orderTasks(this.trace.tasks).map((node) => this.taskBranch(node));
    return [...this.events(null), ...tasks, ...this.artifacts(null)];
  }

  private taskBranch({ task, children }: TaskNode): Branch {
    return {
      text: this.taskText(task),
      children: [...this.events(task.task_id), ...children.map((child) => this.taskBranch(child)), ...this.artifacts(task.task_id)],
      moreChildren: Math.max(0, task.event_count - (this.accountedFor.get(task.task_id) ?? 0)),
    };
  }

  private taskText(task: Task): string {
    const { style, width } = this.options;
    const after = task.depends_on.map((id) => this.names.get(id)).filter((name) => name !== undefined);
    const facts = [
      showDuration(task.duration_ms),
      showTimeOfDay(task.started_at),
      task.attempt > 1 ? `attempt ${task.attempt}` : '',
      after.length > 0 ? `after ${after.slice(0, 3).join(', ')}${after.length > 3 ? ` and ${after.length - 3} more` : ''}` : '',
    ];
    const error = task.error === null ? '' : `  ${style.bad(oneLine(errorText(task.error), Math.max(30, width - 50)))}`;
    const name = oneLine(task.name ?? task.external_id, 60);
    return `${glyph(task, style)} ${name}  ${style.faint(joined(facts))}${this.marks.of(task)}${error}`.trimEnd();
  }

  private events(taskId: string | null): Branch[] {
    return (this.eventsByTask.get(taskId) ?? []).map((event) => this.eventBranch(event));
  }

  private eventBranch(event: ExecutionEvent): Branch {
    const children = event.children ?? [];
    return {
      text: this.eventText(event),
      children: children.map((child) => this.eventBranch(child)),
      moreChildren: Math.max(0, event.child_count - children.length),
    };
  }

  private eventText(event: ExecutionEvent): string {
    const { style, width } = this.options;
    const facts = [event.duration_ms ? showDuration(event.duration_ms) : '', event.model, showTokens(event), showCost(event.cost_usd)];
    const said = event.error?.message ?? (event.kind === 'log' ? lastWords(event.output) : null);
    const remark = said === null ? '' : `  ${(event.error === null ? style.faint : style.bad)(oneLine(said, 80))}`;
    return `${glyph(event, style)} ${oneLine(labelOf(event), width - 30)}  ${style.faint(joined(facts))}`.trimEnd() + remark;
  }

  private artifacts(taskId: string | null): Branch[] {
    return (this.artifactsByTask.get(taskId) ?? []).map((artifact) => ({ text: this.artifactText(artifact), children: [] }));
  }

  private artifactText({ direction, uri, namespace, name, digest, size_bytes: sizeBytes }: Artifact): string {
    const { style, width } = this.options;
    const facts = [showBytes(sizeBytes), digest?.slice(0, 'sha256:'.length + 8)];
    const label = uri ?? [namespace, name].filter(Boolean).join('/');
    return `${direction === 'input' ? '◂' : '▸'} ${oneLine(label.replace(/^file:\/\//, ''), width - 30)}  ${style.faint(joined(facts))}`.trimEnd();
  }
}

/** Kind, name and who to whom, each word once: names often repeat the actor or what was called. */
function labelOf({ kind, name, actor, target }: ExecutionEvent): string {
  if (target !== null) return [kind, name?.includes(target) ? null : name, [actor, target].filter(Boolean).join(' → ')].filter(Boolean).join(' ');
  return [kind, name, actor !== null && name?.includes(actor) ? null : actor].filter(Boolean).join(' ');
}

function showTokens({ input_tokens: read, output_tokens: written }: ExecutionEvent): string {
  return read === null && written === null ? '' : `${read ?? 0}→${written ?? 0} tokens`;
}

function showCost(costUsd: number | null): string {
  return costUsd === null ? '' : `$${Number(costUsd.toPrecision(3))}`;
}

function lastWords(output: string | null): string | null {
  return output?.split('\n').findLast((line) => line.trim() !== '') ?? null;
}

/** How many events of each task are there or known to be inside those that are. */
function countByTask(events: readonly ExecutionEvent[], counts = new Map<string | null, number>()): Map<string | null, number> {
  for (const { task_id: id, children = [], child_count: childCount } of events) {
    counts.set(id, (counts.get(id) ?? 0) + 1 + Math.max(0, childCount - children.length));
    countByTask(children, counts);
  }
  return counts;
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
