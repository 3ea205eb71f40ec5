import { describe, expect, it } from '@jest/globals';
import { Outcome, runIdOf, Status, taskIdOf } from '@orrery/contracts';
import type { Execution, MappedEvent } from '../source-event.js';
import { mapGithub } from './github-mapper.js';

const source = 'https://api.github.com/repos/acme/mill';
const repository = { url: source, full_name: 'acme/mill', html_url: 'https://github.com/acme/mill' };
const at = (time: string): number => Date.parse(`2024-05-01T${time}Z`);
const iso = (time: string): string => `2024-05-01T${time}Z`;

function map(value: Record<string, unknown>, headers: Record<string, string> = {}): MappedEvent {
  const [mapped] = mapGithub({ repository, sender: { login: 'ada' }, ...value }, { body: new Uint8Array(), contentType: 'application/json', headers }, { tenantId: 'acme', receivedAtMs: 1 });
  if (mapped === undefined) throw new Error('nothing mapped');
  return mapped;
}

function executionOf(value: Record<string, unknown>): Execution | undefined {
  return map(value).executions[0];
}

function runId(externalId: string, attempt = 1): string {
  return runIdOf({ tenantId: 'acme', engine: 'github', source, externalId, attempt });
}

const workflowRun = {
  ...{ id: 42, run_attempt: 1, run_number: 7, name: 'CI', display_title: 'Fix it', path: '.github/workflows/ci.yml', event: 'push' },
  ...{ status: 'completed', conclusion: 'failure', head_branch: 'main', head_sha: 'abc', html_url: 'https://github.com/acme/mill/actions/runs/42' },
  ...{ created_at: iso('12:00:00'), run_started_at: iso('12:00:05'), updated_at: iso('12:03:00'), triggering_actor: { login: 'ada' } },
};

describe('workflow run of GitHub', () => {
  it('is read field by field', () => {
    const mapped = map({ action: 'completed', workflow_run: workflowRun }, { 'x-github-event': 'workflow_run', 'x-github-delivery': 'guid-1' });

    expect(mapped).toMatchObject({ format: 'github', type: 'workflow_run.completed', source, externalId: 'guid-1', subject: 'CI', occurredAtMs: at('12:03:00') });
    expect(mapped.executions[0]?.run).toEqual({
      ...{ runId: runId('42'), engine: 'github', source, externalId: '42', attempt: 1, namespace: 'acme/mill', workflow: 'CI', trigger: 'push' },
      ...{ status: Status.FINISHED, outcome: Outcome.FAILURE, failure: { type: 'failure', message: '' } },
      ...{ queuedAtMs: at('12:00:00'), startedAtMs: at('12:00:05'), finishedAtMs: at('12:03:00') },
      url: 'https://github.com/acme/mill/actions/runs/42',
      versionControl: { repositoryUrl: 'https://github.com/acme/mill', revision: 'abc', refName: 'main' },
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      labels: { run_number: '7', title: 'Fix it', actor: 'ada', workflow_path: '.github/workflows/ci.yml' },
    });
  });

  it('that is repeated follows the attempt before and was queued when it was repeated', () => {
    expect(executionOf({ action: 'requested', workflow_run: { ...workflowRun, run_attempt: 2, status: 'queued', conclusion: null } })?.run).toMatchObject({
      ...{ runId: runId('42', 2), previousRunId: runId('42', 1), attempt: 2, url: 'https://github.com/acme/mill/actions/runs/42/attempts/2' },
      ...{ status: Status.QUEUED, queuedAtMs: at('12:00:05'), startedAtMs: undefined, finishedAtMs: undefined },
    });
  });

  it('stands as its object says, not as the action does', () => {
    const run = executionOf({ action: 'requested', workflow_run: { ...workflowRun, conclusion: 'action_required' } })?.run;

    expect(run).toMatchObject({ status: Status.FINISHED, outcome: Outcome.ERROR });
  });

  it('does not end before it starts', () => {
    const mapped = map({ workflow_run: { ...workflowRun, updated_at: iso('12:00:00') } });

    expect(mapped.executions[0]?.run).toMatchObject({ finishedAtMs: at('12:00:05') });
    expect(mapped.flags).toEqual(['negative_duration']);
  });

  it.each([
    ['success', Outcome.SUCCESS],
    ['neutral', Outcome.SUCCESS],
    ['cancelled', Outcome.CANCELLATION],
    ['skipped', Outcome.SKIP],
    ['timed_out', Outcome.TIMEOUT],
    ['startup_failure', Outcome.ERROR],
    ['stale', Outcome.ERROR],
    ['something new', Outcome.UNKNOWN],
  ])('that concluded with %s has outcome %s', (conclusion, outcome) => {
    expect(executionOf({ workflow_run: { ...workflowRun, conclusion } })?.run).toMatchObject({ outcome });
  });
});

