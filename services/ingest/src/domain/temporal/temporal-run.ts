import { Outcome, runIdOf } from '@orrery/contracts';
import { integer, record, text } from '../json-reading.js';
import { failureOf, finished, paused, running, type FailureStatement, type RunStatement, type Standing } from '../statements.js';
import type { HistoryEvent } from './history.js';

/** A workflow execution as Temporal names it. */
export interface WorkflowExecution {
  readonly workflowId: string;
  readonly runId: string;
}

/** The identity of a workflow execution: the same from its own history and from its parent's. */
export function temporalRunOf({ workflowId, runId }: WorkflowExecution, tenantId: string): RunStatement {
  const identity = { engine: 'temporal', source: 'temporal', externalId: `${workflowId}/${runId}` };
  return { ...identity, runId: runIdOf({ ...identity, tenantId }) };
}

/** The workflow and run that an attribute names; undefined unless both are there. */
export function executionIn(value: unknown, ...path: readonly string[]): WorkflowExecution | undefined {
  const workflowId = text(value, ...path, 'workflowId');
  const runId = text(value, ...path, 'runId');
  return workflowId === undefined || runId === undefined ? undefined : { workflowId, runId };
}

/** Whose history this is. A reset gives the workflow a new run id in the middle of the old history. */
export function ownExecutionOf(events: readonly HistoryEvent[]): WorkflowExecution | undefined {
  const started = events.find(({ type }) => type === 'WorkflowExecutionStarted');
  if (started === undefined) return undefined;
  const resets = events.filter(({ type, attributes }) => type === 'WorkflowTaskFailed' && text(attributes, 'newRunId') !== undefined);
  const runId = text(resets.at(-1)?.attributes, 'newRunId') ?? text(started.attributes, 'originalExecutionRunId') ?? text(started.attributes, 'firstExecutionRunId');
  if (runId === undefined) return undefined;
  return { workflowId: text(started.attributes, 'workflowId') ?? '', runId };
}

const endings: ReadonlyMap<string, Outcome> = new Map([
  ['WorkflowExecutionCompleted', Outcome.SUCCESS],
  ['WorkflowExecutionContinuedAsNew', Outcome.SUCCESS],
  ['WorkflowExecutionFailed', Outcome.FAILURE],
  ['WorkflowExecutionTimedOut', Outcome.TIMEOUT],
  ['WorkflowExecutionCanceled', Outcome.CANCELLATION],
  ['WorkflowExecutionTerminated', Outcome.CANCELLATION],
]);

/** What a history says of its workflow execution as a whole. */
export function temporalRunStatement(events: readonly HistoryEvent[], own: WorkflowExecution, tenantId: string): RunStatement {
  const started = events.find(({ type }) => type === 'WorkflowExecutionStarted');
  const end = events.find(({ type }) => endings.has(type));
  return {
    ...temporalRunOf(own, tenantId),
    ...linksOf(started, own, tenantId),
    ...endOf(events, end),
    attempt: integer(started?.attributes, 'attempt') ?? 1,
    workflow: text(started?.attributes, 'workflowType', 'name'),
    queuedAtMs: started?.timeMs,
    startedAtMs: events.find(({ type }) => type === 'WorkflowTaskStarted')?.timeMs,
    trigger: text(started?.attributes, 'cronSchedule') === undefined ? undefined : 'schedule',
    labels: labelsOf(started, end),
  };
}

function endOf(events: readonly HistoryEvent[], end: HistoryEvent | undefined): Partial<RunStatement> {
  const outcome = endings.get(end?.type ?? '');
  if (end === undefined || outcome === undefined) return standingOf(events);
  const failure = outcome === Outcome.FAILURE ? failureIn(end.attributes, 'failure') : failureOf(undefined, text(end.attributes, 'reason'));
  return { ...finished(outcome), finishedAtMs: end.timeMs, failure };
}

function linksOf(started: HistoryEvent | undefined, own: WorkflowExecution, tenantId: string): Partial<RunStatement> {
  const parent = executionIn(started?.attributes, 'parentWorkflowExecution');
  const root = executionIn(started?.attributes, 'rootWorkflowExecution');
  const previousRunId = text(started?.attributes, 'continuedExecutionRunId');
  const idOf = (execution: WorkflowExecution | undefined): string | undefined => (execution === undefined || execution.runId === own.runId ? undefined : temporalRunOf(execution, tenantId).runId);
  return { parentRunId: idOf(parent), rootRunId: idOf(root), previousRunId: previousRunId === undefined ? undefined : idOf({ ...own, runId: previousRunId }) };
}

function labelsOf(started: HistoryEvent | undefined, end: HistoryEvent | undefined): Record<string, string> {
  const labels = { 'temporal.task_queue': text(started?.attributes, 'taskQueue', 'name'), 'temporal.continued_as': text(end?.attributes, 'newExecutionRunId') };
  return Object.fromEntries(Object.entries(labels).filter((label): label is [string, string] => label[1] !== undefined));
}

function standingOf(events: readonly HistoryEvent[]): Standing {
  const lastPause = events.findLast(({ type }) => /^WorkflowExecution(?:Unp|P)aused$/.test(type));
  if (lastPause?.type === 'WorkflowExecutionPaused') return paused;
  return events.some(({ type }) => type === 'WorkflowTaskStarted') ? running : {};
}

/** A failure of Temporal: its message, and the type that the application gave it or else the kind of failure. */
export function failureIn(value: unknown, ...path: readonly string[]): FailureStatement | undefined {
  const failure = record(value, ...path);
  if (failure === undefined) return undefined;
  const kind = Object.keys(failure).find((key) => key.endsWith('FailureInfo'));
  // An activity's failure only says that it failed; what failed is its cause.
  const cause = kind === 'activityFailureInfo' || kind === 'childWorkflowExecutionFailureInfo' ? failureIn(failure, 'cause') : undefined;
  return cause ?? failureOf(text(failure, 'applicationFailureInfo', 'type') ?? kind?.replace(/Info$/, ''), text(failure, 'message'));
}
