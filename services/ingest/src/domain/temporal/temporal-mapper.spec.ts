import { describe, expect, it } from '@jest/globals';
import { Outcome, runIdOf, Status, taskIdOf } from '@orrery/contracts';
import fc from 'fast-check';
import type { Execution, IncomingPayload } from '../source-event.js';
import type { TaskStatement } from '../statements.js';
import { mapTemporal } from './temporal-mapper.js';

const context = { tenantId: 'acme', receivedAtMs: Date.UTC(2026, 0, 6) };
const payload: IncomingPayload = { body: new Uint8Array(), contentType: 'application/json', headers: {} };
const runId = runIdOf({ tenantId: 'acme', engine: 'temporal', source: 'temporal', externalId: 'order-1/run-1' });
const taskId = (eventId: string): string => taskIdOf(runId, eventId);
const ms = (second: number): number => Date.UTC(2026, 0, 5, 10, 0, second);

/** An event in the newer spelling; `older` writes the whole history in the older one. */
function event(id: number, type: string, attributes: Record<string, unknown> = {}): Record<string, unknown> {
  const words = type.replaceAll(/(?!^)([A-Z])/g, '_$1').toUpperCase();
  return {
    eventId: String(id),
    eventTime: `2026-01-05T10:00:${String(id).padStart(2, '0')}Z`,
    eventType: `EVENT_TYPE_${words}`,
    [`${type.charAt(0).toLowerCase()}${type.slice(1)}EventAttributes`]: attributes,
  };
}

const started = event(1, 'WorkflowExecutionStarted', {
  workflowId: 'order-1',
  originalExecutionRunId: 'run-1',
  workflowType: { name: 'processOrder' },
  taskQueue: { name: 'orders' },
  attempt: 1,
  parentWorkflowExecution: { workflowId: 'batch-1', runId: 'run-0' },
  continuedExecutionRunId: 'run-before',
});
const history = [
  started,
  event(2, 'WorkflowTaskScheduled'),
  event(3, 'WorkflowTaskStarted', { scheduledEventId: '2' }),
  event(4, 'WorkflowTaskCompleted', { scheduledEventId: '2', startedEventId: '3' }),
  event(5, 'ActivityTaskScheduled', { activityType: { name: 'charge' }, taskQueue: { name: 'payments' }, workflowTaskCompletedEventId: '4' }),
  event(6, 'TimerStarted', { timerId: '7', workflowTaskCompletedEventId: '4' }),
  event(7, 'ActivityTaskStarted', { scheduledEventId: '5', attempt: 3, identity: 'worker-a', lastFailure: { message: 'card declined', applicationFailureInfo: { type: 'PaymentError' } } }),
  event(8, 'ActivityTaskCompleted', { scheduledEventId: '5', startedEventId: '7' }),
  event(9, 'WorkflowTaskScheduled'),
  event(10, 'TimerCanceled', { timerId: '7', startedEventId: '6' }),
  event(11, 'WorkflowTaskStarted', { scheduledEventId: '9' }),
  event(12, 'WorkflowTaskCompleted', { scheduledEventId: '9', startedEventId: '11' }),
  event(13, 'StartChildWorkflowExecutionInitiated', { workflowId: 'ship-1', workflowType: { name: 'ship' }, workflowTaskCompletedEventId: '12' }),
  event(14, 'ChildWorkflowExecutionStarted', { initiatedEventId: '13', namespace: 'prod', workflowExecution: { workflowId: 'ship-1', runId: 'run-9' }, workflowType: { name: 'ship' } }),
  event(15, 'WorkflowExecutionSignaled', { signalName: 'cancelShipping', identity: 'console' }),
  event(16, 'ChildWorkflowExecutionFailed', { initiatedEventId: '13', failure: { message: 'Child failed', childWorkflowExecutionFailureInfo: {}, cause: { message: 'no truck', applicationFailureInfo: { type: 'NoTruck' } } } }),
  event(17, 'WorkflowTaskScheduled'),
  event(18, 'WorkflowTaskStarted', { scheduledEventId: '17' }),
  event(19, 'WorkflowTaskCompleted', { scheduledEventId: '17', startedEventId: '18' }),
  event(20, 'WorkflowExecutionFailed', { failure: { message: 'shipping failed', applicationFailureInfo: { type: 'OrderError' } } }),
];

