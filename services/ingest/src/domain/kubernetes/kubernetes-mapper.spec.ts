import { describe, expect, it } from '@jest/globals';
import { Outcome, runIdOf, Status } from '@orrery/contracts';
import { mapClusterObjects } from '../cluster-object-mapper.js';
import type { MappedEvent } from '../source-event.js';

const iso = (time: string): string => `2024-05-01T${time}Z`;
const at = (time: string): number => Date.parse(iso(time));
const runId = runIdOf({ tenantId: 'acme', engine: 'kubernetes', source: '/apis/batch/namespaces/ci', externalId: 'job-uid' });

function map(value: unknown): MappedEvent {
  const [mapped] = mapClusterObjects(value, { body: new Uint8Array(), contentType: 'application/json', headers: {} }, { tenantId: 'acme', receivedAtMs: 1 });
  if (mapped === undefined) throw new Error('nothing mapped');
  return mapped;
}

function job(status: Record<string, unknown>, metadata: Record<string, unknown> = {}): Record<string, unknown> {
  const named = { uid: 'job-uid', name: 'report-1', namespace: 'ci', creationTimestamp: iso('12:00:00'), ...metadata };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: named, status: { startTime: iso('12:00:01'), ...status } };
}

const condition = (type: string, reason = ''): unknown => ({ type, status: 'True', reason, lastTransitionTime: iso('12:05:00') });

describe('Job of Kubernetes', () => {
  it('is a run of its schedule', () => {
    const done = job({ conditions: [condition('Complete')], completionTime: iso('12:04:00') }, { ownerReferences: [{ kind: 'CronJob', name: 'report' }] });

    expect(map(done)).toMatchObject({
      ...{ format: 'kubernetes', type: 'job', subject: 'report-1' },
      executions: [
        {
          run: {
            ...{ runId, engine: 'kubernetes', workflow: 'report', trigger: 'schedule', namespace: 'ci', outcome: Outcome.SUCCESS },
            ...{ queuedAtMs: at('12:00:00'), startedAtMs: at('12:00:01'), finishedAtMs: at('12:04:00') },
          },
        },
      ],
    });
  });

  it.each([
    [{}, Status.QUEUED, undefined, undefined],
    [{ active: 1 }, Status.RUNNING, undefined, undefined],
    [{ conditions: [condition('Suspended')] }, Status.PAUSED, undefined, undefined],
    [{ active: 1, conditions: [condition('FailureTarget')] }, Status.RUNNING, undefined, undefined],
    [{ conditions: [condition('Failed', 'BackoffLimitExceeded')] }, Status.FINISHED, Outcome.FAILURE, at('12:05:00')],
    [{ conditions: [condition('Failed', 'DeadlineExceeded')] }, Status.FINISHED, Outcome.TIMEOUT, at('12:05:00')],
  ])('with status %j has status %s, outcome %s and end %s', (given, status, outcome, finishedAtMs) => {
    const run = map(job(given)).executions[0]?.run;

    expect([run?.status, run?.outcome, run?.finishedAtMs]).toEqual([status, outcome, finishedAtMs]);
  });

  it('is cancelled when it is deleted before it ends', () => {
    const object = job({ active: 1 }, { deletionTimestamp: iso('12:02:00') });

    expect(map({ type: 'DELETED', object }).executions[0]?.run).toMatchObject({ outcome: Outcome.CANCELLATION, finishedAtMs: at('12:02:00') });
  });
});

describe('Pod of Kubernetes', () => {
  const terminated = { exitCode: 137, reason: 'OOMKilled', startedAt: iso('12:00:30'), finishedAt: iso('12:03:00') };
  const pod = (status: Record<string, unknown>, ownerReferences: readonly unknown[] = [{ kind: 'Job', uid: 'job-uid' }]): unknown => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { uid: 'pod-uid', name: 'report-1-x', namespace: 'ci', creationTimestamp: iso('12:00:02'), ownerReferences },
    spec: { nodeName: 'node-a', containers: [{ image: 'app:1', command: ['run'] }] },
    status,
  });

  it('is a task of the Job that made it, from the start of its containers', () => {
    const status = { phase: 'Failed', startTime: iso('12:00:05'), containerStatuses: [{ state: { terminated } }] };

    expect(map(pod(status)).executions[0]).toMatchObject({
      run: { runId },
      tasks: [
        {
          ...{ externalId: 'report-1-x', kind: 'pod', status: Status.FINISHED, outcome: Outcome.ERROR, failure: { type: 'OOMKilled', exitCode: 137 } },
          ...{ queuedAtMs: at('12:00:02'), startedAtMs: at('12:00:30'), finishedAtMs: at('12:03:00') },
          ...{ executor: { host: 'node-a', pod: 'report-1-x', image: 'app:1' }, commandHash: expect.any(String) },
        },
      ],
    });
  });

  it.each([
    [{ phase: 'Pending' }, Status.QUEUED, undefined],
    [{ phase: 'Running' }, Status.RUNNING, undefined],
    [{ phase: 'Succeeded' }, Status.FINISHED, Outcome.SUCCESS],
    [{ phase: 'Failed' }, Status.FINISHED, Outcome.FAILURE],
    [{ phase: 'Failed', reason: 'DeadlineExceeded' }, Status.FINISHED, Outcome.TIMEOUT],
    [{ phase: 'Failed', reason: 'Evicted' }, Status.FINISHED, Outcome.ERROR],
    [{ phase: 'Failed', conditions: [condition('DisruptionTarget')] }, Status.FINISHED, Outcome.ERROR],
  ])('with status %j has status %s and outcome %s', (given, status, outcome) => {
    const task = map(pod(given)).executions[0]?.tasks?.[0];

    expect([task?.status, task?.outcome]).toEqual([status, outcome]);
  });

  it('that nobody made is a run of its own', () => {
    expect(map(pod({ phase: 'Running' }, [])).executions[0]).toMatchObject({ run: { externalId: 'pod-uid', workflow: 'report-1-x', status: Status.RUNNING }, tasks: [{ externalId: 'report-1-x' }] });
  });

  it('of a service or of a workflow engine is kept without an execution', () => {
    expect(map(pod({ phase: 'Running' }, [{ kind: 'ReplicaSet', uid: 'x' }]))).toMatchObject({ type: 'pod', executions: [], flags: [] });
  });
});
