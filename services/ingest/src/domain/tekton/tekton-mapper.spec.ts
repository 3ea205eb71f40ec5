import { describe, expect, it } from '@jest/globals';
import { Outcome, runIdOf, Status, taskIdOf } from '@orrery/contracts';
import { mapClusterObjects } from '../cluster-object-mapper.js';
import type { Execution, MappedEvent } from '../source-event.js';
import type { TaskStatement } from '../statements.js';
import { mapTekton } from './tekton-mapper.js';

const payload = { body: new Uint8Array(), contentType: 'application/json', headers: {} };
const context = { tenantId: 'acme', receivedAtMs: 1 };
const iso = (time: string): string => `2024-05-01T${time}Z`;
const at = (time: string): number => Date.parse(iso(time));
const runId = runIdOf({ tenantId: 'acme', engine: 'tekton', source: '/apis/tekton.dev/namespaces/ci', externalId: 'pr-uid' });

const succeeded = (status: string, reason: string, message = ''): unknown[] => [{ type: 'Succeeded', status, reason, message }];
const pipelineRun = {
  metadata: { uid: 'pr-uid', name: 'release-1', namespace: 'ci', creationTimestamp: iso('12:00:00'), labels: { 'tekton.dev/pipeline': 'release' }, resourceVersion: '5' },
  spec: { pipelineRef: { name: 'release' } },
  status: {
    conditions: succeeded('True', 'Completed'),
    startTime: iso('12:00:01'),
    completionTime: iso('12:05:00'),
    pipelineSpec: {
      tasks: [
        { name: 'fetch' },
        { name: 'build', runAfter: ['fetch'] },
        { name: 'sign', params: [{ name: 'image', value: '$(tasks.build.results.IMAGE_URL)' }] },
        { name: 'notify-me', when: [{ input: '$(tasks.build.results.ok[*])', operator: 'in', values: ['yes'] }] },
      ],
      finally: [{ name: 'clean' }],
    },
    childReferences: [
      { kind: 'TaskRun', name: 'release-1-fetch', pipelineTaskName: 'fetch' },
      { kind: 'TaskRun', name: 'release-1-build', pipelineTaskName: 'build' },
      { kind: 'CustomRun', name: 'release-1-sign', pipelineTaskName: 'sign' },
      { kind: 'TaskRun', name: 'release-1-clean', pipelineTaskName: 'clean' },
    ],
    skippedTasks: [{ name: 'notify-me', reason: 'When Expressions evaluated to false' }],
    results: [{ name: 'version', value: '1.2.3' }],
  },
};

function execution(value: unknown): Execution {
  const [mapped] = mapTekton(value, payload, context);
  if (mapped?.executions[0] === undefined) throw new Error('no execution');
  return mapped.executions[0];
}

