import { describe, expect, it } from '@jest/globals';
import { create, toBinary } from '@bufbuild/protobuf';
import { ExecutionRecordSchema } from '@orrery/contracts';
import { isOrreryError } from '@orrery/errors';
import fc from 'fast-check';
import { argoEventsMapper } from './argo/argo-events-mapper.js';
import { mapCdevents } from './cdevents/cdevents-mapper.js';
import { cloudEventsMapper } from './cloudevents-mapper.js';
import { mapClusterObjects } from './cluster-object-mapper.js';
import { mapGithub } from './github/github-mapper.js';
import type { Mapper, MappedEvent } from './source-event.js';
import { mapTekton } from './tekton/tekton-mapper.js';

const time = '2024-05-01T12:00:00Z';
const metadata = { uid: 'u', name: 'n', namespace: 'ns', creationTimestamp: time, labels: { a: 'b' }, annotations: { c: 'd' }, ownerReferences: [{ kind: 'PipelineRun', uid: 'p' }] };
const conditions = [{ type: 'Succeeded', status: 'False', reason: 'Failed', message: 'm' }];
const artifact = { name: 'a', s3: { key: 'k' }, raw: { data: 'd' } };
const node = {
  ...{ id: 'w-1', name: 'w.a', displayName: 'a', type: 'Pod', boundaryID: 'w', phase: 'Failed', message: 'm', startedAt: time, finishedAt: time, children: ['w'] },
  ...{ hostNodeName: 'h', templateName: 't', resourcesDuration: { cpu: 1, memory: 1 }, inputs: { artifacts: [artifact] }, outputs: { exitCode: '1', artifacts: [artifact] } },
};
const workflow = {
  ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata },
  spec: { shutdown: 'Stop', templates: [{ name: 't', container: { image: 'i', command: ['c'] } }] },
  status: { phase: 'Failed', message: 'm', startedAt: time, finishedAt: time, compressedNodes: '', nodes: { w: { type: 'Retry', phase: 'Running', children: ['w-1'] }, 'w-1': node } },
};
const taskStatus = {
  ...{ conditions, startTime: time, completionTime: time, podName: 'p', taskSpec: { steps: [{ image: 'i', script: 's' }] } },
  steps: [{ name: 's', terminated: { exitCode: 1, reason: 'Error', startedAt: time, finishedAt: time } }],
  results: [{ name: 'X_IMAGE_URL', value: 'u' }, { name: 'r', value: 'v' }],
};
const pipelineStatus = {
  ...{ conditions, startTime: time, childReferences: [{ kind: 'TaskRun', name: 'a', pipelineTaskName: 'a' }], skippedTasks: [{ name: 'b', reason: 'r' }] },
  pipelineSpec: { tasks: [{ name: 'a' }, { name: 'b', runAfter: ['a'], params: [{ value: '$(tasks.a.results.x)' }] }], finally: [{ name: 'c' }] },
  taskRuns: { e: { pipelineTaskName: 'e', status: taskStatus } },
};
const githubObject = { id: 1, run_id: 2, run_attempt: 2, status: 'completed', conclusion: 'failure', created_at: time, run_started_at: time, started_at: time, updated_at: time, completed_at: time };
const job = { ...githubObject, name: 'j', labels: ['l'], runner_name: 'r', steps: [{ name: 's', number: 1, status: 'completed', conclusion: 'failure', started_at: time, completed_at: time }] };
const repository = { url: 'https://api.github.com/repos/o/r', full_name: 'o/r', html_url: 'https://github.com/o/r' };
const cdevent = {
  context: { specversion: '0.5.0', id: 'i', source: '/s', type: 'dev.cdevents.testcaserun.finished.0.3.0', timestamp: time, chainId: 'c', links: [{ linkKind: 'TRIGGER', target: { contextId: 'x' } }] },
  subject: { id: 's', content: { outcome: 'failure', reason: 'r', uri: 'u', testSuiteRun: { id: 't' }, testCase: { name: 'n' }, pipelineRun: { id: 'p' }, artifactId: 'pkg:oci/a@b' } },
};
const orreryData = {
  run: { id: 'r', attempt: 2, status: 'running', started_at: time, parent: { id: 'p' }, version_control: { revision: 'x' }, error: { exit_code: 1 }, labels: { a: 'b' } },
  tasks: [{ id: 't', depends_on: ['u'], attempt: 1, executor: { host: 'h' }, finished_at: time }],
  events: [{ id: 'e', kind: 'span', task: 't', input_tokens: 1, cost_usd: 1, severity_number: 1, attributes: {} }],
  artifacts: [{ direction: 'input', uri: 'u', size_bytes: 1, attributes: {} }],
  messages: [{ id: 'm', content: 'c', occurred_at: time }],
  samples: [{ name: 'n', value: 1, occurred_at: time }],
};
const cloudEvent = { specversion: '1.0', id: 'i', source: '/s', type: 'dev.orrery.execution.v1', time, subject: 'x', traceparent: 't', data: orreryData };

