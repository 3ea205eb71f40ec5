import { describe, expect, it } from '@jest/globals';
import { Direction, Outcome, runIdOf, Status, taskIdOf } from '@orrery/contracts';
import { gzipSync } from 'node:zlib';
import { mapClusterObjects } from '../cluster-object-mapper.js';
import type { MappedEvent } from '../source-event.js';
import type { TaskStatement } from '../statements.js';

const iso = (time: string): string => `2024-05-01T${time}Z`;
const at = (time: string): number => Date.parse(iso(time));
const source = '/apis/argoproj.io/namespaces/ci';
const runId = runIdOf({ tenantId: 'acme', engine: 'argo', source, externalId: 'uid-1' });

const fetchNode = {
  ...{ id: 'w-1', name: 'w.fetch', displayName: 'fetch', type: 'Pod', templateName: 'echo', boundaryID: 'w', phase: 'Succeeded', children: ['w-2'] },
  ...{ startedAt: iso('12:00:01'), finishedAt: iso('12:00:11'), hostNodeName: 'node-a', resourcesDuration: { cpu: 4, memory: 2 } },
  inputs: { artifacts: [{ name: 'src', git: { repo: 'https://git/x', revision: 'abc' } }, { name: 'note', raw: { data: 'hello' } }, { name: 'absent', optional: true }] },
  outputs: { exitCode: '0', artifacts: [{ name: 'out', s3: { key: 'w/out.tgz' } }, { name: 'gone', gcs: { bucket: 'own', key: 'k' } }] },
};
const buildAttempt = {
  ...{ id: 'w-3', name: 'w.build(0)', displayName: 'build(0)', type: 'Pod', templateName: 'echo', boundaryID: 'w', phase: 'Failed' },
  ...{ message: 'Error (exit code 2)', startedAt: iso('12:00:12'), finishedAt: iso('12:00:20'), outputs: { exitCode: '2' } },
};
const nodes = {
  w: { id: 'w', name: 'w', displayName: 'w', type: 'DAG', phase: 'Running', children: ['w-1'], startedAt: iso('12:00:01'), finishedAt: iso('12:09:00') },
  'w-1': fetchNode,
  'w-2': { id: 'w-2', name: 'w.build', displayName: 'build', type: 'Retry', templateName: 'echo', boundaryID: 'w', phase: 'Running', children: ['w-3', 'w-4', 'gone'] },
  'w-3': buildAttempt,
  'w-4': { ...buildAttempt, id: 'w-4', name: 'w.build(1)', phase: 'Running', message: undefined, startedAt: iso('12:00:30'), outputs: undefined },
};
const workflow = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: {
    ...{ uid: 'uid-1', name: 'w', namespace: 'ci', generateName: 'nightly-', creationTimestamp: iso('12:00:00'), resourceVersion: '77' },
    labels: { team: 'a' },
    annotations: { 'workflows.argoproj.io/pod-name-format': 'v2' },
  },
  spec: { templates: [{ name: 'echo', container: { image: 'alpine:3', command: ['sh', '-c'], args: ['true'] } }] },
  status: { phase: 'Running', startedAt: iso('12:00:01'), nodes, artifactRepositoryRef: { artifactRepository: { s3: { bucket: 'store' } } } },
};

function map(value: unknown): MappedEvent {
  const [mapped] = mapClusterObjects(value, { body: new Uint8Array(), contentType: 'application/json', headers: {} }, { tenantId: 'acme', receivedAtMs: 1 });
  if (mapped === undefined) throw new Error('nothing mapped');
  return mapped;
}

function withStatus(status: Record<string, unknown>, spec: Record<string, unknown> = {}): unknown {
  return { ...workflow, spec: { ...workflow.spec, ...spec }, status: { ...workflow.status, ...status } };
}

function tasksNamed(name: string, value: unknown = workflow): readonly TaskStatement[] {
  return (map(value).executions[0]?.tasks ?? []).filter((task) => task.name === name) as TaskStatement[];
}