const workflowJob = {
  ...{ id: 9, run_id: 42, run_attempt: 1, name: 'test', workflow_name: 'CI', head_sha: 'abc', head_branch: 'main', html_url: 'https://github.com/j/9' },
  ...{ status: 'completed', conclusion: 'failure', created_at: iso('12:00:10'), started_at: iso('12:00:20'), completed_at: iso('12:02:00') },
  ...{ labels: ['self-hosted', 'k8s'], runner_name: 'runner-1', runner_group_name: 'small' },
  steps: [
    { name: 'Set up', status: 'completed', conclusion: 'success', number: 1, started_at: iso('12:00:20'), completed_at: iso('12:00:30') },
    { name: 'Run', status: 'completed', conclusion: 'failure', number: 2, started_at: iso('12:00:30'), completed_at: iso('12:01:50') },
    { name: 'Run', status: 'completed', conclusion: 'skipped', number: 3, started_at: iso('12:01:50'), completed_at: iso('12:01:50') },
  ],
};

describe('job of GitHub', () => {
  it('is a task of its run, and its steps are tasks within it, one after the other', () => {
    const execution = executionOf({ action: 'completed', workflow_job: workflowJob });
    const [job, setUp, run, again] = execution?.tasks ?? [];

    expect(execution?.run).toMatchObject({ runId: runId('42'), workflow: 'CI', namespace: 'acme/mill' });
    expect(execution?.run.status).toBeUndefined();
    expect(job).toMatchObject({
      ...{ taskId: taskIdOf(runId('42'), '9'), externalId: '9', name: 'test', kind: 'job', url: 'https://github.com/j/9' },
      ...{ status: Status.FINISHED, outcome: Outcome.FAILURE, failure: { type: 'failure', message: 'step "Run" failed' } },
      ...{ queuedAtMs: at('12:00:10'), startedAtMs: at('12:00:20'), finishedAtMs: at('12:02:00') },
      executor: { worker: 'runner-1', pool: 'small', executorClass: 'self-hosted,k8s' },
    });
    expect(setUp).toMatchObject({ externalId: '9/1', parentTaskId: job?.taskId, dependsOn: [], outcome: Outcome.SUCCESS });
    expect(run).toMatchObject({ externalId: '9/2', dependsOn: [setUp?.taskId], failure: { type: 'failure' } });
    expect(again).toMatchObject({ externalId: '9/3', dependsOn: [run?.taskId], outcome: Outcome.SKIP, startedAtMs: undefined });
    expect(new Set(execution?.tasks?.map(({ taskId }) => taskId)).size).toBe(4);
  });

  it('that is queued or waits has not started and has no runner, whatever it says', () => {
    for (const status of ['queued', 'waiting']) {
      const job = { ...workflowJob, status, conclusion: null, started_at: workflowJob.created_at, completed_at: null, steps: [] };

      expect(executionOf({ action: 'queued', workflow_job: job })?.tasks?.[0]).toMatchObject({
        ...{ status: Status.QUEUED, queuedAtMs: at('12:00:10'), startedAtMs: undefined, finishedAtMs: undefined },
        executor: { executorClass: 'self-hosted,k8s' },
      });
    }
  });

  it('with steps that began before it was made is flagged', () => {
    expect(map({ workflow_job: { ...workflowJob, created_at: iso('12:05:00') } }).flags).toContain('clock_skew');
  });

  it('is not taken for its deployment', () => {
    expect(map({ action: 'queued', workflow_job: workflowJob, deployment: { id: 1 } }).type).toBe('workflow_job.queued');
  });
});

describe('checks of GitHub', () => {
  const suite = { id: 5, status: 'completed', conclusion: 'success', head_sha: 'abc', created_at: iso('12:00:00'), updated_at: iso('12:01:00') };
  const check = { id: 6, name: 'lint', status: 'completed', conclusion: 'failure', started_at: iso('12:00:10'), completed_at: iso('12:00:40'), output: { title: '2 faults' } };
  const app = { slug: 'linter', name: 'Linter' };

  it('of other apps are tasks of the run that their suite is', () => {
    expect(executionOf({ action: 'completed', check_run: { ...check, app, check_suite: suite } })).toMatchObject({
      run: { runId: runId('check_suite/5'), workflow: 'Linter', status: Status.FINISHED, outcome: Outcome.SUCCESS, finishedAtMs: at('12:01:00') },
      tasks: [{ externalId: '6', name: 'lint', kind: 'check', outcome: Outcome.FAILURE, failure: { type: 'failure', message: '2 faults' } }],
    });
    expect(executionOf({ action: 'completed', check_suite: { ...suite, app } })?.run.runId).toBe(runId('check_suite/5'));
  });

  it('of GitHub Actions are kept without an execution: their jobs say more', () => {
    const actions = { slug: 'github-actions' };

    expect(map({ action: 'completed', check_run: { ...check, app: actions, check_suite: suite } })).toMatchObject({ executions: [], flags: [] });
    expect(map({ action: 'completed', check_suite: { ...suite, app: actions } })).toMatchObject({ executions: [], flags: [] });
  });

  it('that are only asked for are kept without an execution', () => {
    expect(map({ action: 'requested', check_suite: { ...suite, status: 'queued', app } }).executions).toEqual([]);
  });
});

