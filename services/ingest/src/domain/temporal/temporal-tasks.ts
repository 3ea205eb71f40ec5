import { Outcome, taskIdOf } from '@orrery/contracts';
import { integer, text } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { failureOf, finished, queued, running, type TaskStatement } from '../statements.js';
import type { HistoryEvent } from './history.js';
import { executionIn, failureIn, temporalRunOf } from './temporal-run.js';

/** How one kind of task opens, starts and closes; the attribute that names the opening event joins the three. */
interface TaskKind {
  readonly kind: string;
  readonly opens: string;
  readonly starts?: string;
  readonly joinedBy: string;
  readonly closes: Readonly<Record<string, Outcome>>;
  readonly name: readonly string[];
}

function closings(prefix: string): Readonly<Record<string, Outcome>> {
  return {
    [`${prefix}Completed`]: Outcome.SUCCESS,
    [`${prefix}Failed`]: Outcome.FAILURE,
    [`${prefix}TimedOut`]: Outcome.TIMEOUT,
    [`${prefix}Canceled`]: Outcome.CANCELLATION,
    [`${prefix}Terminated`]: Outcome.CANCELLATION,
  };
}

const taskKinds: readonly TaskKind[] = [
  {
    kind: 'activity',
    opens: 'ActivityTaskScheduled',
    starts: 'ActivityTaskStarted',
    joinedBy: 'scheduledEventId',
    closes: closings('ActivityTask'),
    name: ['activityType', 'name'],
  },
  {
    kind: 'child_workflow',
    opens: 'StartChildWorkflowExecutionInitiated',
    starts: 'ChildWorkflowExecutionStarted',
    joinedBy: 'initiatedEventId',
    closes: { ...closings('ChildWorkflowExecution'), StartChildWorkflowExecutionFailed: Outcome.ERROR },
    name: ['workflowType', 'name'],
  },
  {
    kind: 'nexus_operation',
    opens: 'NexusOperationScheduled',
    starts: 'NexusOperationStarted',
    joinedBy: 'scheduledEventId',
    closes: closings('NexusOperation'),
    name: ['operation'],
  },
  {
    kind: 'wait',
    opens: 'TimerStarted',
    joinedBy: 'startedEventId',
    closes: { TimerFired: Outcome.SUCCESS, TimerCanceled: Outcome.CANCELLATION },
    name: ['timerId'],
  },
];

/**
 * The activities, child workflows, Nexus operations and timers of a history, and the child runs it names. Tasks are keyed by
 * the id of the event that opened them. An edge leads from each task whose end woke a decision to each task that this decision opened.
 */
export function temporalTasksOf(events: readonly HistoryEvent[], runId: string, tenantId: string): { tasks: readonly TaskStatement[]; children: readonly Execution[] } {
  const edges = edgesOf(events, runId);
  const tasks = events.flatMap((event) => {
    const kind = taskKinds.find(({ opens }) => opens === event.type);
    return kind === undefined ? [] : [openingStatement(event, kind, runId, edges)];
  });
  const progress = events.flatMap((event) => startStatements(event, runId).concat(closeStatements(event, runId)));
  const children = events.filter(({ type }) => type === 'ChildWorkflowExecutionStarted').flatMap((event) => childExecution(event, runId, tenantId));
  return { tasks: [...tasks, ...progress], children };
}

function openingStatement(event: HistoryEvent, kind: TaskKind, runId: string, edges: ReadonlyMap<string, readonly string[]>): TaskStatement {
  const name = text(event.attributes, ...kind.name);
  const isTimer = kind.kind === 'wait';
  const pool = text(event.attributes, 'taskQueue', 'name');
  return {
    taskId: taskIdOf(runId, event.id),
    externalId: event.id,
    name: isTimer ? `timer ${name ?? event.id}` : name,
    kind: kind.kind,
    // A timer runs from the moment it is set.
    ...(isTimer ? { ...running, startedAtMs: event.timeMs } : { ...queued, queuedAtMs: event.timeMs }),
    dependsOn: [...(edges.get(text(event.attributes, 'workflowTaskCompletedEventId') ?? '') ?? [])],
    executor: pool === undefined ? undefined : { pool },
  };
}

function startStatements(event: HistoryEvent, runId: string): TaskStatement[] {
  const kind = taskKinds.find(({ starts }) => starts === event.type);
  const openedBy = kind === undefined ? undefined : text(event.attributes, kind.joinedBy);
  if (openedBy === undefined) return [];
  const attempt = integer(event.attributes, 'attempt') ?? 1;
  const worker = text(event.attributes, 'identity');
  const task = { taskId: taskIdOf(runId, openedBy) };
  const started = { ...task, attempt, ...running, startedAtMs: event.timeMs, executor: worker === undefined ? undefined : { worker } };
  const lastFailure = failureIn(event.attributes, 'lastFailure');
  // Tries before the last are no events of the history; the one before tells of itself through its failure alone.
  return attempt > 1 ? [started, { ...task, attempt: attempt - 1, ...finished(Outcome.FAILURE), failure: lastFailure }] : [started];
}

function closeStatements(event: HistoryEvent, runId: string): TaskStatement[] {
  const kind = taskKinds.find(({ closes }) => Object.hasOwn(closes, event.type));
  const openedBy = kind === undefined ? undefined : text(event.attributes, kind.joinedBy);
  const outcome = kind?.closes[event.type];
  if (openedBy === undefined || outcome === undefined) return [];
  const failure = failureIn(event.attributes, 'failure') ?? failureOf(text(event.attributes, 'cause'));
  return [{ taskId: taskIdOf(runId, openedBy), ...finished(outcome), finishedAtMs: event.timeMs, failure: outcome === Outcome.SUCCESS ? undefined : failure }];
}

/** By the id of the event that completed a decision: the tasks whose ends it had seen since the decision before. */
function edgesOf(events: readonly HistoryEvent[], runId: string): ReadonlyMap<string, readonly string[]> {
  const edges = new Map<string, readonly string[]>();
  let ended: string[] = [];
  let seen: string[] = [];
  for (const event of events) {
    const closed = closeStatements(event, runId)[0];
    if (closed?.taskId !== undefined) ended.push(closed.taskId);
    if (event.type === 'WorkflowTaskStarted') seen = [...ended];
    if (event.type !== 'WorkflowTaskCompleted') continue;
    edges.set(event.id, seen);
    ended = ended.slice(seen.length);
    seen = [];
  }
  return edges;
}

function childExecution(event: HistoryEvent, parentRunId: string, tenantId: string): Execution[] {
  const child = executionIn(event.attributes, 'workflowExecution');
  if (child === undefined) return [];
  const workflow = text(event.attributes, 'workflowType', 'name');
  return [{ run: { ...temporalRunOf(child, tenantId), workflow, namespace: text(event.attributes, 'namespace'), parentRunId } }];
}