describe('PipelineRun of Tekton', () => {
  it('is a run', () => {
    const [mapped] = mapTekton({ pipelineRun }, payload, context);

    expect(mapped).toMatchObject({ format: 'tekton', type: 'pipelinerun.completed', externalId: 'pr-uid/5', subject: 'release-1', occurredAtMs: at('12:05:00') });
    expect(mapped?.executions[0]?.run).toMatchObject({
      ...{ runId, engine: 'tekton', source: '/apis/tekton.dev/namespaces/ci', externalId: 'pr-uid', namespace: 'ci', workflow: 'release' },
      ...{ status: Status.FINISHED, outcome: Outcome.SUCCESS, queuedAtMs: at('12:00:00'), startedAtMs: at('12:00:01'), finishedAtMs: at('12:05:00') },
    });
  });

  it('has the tasks that it made and skipped, each with what it waited for', () => {
    const tasks = (execution({ pipelineRun }).tasks ?? []) as TaskStatement[];
    const id = (name: string): string => taskIdOf(runId, name);

    expect(tasks.map(({ name, externalId, kind, dependsOn }) => [name, externalId, kind, dependsOn])).toEqual([
      ['fetch', 'release-1-fetch', 'task', []],
      ['build', 'release-1-build', 'task', [id('release-1-fetch')]],
      ['sign', 'release-1-sign', 'custom_task', [id('release-1-build')]],
      ['clean', 'release-1-clean', 'task', [id('release-1-sign'), id('notify-me')]],
      ['notify-me', 'notify-me', 'task', [id('release-1-build')]],
    ]);
    expect(tasks[4]).toMatchObject({ outcome: Outcome.SKIP, failure: { message: 'When Expressions evaluated to false' } });
  });

  it('puts out its results', () => {
    expect(execution({ pipelineRun }).artifacts).toMatchObject([{ name: 'results/version', sizeBytes: 5n, attributesJson: '{"value":"1.2.3"}', actor: 'release' }]);
  });

  it.each([
    [undefined, Status.QUEUED, undefined],
    [succeeded('Unknown', 'PipelineRunPending'), Status.QUEUED, undefined],
    [succeeded('Unknown', 'Running'), Status.RUNNING, undefined],
    [succeeded('False', 'Failed'), Status.FINISHED, Outcome.FAILURE],
    [succeeded('False', 'PipelineRunTimeout'), Status.FINISHED, Outcome.TIMEOUT],
    [succeeded('False', 'Cancelled'), Status.FINISHED, Outcome.CANCELLATION],
    [succeeded('False', 'PipelineValidationFailed'), Status.FINISHED, Outcome.ERROR],
    [succeeded('False', 'CreateRunFailed'), Status.FINISHED, Outcome.ERROR],
  ])('with conditions %j has status %s and outcome %s', (conditions, status, outcome) => {
    const startTime = conditions === undefined ? undefined : iso('12:00:01');

    expect(execution({ pipelineRun: { ...pipelineRun, status: { conditions, startTime } } }).run).toMatchObject({ status, ...(outcome === undefined ? {} : { outcome }) });
  });
});

const taskRun = {
  metadata: {
    ...{ uid: 'tr-uid', name: 'release-1-build', namespace: 'ci', creationTimestamp: iso('12:01:00') },
    labels: { 'tekton.dev/pipelineTask': 'build', 'tekton.dev/pipeline': 'release', 'tekton.dev/task': 'kaniko' },
    ownerReferences: [{ kind: 'PipelineRun', name: 'release-1', uid: 'pr-uid' }],
  },
  status: {
    conditions: succeeded('False', 'Failed', 'step failed'),
    ...{ podName: 'pod-2', startTime: iso('12:02:00'), completionTime: iso('12:03:00') },
    taskSpec: { steps: [{ name: 'compile', image: 'golang:1', script: 'go build' }] },
    retriesStatus: [{ conditions: succeeded('False', 'TaskRunTimeout'), podName: 'pod-1', startTime: iso('12:01:00'), completionTime: iso('12:01:50'), steps: [] }],
    steps: [
      { name: 'compile', imageID: 'golang@sha256:00', terminated: { exitCode: 0, reason: 'Completed', startedAt: iso('12:02:10'), finishedAt: iso('12:02:20') } },
      { name: 'push', terminated: { exitCode: 3, reason: 'Error', startedAt: iso('12:02:20'), finishedAt: iso('12:02:50') } },
      { name: 'after', terminated: { exitCode: 1, reason: 'Error' }, terminationReason: 'Skipped' },
      { name: 'never', waiting: { reason: 'PodInitializing' } },
    ],
    results: [
      { name: 'APP_IMAGE_URL', value: 'registry/app:1' },
      { name: 'APP_IMAGE_DIGEST', value: 'sha256:abc\n' },
      { name: 'list', value: ['a'] },
    ],
  },
};

