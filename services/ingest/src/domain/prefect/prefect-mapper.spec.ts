import { describe, expect, it } from '@jest/globals';
import { Direction, Outcome, runIdOf, Status, taskIdOf } from '@orrery/contracts';
import fc from 'fast-check';
import type { Execution, IncomingPayload } from '../source-event.js';
import { mapPrefect } from './prefect-mapper.js';

const context = { tenantId: 'acme', receivedAtMs: Date.UTC(2026, 0, 6) };
const payload: IncomingPayload = { body: new Uint8Array(), contentType: 'application/json', headers: {} };
const runId = runIdOf({ tenantId: 'acme', engine: 'prefect', source: 'prefect', externalId: 'flow-1' });
const at = '2026-01-05T10:00:00.000000+00:00';
const atMs = Date.UTC(2026, 0, 5, 10);
const flow = { 'prefect.resource.id': 'prefect.flow.f', 'prefect.resource.name': 'train', 'prefect.resource.role': 'flow' };
const flowRun = { 'prefect.resource.id': 'prefect.flow-run.flow-1', 'prefect.resource.name': 'rapid-hyena', 'prefect.resource.role': 'flow-run' };
const taskRun = { 'prefect.resource.id': 'prefect.task-run.task-1', 'prefect.resource.name': 'fit-b2b', 'prefect.resource.role': 'task-run' };

function event(kind: 'flow-run' | 'task-run', type: string, name: string, more: { count?: string; message?: string; related?: unknown[]; taskRun?: unknown } = {}): Record<string, unknown> {
  return {
    id: `${kind}-${name}`,
    occurred: at,
    event: `prefect.${kind}.${name}`,
    resource: {
      'prefect.resource.id': `prefect.${kind}.${kind === 'flow-run' ? 'flow-1' : 'task-1'}`,
      'prefect.resource.name': kind === 'flow-run' ? 'rapid-hyena' : 'fit-b2b',
      'prefect.run-count': more.count ?? '1',
      'prefect.state-type': type,
      'prefect.state-name': name,
      'prefect.state-timestamp': at,
      'prefect.state-message': more.message ?? '',
    },
    related: more.related ?? (kind === 'flow-run' ? [flow] : [flowRun, flow]),
    payload: { task_run: more.taskRun ?? { name: 'fit-b2b', task_key: 'fit-12ab34cd', task_inputs: { features: [{ input_type: 'task_run', id: 'task-0' }, { input_type: 'constant' }] } } },
    follows: 'before',
  };
}

function execution(value: unknown): Execution {
  return mapPrefect(value, payload, context)[0]!.executions[0]!;
}