const cloudEvents = cloudEventsMapper(mapClusterObjects);
const mapCloudEvent: Mapper = (value, payload, context) => cloudEvents.mapStructured(value, payload, context);
const subjects: readonly (readonly [string, Mapper, unknown])[] = [
  ['Orrery format', mapCloudEvent, cloudEvent],
  ['correlated CloudEvent', mapCloudEvent, { ...cloudEvent, type: 'x', correlationid: 'c', causationid: 'd', dataref: 'e' }],
  ['CDEvent in a CloudEvent', mapCloudEvent, { ...cloudEvent, type: 'dev.cdevents.testcaserun.finished.0.3.0', data: cdevent }],
  ['CDEvent', mapCdevents, cdevent],
  ['workflow run of GitHub', mapGithub, { action: 'completed', workflow_run: githubObject, workflow: { name: 'w' }, repository, sender: {} }],
  ['job of GitHub', mapGithub, { action: 'completed', workflow_job: job, repository, sender: {} }],
  ['check of GitHub', mapGithub, { action: 'completed', check_run: { ...githubObject, app: { slug: 'a' }, check_suite: githubObject }, repository, sender: {} }],
  ['deployment of GitHub', mapGithub, { deployment: githubObject, deployment_status: { ...githubObject, state: 'failure' }, workflow_run: githubObject, repository, sender: {} }],
  ['listing of GitHub', mapGithub, { jobs: [job] }],
  ['artifacts of GitHub', mapGithub, { artifacts: [{ id: 1, name: 'a', size_in_bytes: 5, url: `${repository.url}/actions/artifacts/1`, workflow_run: { id: 2 } }] }],
  ['workflow of Argo', mapClusterObjects, { type: 'MODIFIED', object: workflow }],
  ['event of Argo Events', argoEventsMapper(mapClusterObjects), { context: { type: 'resource', source: 's', id: 'i', time }, data: { type: 'ADD', body: workflow } }],
  ['PipelineRun of Tekton', mapTekton, { pipelineRun: { metadata, spec: {}, status: pipelineStatus } }],
  ['TaskRun of Tekton', mapTekton, { taskRun: { metadata, spec: { taskRef: { name: 't' } }, status: { ...taskStatus, retriesStatus: [taskStatus] } } }],
  ['Job of Kubernetes', mapClusterObjects, { apiVersion: 'batch/v1', kind: 'Job', metadata, status: { conditions: [{ type: 'Failed', status: 'True', reason: 'r', lastTransitionTime: time }], startTime: time } }],
  [
    'Pod of Kubernetes',
    mapClusterObjects,
    { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, ownerReferences: [] }, spec: { containers: [{ image: 'i' }] }, status: { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 1, startedAt: time, finishedAt: time } } }] } },
  ],
];

/** Maps, or tells that the value is not of the format; any other error is one of the mapper's. */
function attempt(mapper: Mapper, value: unknown): readonly MappedEvent[] | 'refused' {
  try {
    return mapper(value, { body: new Uint8Array(), contentType: 'application/json', headers: {} }, { tenantId: 'acme', receivedAtMs: 1 });
  } catch (error) {
    if (isOrreryError(error) && error.code === 'ORRERY_VALIDATION') return 'refused';
    throw error;
  }
}

/** All places in a value, each as the keys that lead to it. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

function replaced(value: unknown, path: readonly string[], junk: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return junk;
  const copy: Record<string, unknown> = Array.isArray(value) ? (Object.assign([], value) as never) : { ...(value as object) };
  copy[key] = replaced(copy[key], rest, junk);
  return copy;
}

function written(mapped: readonly MappedEvent[]): readonly Uint8Array[] {
  return mapped.flatMap(({ executions }) =>
    executions.map(({ run, ...rest }) => toBinary(ExecutionRecordSchema, create(ExecutionRecordSchema, { run, ...rest } as never))),
  );
}

const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', '\0', '__proto__', 'constructor', -1, 0, 1e300, 2 ** 31, 2 ** 53, '9'.repeat(40), time, '2024-02-30T00:00:00Z', [null], [[]], { items: [{}] }),
);

describe('mapping', () => {
  it.each(subjects)('of a %s gives an execution that can be written', (_, mapper, value) => {
    const mapped = attempt(mapper, value);

    expect(mapped).not.toBe('refused');
    expect(written(mapped === 'refused' ? [] : mapped)).not.toEqual([]);
  });

  it.each(subjects)('of a %s with junk anywhere in it is total, repeatable and writable', (_, mapper, value) => {
    const places = placesIn(value);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(places.length - 1), junk), { minLength: 1, maxLength: 3 }), (changes) => {
        // A later place may lie in what an earlier change took away.
        const odd = changes.reduce<unknown>((current, [place, content]) => {
          const path = places[place] ?? [];
          const isThere = path.slice(0, -1).every((_key, depth) => typeof valueAt(current, path.slice(0, depth + 1)) === 'object');
          return isThere && valueAt(current, path.slice(0, -1)) !== null ? replaced(current, path, content) : current;
        }, value);

        const mapped = attempt(mapper, odd);

        expect(attempt(mapper, structuredClone(odd))).toEqual(mapped);
        if (mapped !== 'refused') expect(() => written(mapped)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });

  it.each([...new Set(subjects.map(([, mapper]) => mapper))])('of any JSON at all is total', (mapper) => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(attempt(mapper, value)).toEqual(attempt(mapper, value));
      }),
    );
  });
});

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((current, key) => (typeof current === 'object' && current !== null ? (current as Record<string, unknown>)[key] : undefined), value);
}
