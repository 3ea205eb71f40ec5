import { describe, expect, it } from '@jest/globals';
import { Direction, Outcome, runIdOf, Status, taskIdOf } from '@orrery/contracts';
import type { Execution, MappedEvent } from '../source-event.js';
import { mapCdevents } from './cdevents-mapper.js';

const payload = { body: new Uint8Array(), contentType: 'application/json', headers: {} };
const timestamp = '2024-05-01T12:00:00Z';
const atMs = 1714564800000;

function map(kind: string, subject: Record<string, unknown>, context: Record<string, unknown> = {}): MappedEvent {
  const value = { context: { specversion: '0.5.0', id: 'c1', source: '/tool', type: `dev.cdevents.${kind}`, timestamp, ...context }, subject };
  const [mapped] = mapCdevents(value, payload, { tenantId: 'acme', receivedAtMs: 1 });
  if (mapped === undefined) throw new Error('nothing mapped');
  return mapped;
}

function executionOf(...given: Parameters<typeof map>): Execution | undefined {
  return map(...given).executions[0];
}

function runId(externalId: string, source = '/tool'): string {
  return runIdOf({ tenantId: 'acme', engine: 'cdevents', source, externalId });
}

describe('pipeline run of CDEvents', () => {
  const subject = { id: 'p1', content: { pipelineName: 'deploy', uri: 'https://x/p1', outcome: 'error', errors: 'no disk' } };

  it('is a run that is queued, started and finished by its events', () => {
    expect(executionOf('pipelinerun.queued.0.3.0', subject)?.run).toMatchObject({ status: Status.QUEUED, queuedAtMs: atMs });
    expect(executionOf('pipelinerun.started.0.3.0', subject)?.run).toMatchObject({ status: Status.RUNNING, startedAtMs: atMs });
    expect(executionOf('pipelinerun.finished.0.3.0', subject, { chainId: 'chain' })?.run).toEqual({
      ...{ runId: runId('p1'), engine: 'cdevents', source: '/tool', externalId: 'p1', attempt: 1, workflow: 'deploy', url: 'https://x/p1' },
      ...{ status: Status.FINISHED, outcome: Outcome.ERROR, finishedAtMs: atMs, failure: { type: 'error', message: 'no disk' } },
      labels: { chain_id: 'chain' },
    });
  });

  it('is the same in the shapes of 0.3 and 0.4', () => {
    const old = { id: 'p1', type: 'pipelineRun', source: '/subject', content: { pipelineName: 'deploy', url: 'https://x/p1', outcome: 'success' } };

    const mapped = map('pipelinerun.finished.0.2.0', old, { specversion: undefined, version: '0.4.1' });

    expect(mapped).toMatchObject({ formatVersion: '0.4.1', source: '/tool', externalId: 'c1', subject: 'p1', occurredAtMs: atMs });
    expect(mapped.executions[0]?.run).toMatchObject({ runId: runId('p1', '/subject'), url: 'https://x/p1', outcome: Outcome.SUCCESS, failure: undefined });
  });

  it('is cancelled by cancel, and triggered by what its links say', () => {
    const links = [{ linkType: 'PATH', from: { contextId: 'a' } }, { linkType: 'RELATION', linkKind: 'TRIGGER', target: { contextId: 'b' } }];

    const run = executionOf('pipelinerun.finished.0.3.0', { id: 'p1', content: { outcome: 'cancel' } }, { links })?.run;

    expect(run).toMatchObject({ outcome: Outcome.CANCELLATION, trigger: 'b' });
  });
});