describe('workflow of Argo', () => {
  it('is a run', () => {
    const mapped = map(workflow);

    expect(mapped).toMatchObject({ format: 'argo', formatVersion: 'argoproj.io/v1alpha1', type: 'workflow.running', source, externalId: 'uid-1/77', sequence: '77', subject: 'w' });
    expect(mapped.executions[0]?.run).toMatchObject({
      ...{ runId, engine: 'argo', externalId: 'uid-1', namespace: 'ci', workflow: 'nightly', labels: { team: 'a' } },
      ...{ status: Status.RUNNING, queuedAtMs: at('12:00:00'), startedAtMs: at('12:00:01'), finishedAtMs: undefined },
    });
  });

  it.each([
    [{ phase: 'Succeeded' }, Outcome.SUCCESS],
    [{ phase: 'Failed', message: 'child failed' }, Outcome.FAILURE],
    [{ phase: 'Error', message: 'no template' }, Outcome.ERROR],
    [{ phase: 'Failed', message: 'Step exceeded its deadline' }, Outcome.TIMEOUT],
    [{ phase: 'Failed', message: "Stopped with strategy 'Terminate'" }, Outcome.CANCELLATION],
  ])('with status %j has outcome %s', (status, outcome) => {
    expect(map(withStatus({ ...status, finishedAt: iso('12:05:00') })).executions[0]?.run).toMatchObject({ status: Status.FINISHED, outcome, finishedAtMs: at('12:05:00') });
  });

  it('is cancelled when it fails while it is shut down, or when it is deleted before it ends', () => {
    expect(map(withStatus({ phase: 'Failed' }, { shutdown: 'Stop' })).executions[0]?.run).toMatchObject({ outcome: Outcome.CANCELLATION });
    expect(map({ type: 'DELETED', object: workflow })).toMatchObject({
      ...{ type: 'workflow.deleted', externalId: 'uid-1/77/deleted' },
      executions: [{ run: { status: Status.FINISHED, outcome: Outcome.CANCELLATION } }],
    });
  });

  it('is paused while it is suspended and queued before it has a phase', () => {
    expect(map(withStatus({}, { suspend: true })).executions[0]?.run).toMatchObject({ status: Status.PAUSED });
    expect(map(withStatus({ phase: undefined })).executions[0]?.run).toMatchObject({ status: Status.QUEUED, startedAtMs: undefined });
  });

  it('says nothing by a phase that does not exist', () => {
    const mapped = map(withStatus({ phase: 'Runningg' }));

    expect(mapped.executions[0]?.run.status).toBeUndefined();
    expect(mapped.flags).toEqual(['unknown_phase']);
  });

  it('is named for what it comes from, and knows the workflow that made it', () => {
    const metadata = { ...workflow.metadata, labels: { 'workflows.argoproj.io/cron-workflow': 'nightly-report' }, ownerReferences: [{ kind: 'Workflow', uid: 'uid-0' }] };

    expect(map({ ...workflow, metadata }).executions[0]?.run).toMatchObject({
      ...{ workflow: 'nightly-report', trigger: 'schedule' },
      parentRunId: runIdOf({ tenantId: 'acme', engine: 'argo', source, externalId: 'uid-0' }),
    });
  });
});