function mapped(value: unknown): readonly Execution[] {
  return mapTemporal(value, payload, context).flatMap(({ executions }) => executions);
}

/** All that is said of one task's attempt, later statements over earlier ones. */
function attempt(execution: Execution, id: string, number: number): TaskStatement {
  const statements = (execution.tasks ?? []).filter((task) => task.taskId === taskId(id) && task.attempt === number);
  return Object.assign({}, ...statements.map((statement) => Object.fromEntries(Object.entries(statement).filter(([, value]) => value !== undefined)))) as TaskStatement;
}

describe('mapTemporal', () => {
  const [execution, child] = mapped({ events: history });

  it('gives the workflow execution as a run with its chain', () => {
    expect(execution!.run).toMatchObject({
      runId,
      engine: 'temporal',
      externalId: 'order-1/run-1',
      workflow: 'processOrder',
      attempt: 1,
      status: Status.FINISHED,
      outcome: Outcome.FAILURE,
      queuedAtMs: ms(1),
      startedAtMs: ms(3),
      finishedAtMs: ms(20),
      failure: { type: 'OrderError', message: 'shipping failed' },
      parentRunId: runIdOf({ tenantId: 'acme', engine: 'temporal', source: 'temporal', externalId: 'batch-1/run-0' }),
      previousRunId: runIdOf({ tenantId: 'acme', engine: 'temporal', source: 'temporal', externalId: 'order-1/run-before' }),
      labels: { 'temporal.task_queue': 'orders' },
    });
  });

  it('joins the events of an activity by the one that scheduled it', () => {
    expect(attempt(execution!, '5', 1)).toMatchObject({ externalId: '5', name: 'charge', kind: 'activity', queuedAtMs: ms(5), executor: { pool: 'payments' } });
    expect(attempt(execution!, '5', 3)).toMatchObject({ startedAtMs: ms(7), finishedAtMs: ms(8), outcome: Outcome.SUCCESS, executor: { worker: 'worker-a' } });
  });

  it('tells the failure of the try before, which is no event of its own', () => {
    expect(attempt(execution!, '5', 2)).toMatchObject({ outcome: Outcome.FAILURE, failure: { type: 'PaymentError', message: 'card declined' } });
  });

  it('gives timers as waits', () => {
    expect(attempt(execution!, '6', 1)).toMatchObject({ name: 'timer 7', kind: 'wait', startedAtMs: ms(6), finishedAtMs: ms(10), outcome: Outcome.CANCELLATION });
  });

  it('draws edges from what a decision had seen to what it started', () => {
    expect(attempt(execution!, '5', 1).dependsOn).toEqual([]);
    expect(attempt(execution!, '13', 1).dependsOn).toEqual([taskId('5'), taskId('6')]);
  });

  it('gives a child workflow as a task and as a run under this one', () => {
    expect(attempt(execution!, '13', 1)).toMatchObject({ name: 'ship', kind: 'child_workflow', startedAtMs: ms(14), finishedAtMs: ms(16), outcome: Outcome.FAILURE, failure: { type: 'NoTruck', message: 'no truck' } });
    expect(child!.run).toMatchObject({ externalId: 'ship-1/run-9', parentRunId: runId, workflow: 'ship', namespace: 'prod' });
  });

  it('gives signals as messages', () => {
    expect(execution!.events).toMatchObject([{ externalId: '15', kind: 'message', name: 'cancelShipping', actor: 'console' }]);
    expect(execution!.messages).toMatchObject([{ sender: 'console', receiver: 'workflow', role: 'signal', content: 'cancelShipping' }]);
  });

  it('leaves workflow tasks out', () => {
    expect(new Set(execution!.tasks!.map(({ taskId: id }) => id))).toEqual(new Set(['5', '6', '13'].map(taskId)));
  });

  it('reads the older spelling of event types alike', () => {
    const older = history.map((each) => ({ ...each, eventType: String(each.eventType).replace('EVENT_TYPE_', '').toLowerCase().replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()) }));

    expect(older[4]!.eventType).toBe('ActivityTaskScheduled');
    expect(mapped({ events: older })).toEqual([execution, child]);
  });

  it('reads histories that are wrapped, alone or as an export of several', () => {
    expect(mapped({ history: { events: history } })).toEqual([execution, child]);
    expect(mapped({ items: [{ history: { events: history } }] })).toEqual([execution, child]);
  });

  it('takes a history that goes on as a running run, and has a new id when it grew', () => {
    const [early] = mapTemporal({ events: history.slice(0, 7) }, payload, context);

    expect(early!.executions[0]!.run).toMatchObject({ runId, status: Status.RUNNING });
    expect(early!.executions[0]!.run.outcome).toBeUndefined();
    expect(early!.externalId).toBe('order-1/run-1#7');
  });

  it('follows a reset to the run that goes on with the history', () => {
    const reset = event(5, 'WorkflowTaskFailed', { cause: 'RESET_WORKFLOW', baseRunId: 'run-1', newRunId: 'run-2' });

    expect(mapped({ events: [...history.slice(0, 4), reset] })[0]!.run.externalId).toBe('order-1/run-2');
  });

  it.each([
    ['WorkflowExecutionCompleted', Outcome.SUCCESS],
    ['WorkflowExecutionTimedOut', Outcome.TIMEOUT],
    ['WorkflowExecutionCanceled', Outcome.CANCELLATION],
    ['WorkflowExecutionTerminated', Outcome.CANCELLATION],
    ['WorkflowExecutionContinuedAsNew', Outcome.SUCCESS],
  ])('ends with %s', (type, outcome) => {
    expect(mapped({ events: [started, event(2, type, { newExecutionRunId: 'run-2', reason: 'enough' })] })[0]!.run.outcome).toBe(outcome);
  });

  it('pauses and goes on', () => {
    const pausedNow = [started, event(2, 'WorkflowTaskStarted'), event(3, 'WorkflowExecutionPaused')];

    expect(mapped({ events: pausedNow })[0]!.run.status).toBe(Status.PAUSED);
    expect(mapped({ events: [...pausedNow, event(4, 'WorkflowExecutionUnpaused')] })[0]!.run.status).toBe(Status.RUNNING);
  });

  it('never decodes payloads', () => {
    const secret = event(2, 'ActivityTaskScheduled', { activityType: { name: 'a' }, input: { payloads: [{ data: Buffer.from('hidden').toString('base64') }] } });

    expect(JSON.stringify(mapped({ events: [started, secret] }))).not.toContain('hidden');
  });

  it('keeps a history without its start, which does not say whose it is', () => {
    expect(mapTemporal({ events: history.slice(4) }, payload, context)).toMatchObject([{ executions: [], flags: ['unmapped', 'missing WorkflowExecutionStarted'] }]);
  });

  it.each([[{}], [{ events: [] }], [{ events: [{ eventId: 1 }] }], [null], ['x']])('refuses %j', (value) => {
    expect(() => mapTemporal(value, payload, context)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });

  it('maps any subset of a history in which anything stands, and the same each time', () => {
    const odd = fc.tuple(fc.constantFrom(...history), fc.dictionary(fc.constantFrom('eventTime', 'activityTaskStartedEventAttributes', 'eventType', 'activityTaskScheduledEventAttributes'), fc.jsonValue())).map(([known, changes]) => ({ ...known, ...changes }));

    fc.assert(
      fc.property(fc.array(odd), (events) => {
        const value = { events: [started, ...events] };
        expect(mapTemporal(value, payload, context)).toEqual(mapTemporal(value, payload, context));
      }),
    );
  });
});