describe('TaskRun of Tekton', () => {
  it('is, attempt by attempt, the task of the PipelineRun that made it', () => {
    const { run, tasks } = execution({ taskRun });
    const [first, second] = (tasks ?? []) as TaskStatement[];

    expect(run).toMatchObject({ runId, workflow: 'release' });
    expect(first).toMatchObject({
      ...{ taskId: taskIdOf(runId, 'release-1-build'), externalId: 'release-1-build', name: 'build', kind: 'task', labels: { task: 'kaniko' } },
      ...{ attempt: 1, outcome: Outcome.TIMEOUT, startedAtMs: at('12:01:00'), finishedAtMs: at('12:01:50'), executor: { pod: 'pod-1', image: 'golang:1' } },
    });
    expect(second).toMatchObject({
      ...{ taskId: first?.taskId, attempt: 2, outcome: Outcome.FAILURE, failure: { type: 'Failed', message: 'step failed' }, executor: { pod: 'pod-2' } },
      commandHash: expect.any(String),
    });
  });

  it('has its steps as tasks within it, one after the other', () => {
    const steps = ((execution({ taskRun }).tasks ?? []) as TaskStatement[]).filter(({ kind }) => kind === 'step');

    expect(steps.map(({ externalId, attempt, status, outcome }) => [externalId, attempt, status, outcome])).toEqual([
      ['release-1-build/compile', 2, Status.FINISHED, Outcome.SUCCESS],
      ['release-1-build/push', 2, Status.FINISHED, Outcome.FAILURE],
      ['release-1-build/after', 2, Status.FINISHED, Outcome.SKIP],
      ['release-1-build/never', 2, Status.QUEUED, undefined],
    ]);
    expect(steps[1]).toMatchObject({ dependsOn: [steps[0]?.taskId], parentTaskId: taskIdOf(runId, 'release-1-build'), failure: { type: 'Error', exitCode: 3 } });
  });

  it('puts out what its results name, halves of an image made one', () => {
    expect(execution({ taskRun }).artifacts?.map(({ name, uri, digest, mediaType }) => [name, uri, digest, mediaType])).toEqual([
      ['results/list', undefined, expect.stringMatching(/^sha256:/), 'application/json'],
      ['APP_IMAGE', 'registry/app:1', 'sha256:abc', undefined],
    ]);
  });

  it('that nobody made is a run of its own', () => {
    const metadata = { uid: 'tr-uid', name: 'lint-1', namespace: 'ci', generateName: 'lint-' };

    expect(execution({ taskRun: { ...taskRun, metadata } })).toMatchObject({
      run: { externalId: 'tr-uid', workflow: 'lint', outcome: Outcome.FAILURE },
      tasks: [{ externalId: 'lint-1' }, { externalId: 'lint-1' }, {}, {}, {}, {}],
    });
  });

  it('is the same task that its PipelineRun tells of', () => {
    const fromPipeline = (execution({ pipelineRun }).tasks ?? []).map(({ taskId }) => taskId);

    expect(fromPipeline).toContain(execution({ taskRun }).tasks?.[0]?.taskId);
  });
});

describe('other objects of Tekton', () => {
  const bare = (value: unknown): MappedEvent | undefined => mapClusterObjects(value, payload, context)[0];

  it('are told apart by their kind, with or without an apiVersion', () => {
    expect(bare({ kind: 'PipelineRun', metadata: { name: 'x' } })).toMatchObject({ format: 'tekton', type: 'pipelinerun', executions: [{ run: { externalId: 'default/x' } }] });
    expect(bare({ kind: 'CustomRun', apiVersion: 'tekton.dev/v1beta1', metadata: { name: 'x' } })?.executions[0]?.tasks?.[0]).toMatchObject({ kind: 'custom_task' });
    expect(bare({ kind: 'Pipeline', apiVersion: 'tekton.dev/v1', metadata: { name: 'x' } })).toMatchObject({ executions: [], flags: [] });
  });

  it('are kept with the reason when they have no name', () => {
    expect(mapTekton({ taskRun: {} }, payload, context)[0]).toMatchObject({ executions: [], flags: ['unmapped', 'metadata.name: expected a non-empty text'] });
  });

  it('are refused where there are none', () => {
    expect(() => mapTekton({ a: 1 }, payload, context)).toThrow('not of Tekton');
  });
});