describe('deployment of GitHub', () => {
  const deployment = { id: 3, task: 'deploy', environment: 'production', sha: 'abc', ref: 'main', created_at: iso('12:00:00') };

  it('by GitHub Actions is a task of the workflow run', () => {
    expect(executionOf({ action: 'created', deployment, workflow_run: { ...workflowRun, status: 'in_progress', conclusion: null } })).toMatchObject({
      run: { runId: runId('42'), status: Status.RUNNING },
      tasks: [{ externalId: 'deployment/3', name: 'deploy to production', kind: 'deployment', status: Status.QUEUED }],
    });
  });

  it('by something else is a run of its own that its statuses move', () => {
    const status = { id: 4, state: 'failure', description: 'no quota', created_at: iso('12:01:00'), target_url: 'https://x' };

    expect(executionOf({ action: 'created', deployment, deployment_status: status })).toMatchObject({
      run: { runId: runId('deployment/3'), workflow: 'deploy', outcome: Outcome.FAILURE, queuedAtMs: at('12:00:00'), finishedAtMs: at('12:01:00') },
      tasks: [{ failure: { type: 'failure', message: 'no quota' }, url: 'https://x' }],
    });
    expect(executionOf({ deployment, deployment_status: { ...status, state: 'inactive' } })?.run.status).toBeUndefined();
  });
});

describe('listing of GitHub\'s REST API', () => {
  const list = (value: Record<string, unknown>): readonly MappedEvent[] =>
    mapGithub(value, { body: new Uint8Array(), contentType: 'application/json', headers: {} }, { tenantId: 'acme', receivedAtMs: 1 });

  it('of runs, jobs and artifacts is one event each, told to the runs that webhooks tell of', () => {
    const [run] = list({ total_count: 1, workflow_runs: [{ ...workflowRun, url: `${source}/actions/runs/42` }] });
    const [job] = list({ jobs: [{ ...workflowJob, run_url: `${source}/actions/runs/42` }] });
    const [artifact] = list({
      artifacts: [{ id: 8, name: 'report', size_in_bytes: 5, digest: 'sha256:00', url: `${source}/actions/artifacts/8`, created_at: iso('12:02:00'), workflow_run: { id: 42 } }],
    });

    expect([run, job, artifact].map((event) => event?.executions[0]?.run.runId)).toEqual([runId('42'), runId('42'), runId('42')]);
    expect([run?.type, job?.type, artifact?.type]).toEqual(['workflow_run', 'workflow_job', 'artifact']);
    expect(artifact?.executions[0]?.artifacts).toMatchObject([{ name: 'report', sizeBytes: 5n, digest: 'sha256:00', uri: `${source}/actions/artifacts/8` }]);
    expect(artifact?.flags).toEqual(['attempt_unknown']);
  });

  it('keeps of each object bytes that are mapped to the same', () => {
    const [run] = list({ workflow_runs: [{ ...workflowRun, url: `${source}/actions/runs/42` }] });

    expect(list(JSON.parse(Buffer.from(run?.raw?.body ?? []).toString()) as Record<string, unknown>)).toEqual([run]);
  });
});

describe('other webhooks of GitHub', () => {
  it('are kept without an execution', () => {
    expect(map({ ref: 'refs/heads/main' }, { 'x-github-event': 'push', 'x-github-delivery': 'g' })).toMatchObject({ type: 'push', executions: [], flags: [] });
    expect(map({ inputs: {}, ref: 'main' })).toMatchObject({ type: 'webhook', executions: [] });
  });

  it('without the id of their delivery get one of the state that they tell of', () => {
    const id = (value: Record<string, unknown>): string => map(value).externalId;

    expect(id({ action: 'completed', workflow_run: workflowRun })).toBe('workflow_run/42/1/completed/completed/2024-05-01T12:03:00Z/0');
    expect(id({ ref: 'a' })).not.toBe(id({ ref: 'b' }));
  });

  it('are flagged when what they should hold is missing', () => {
    expect(map({ action: 'completed' }, { 'x-github-event': 'workflow_run' }).flags).toContain('unmapped');
  });

  it('are refused when nothing says that they are of GitHub', () => {
    expect(() => mapGithub({ a: 1 }, { body: new Uint8Array(), contentType: '', headers: {} }, { tenantId: 'a', receivedAtMs: 1 })).toThrow('not of GitHub');
  });
});