describe('nodes of an Argo workflow', () => {
  it('are tasks with what they ran, where and what they made', () => {
    const execution = map(workflow).executions[0];
    const taskId = taskIdOf(runId, 'w-1');

    expect(tasksNamed('fetch')).toMatchObject([
      {
        ...{ taskId, externalId: 'w-1', kind: 'pod', attempt: 1, parentTaskId: taskIdOf(runId, 'w'), dependsOn: [] },
        ...{ status: Status.FINISHED, outcome: Outcome.SUCCESS, startedAtMs: at('12:00:01'), finishedAtMs: at('12:00:11') },
        executor: { host: 'node-a', pod: 'w-echo-1', image: 'alpine:3' },
        commandHash: expect.any(String),
      },
    ]);
    expect(execution?.artifacts?.map(({ direction, name, uri, sizeBytes }) => [direction, name, uri, sizeBytes])).toEqual([
      [Direction.INPUT, 'src', 'https://git/x@abc', undefined],
      [Direction.INPUT, 'note', undefined, 5n],
      [Direction.OUTPUT, 'out', 's3://store/w/out.tgz', undefined],
      [Direction.OUTPUT, 'gone', 'gs://own/k', undefined],
    ]);
    expect(execution?.samples?.map(({ name, unit, value, taskId: of }) => [name, unit, value, of])).toEqual([
      ['requested_cpu_seconds', 's', 4, taskId],
      ['requested_memory_mebibyte_seconds', 'MiBy.s', 200, taskId],
    ]);
  });

  it('that are retried are one task with attempts', () => {
    expect(tasksNamed('build')).toMatchObject([
      { taskId: taskIdOf(runId, 'w-2'), attempt: 1, outcome: Outcome.FAILURE, failure: { type: 'Failed', message: 'Error (exit code 2)', exitCode: 2 }, dependsOn: [taskIdOf(runId, 'w-1')] },
      { taskId: taskIdOf(runId, 'w-2'), attempt: 2, status: Status.RUNNING, startedAtMs: at('12:00:30'), finishedAtMs: undefined, dependsOn: [taskIdOf(runId, 'w-1')] },
    ]);
  });

  it('have no end while they run, even if Argo writes one', () => {
    expect(tasksNamed('w')).toMatchObject([{ kind: 'dag', status: Status.RUNNING, finishedAtMs: undefined }]);
  });

  it('are read when they are compressed', () => {
    const compressedNodes = gzipSync(JSON.stringify(nodes)).toString('base64');

    expect(map(withStatus({ nodes: {}, compressedNodes })).executions).toEqual(map(workflow).executions);
  });

  it('are missed, and flagged, when they do not decompress or lie elsewhere', () => {
    expect(map(withStatus({ nodes: {}, compressedNodes: 'bm8=' }))).toMatchObject({ flags: ['nodes_unreadable'], executions: [{ tasks: [] }] });
    expect(map(withStatus({ nodes: {}, offloadNodeStatusVersion: 'v1' }))).toMatchObject({ flags: ['nodes_offloaded'], executions: [{ tasks: [] }] });
  });
});

describe('objects of a cluster', () => {
  it('are found in watch events, streams and lists', () => {
    const list = { apiVersion: 'argoproj.io/v1alpha1', kind: 'WorkflowList', items: [workflow, { ...workflow, kind: undefined, apiVersion: undefined, metadata: { ...workflow.metadata, uid: 'uid-2' } }] };
    const mapped = mapClusterObjects(list, { body: new Uint8Array(), contentType: '', headers: {} }, { tenantId: 'acme', receivedAtMs: 1 });

    expect(map({ type: 'MODIFIED', object: workflow }).type).toBe('workflow.modified');
    expect(map({ result: { type: 'ADDED', object: workflow } }).type).toBe('workflow.added');
    expect(mapped.map(({ executions }) => executions[0]?.run.externalId)).toEqual(['uid-1', 'uid-2']);
    expect(mapped.map(({ raw }) => map(JSON.parse(Buffer.from(raw?.body ?? []).toString())).executions)).toEqual(mapped.map(({ executions }) => executions));
  });

  it('of Argo that are no workflows, and of other kinds, are kept without an execution', () => {
    expect(map({ apiVersion: 'argoproj.io/v1alpha1', kind: 'CronWorkflow', metadata: { name: 'c' } })).toMatchObject({ format: 'argo', type: 'cronworkflow', executions: [] });
    expect(map({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } })).toMatchObject({ format: 'kubernetes', type: 'configmap', executions: [] });
  });

  it('are refused where there are none', () => {
    expect(() => map({ hello: 'world' })).toThrow('not an object of a Kubernetes cluster');
  });
});