describe('task run of CDEvents', () => {
  it('is a task of the pipeline run that it names', () => {
    const subject = { id: 't1', content: { taskName: 'unit', uri: 'https://x/t1', pipelineRun: { id: 'p1' }, outcome: 'failure', errors: 'red' } };

    expect(executionOf('taskrun.finished.0.3.0', subject)).toEqual({
      run: { runId: runId('p1'), engine: 'cdevents', source: '/tool', externalId: 'p1', attempt: 1 },
      tasks: [
        {
          ...{ taskId: taskIdOf(runId('p1'), 't1'), externalId: 't1', name: 'unit', kind: 'task', url: 'https://x/t1' },
          ...{ status: Status.FINISHED, outcome: Outcome.FAILURE, finishedAtMs: atMs, failure: { type: 'failure', message: 'red' } },
        },
      ],
    });
  });

  it('is a run of its own when it names none', () => {
    expect(executionOf('taskrun.started.0.3.0', { id: 't1', content: { taskName: 'unit' } })).toMatchObject({
      run: { runId: runId('taskrun/t1'), workflow: 'unit', status: Status.RUNNING },
      tasks: [{ externalId: 't1', status: Status.RUNNING }],
    });
  });
});

describe('tests of CDEvents', () => {
  it('are tasks of the run that their suite is', () => {
    const suite = executionOf('testsuiterun.started.0.3.0', { id: 's1', content: { environment: { id: 'dev' }, testSuite: { name: 'login' }, trigger: { type: 'schedule' } } });
    const skipped = executionOf('testcaserun.skipped.0.2.0', { id: 'c9', content: { testSuiteRun: { id: 's1' }, testCase: { name: 'slow' }, reason: 'flaky' } });

    expect(suite?.run).toMatchObject({ runId: runId('testsuiterun/s1'), workflow: 'login', trigger: 'schedule', labels: { environment: 'dev' } });
    expect(skipped).toMatchObject({
      run: { runId: runId('testsuiterun/s1') },
      tasks: [{ name: 'slow', kind: 'test', outcome: Outcome.SKIP, failure: { message: 'flaky' } }],
    });
  });

  it('put out what testoutput tells of', () => {
    const subject = { id: 'report-1', content: { outputType: 'report', format: 'application/pdf', uri: 'https://x/r.pdf', testCaseRun: { id: 'c1' } } };

    expect(executionOf('testoutput.published.0.3.0', subject)).toMatchObject({
      run: { runId: runId('testcaserun/c1') },
      artifacts: [{ direction: Direction.OUTPUT, uri: 'https://x/r.pdf', mediaType: 'application/pdf', taskId: taskIdOf(runId('testcaserun/c1'), 'c1') }],
    });
  });
});

describe('build of CDEvents', () => {
  it('is a run with one task that puts out its artifact', () => {
    const digest = '0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427';

    const execution = executionOf('build.finished.0.3.0', { id: '7', content: { artifactId: `pkg:oci/team/app@sha256%3A${digest}` } });

    expect(execution).toMatchObject({
      run: { runId: runId('build/7'), status: Status.FINISHED, outcome: Outcome.UNKNOWN },
      artifacts: [{ name: 'team/app', digest: `sha256:${digest}`, uri: `pkg:oci/team/app@sha256%3A${digest}` }],
    });
  });
});

describe('other events of CDEvents', () => {
  it.each(['artifact.published.0.3.0', 'change.merged.0.3.0', 'service.deployed.0.3.0', 'incident.detected.0.3.0', 'unheardof.happened.9.0.0'])(
    '%s are kept without an execution',
    (kind) => {
      expect(map(kind, { id: 'x' })).toMatchObject({ format: 'cdevents', type: `dev.cdevents.${kind}`, executions: [], flags: [] });
    },
  );

  it('are kept with the reason when their subject has no id', () => {
    expect(map('pipelinerun.started.0.3.0', {})).toMatchObject({ executions: [], flags: ['unmapped', 'subject.id: expected a non-empty text'] });
  });

  it('of custom types and of drafts are read alike', () => {
    expect(map('pipelinerun.started.0.4.0-draft', { id: 'p1' }).executions).toHaveLength(1);
    expect(mapCdevents({ context: { type: 'dev.cdeventsx.mill-grain.ground.0.1.0' }, subject: { id: 'x' } }, payload, { tenantId: 'a', receivedAtMs: 1 })).toMatchObject([
      { executions: [] },
    ]);
  });

  it('are refused when they are none', () => {
    expect(() => mapCdevents({ context: { type: 'com.example' }, subject: {} }, payload, { tenantId: 'a', receivedAtMs: 1 })).toThrow('not a CDEvent');
  });
});