describe('mapPrefect', () => {
  it('gives a flow run as a run of its flow', () => {
    const related = [flow, { 'prefect.resource.role': 'work-pool', 'prefect.resource.name': 'k8s' }, { 'prefect.resource.role': 'deployment', 'prefect.resource.name': 'train/prod' }, { ...taskRun, 'prefect.resource.id': 'prefect.task-run.parent-1' }];

    expect(execution(event('flow-run', 'RUNNING', 'Running', { related })).run).toMatchObject({
      runId,
      engine: 'prefect',
      externalId: 'flow-1',
      workflow: 'train',
      attempt: 1,
      status: Status.RUNNING,
      startedAtMs: atMs,
      labels: { 'prefect.flow_run_name': 'rapid-hyena', 'prefect.work_pool': 'k8s', 'prefect.deployment': 'train/prod', 'prefect.parent_task_run': 'parent-1' },
    });
  });

  it('gives a task run as a task of the related flow run, with its edges', () => {
    const { run, tasks } = execution(event('task-run', 'COMPLETED', 'Completed'));

    expect(run).toMatchObject({ runId, workflow: 'train' });
    expect(run.status).toBeUndefined();
    expect(tasks).toMatchObject([
      {
        taskId: taskIdOf(runId, 'task-1'),
        externalId: 'task-1',
        name: 'fit-b2b',
        kind: 'task',
        attempt: 1,
        outcome: Outcome.SUCCESS,
        finishedAtMs: atMs,
        dependsOn: [taskIdOf(runId, 'task-0')],
        labels: { 'prefect.task_key': 'fit-12ab34cd' },
      },
    ]);
  });

  it('finds the flow run of a task run also in its payload', () => {
    expect(execution(event('task-run', 'RUNNING', 'Running', { related: [], taskRun: { flow_run_id: 'flow-1' } })).run.runId).toBe(runId);
  });

  it.each([
    ['SCHEDULED', 'Scheduled', Status.QUEUED, undefined],
    ['SCHEDULED', 'Late', Status.QUEUED, undefined],
    ['PENDING', 'Pending', Status.QUEUED, undefined],
    ['RUNNING', 'Running', Status.RUNNING, undefined],
    ['CANCELLING', 'Cancelling', Status.RUNNING, undefined],
    ['PAUSED', 'Suspended', Status.PAUSED, undefined],
    ['COMPLETED', 'Cached', Status.FINISHED, Outcome.SUCCESS],
    ['FAILED', 'Failed', Status.FINISHED, Outcome.FAILURE],
    ['FAILED', 'TimedOut', Status.FINISHED, Outcome.TIMEOUT],
    ['CRASHED', 'Crashed', Status.FINISHED, Outcome.ERROR],
    ['CANCELLED', 'Cancelled', Status.FINISHED, Outcome.CANCELLATION],
    ['NEWTYPE', 'New', undefined, undefined],
  ])('reads state %s %s', (type, name, status, outcome) => {
    const { run } = execution(event('flow-run', type, name));

    expect([run.status, run.outcome]).toEqual([status, outcome]);
  });

  it('ends the try of a task that awaits its retry, but not the run of a flow that does', () => {
    const [task] = execution(event('task-run', 'SCHEDULED', 'AwaitingRetry')).tasks!;
    const [again] = execution(event('task-run', 'RUNNING', 'Retrying', { count: '2' })).tasks!;

    expect(task).toMatchObject({ attempt: 1, outcome: Outcome.FAILURE, finishedAtMs: atMs });
    expect(again).toMatchObject({ attempt: 2, status: Status.RUNNING, startedAtMs: atMs });
    expect(execution(event('flow-run', 'SCHEDULED', 'AwaitingRetry')).run).toMatchObject({ status: Status.RUNNING });
  });

  it('says why something failed', () => {
    const message = "Task run encountered an exception KeyError: 'amount'";

    expect(execution(event('task-run', 'FAILED', 'Failed', { message })).tasks![0]!.failure).toMatchObject({ type: 'KeyError', message });
  });

  it('gives assets as artifacts of the task that wrote or read them', () => {
    const asset = (name: string): Record<string, unknown> => ({ id: name, occurred: at, event: `prefect.asset.${name}`, resource: { 'prefect.resource.id': 'file:///srv/model.json' }, related: [flowRun, taskRun, flow, { 'prefect.resource.role': 'asset', 'prefect.resource.id': 'file:///srv/features.csv' }] });
    const shown = (value: unknown): unknown => execution(value).artifacts!.map(({ direction, uri, name, taskId, actor }) => [direction, uri, name, taskId, actor]);
    const task = taskIdOf(runId, 'task-1');

    expect(shown(asset('materialization.succeeded'))).toEqual([
      [Direction.INPUT, 'file:///srv/features.csv', 'features.csv', task, 'fit-b2b'],
      [Direction.OUTPUT, 'file:///srv/model.json', 'model.json', task, 'fit-b2b'],
    ]);
    expect(shown(asset('materialization.failed'))).toEqual([[Direction.INPUT, 'file:///srv/features.csv', 'features.csv', task, 'fit-b2b']]);
    expect(shown(asset('referenced'))).toHaveLength(2);
  });

  it('gives what happened around a flow run as a line of its log', () => {
    const pod = { id: 'pod-1', occurred: at, event: 'prefect.kubernetes.pod.running', resource: { 'prefect.resource.id': 'prefect.kubernetes.pod.p', 'prefect.resource.name': 'pod-abc' }, related: [flowRun] };

    expect(execution(pod).events).toMatchObject([{ kind: 'log', name: 'prefect.kubernetes.pod.running', actor: 'pod-abc', startedAtMs: atMs }]);
  });

  it('says nothing of the state with a heartbeat', () => {
    const heartbeat = { id: 'h', occurred: at, event: 'prefect.flow-run.heartbeat', resource: { 'prefect.resource.id': 'prefect.flow-run.flow-1' }, related: [flow], payload: {} };

    const { run } = execution(heartbeat);

    expect([run.runId, run.status, run.startedAtMs]).toEqual([runId, undefined, undefined]);
  });

  it('keeps events of no flow run without an execution', () => {
    const deployment = { id: 'd', occurred: at, event: 'prefect.deployment.updated', resource: { 'prefect.resource.id': 'prefect.deployment.d' }, related: [flow] };

    expect(mapPrefect(deployment, payload, context)).toMatchObject([{ executions: [], flags: [], externalId: 'd', occurredAtMs: atMs }]);
    expect(mapPrefect(event('task-run', 'RUNNING', 'Running', { related: [], taskRun: {} }), payload, context)).toMatchObject([{ executions: [], flags: ['unmapped', 'related: expected a flow-run'] }]);
  });

  it.each([[{}], [{ event: 'other.thing', resource: {} }], [{ event: 'prefect.flow-run.Running' }], [null]])('refuses %j', (value) => {
    expect(() => mapPrefect(value, payload, context)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });

  it('maps whatever stands in an event, and the same each time', () => {
    const changes = fc.dictionary(fc.constantFrom('related', 'payload', 'occurred', 'follows', 'id'), fc.jsonValue());

    fc.assert(
      fc.property(fc.constantFrom<'flow-run' | 'task-run'>('flow-run', 'task-run'), changes, (kind, change) => {
        const value = { ...event(kind, 'RUNNING', 'Running'), ...change };
        expect(mapPrefect(value, payload, context)).toEqual(mapPrefect(value, payload, context));
      }),
    );
  });
});
