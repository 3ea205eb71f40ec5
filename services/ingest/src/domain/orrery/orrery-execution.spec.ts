import { describe, expect, it } from '@jest/globals';
import { artifactIdOf, Direction, eventIdOf, messageIdOf, Outcome, runIdOf, SampleKind, Status, taskIdOf } from '@orrery/contracts';
import { orreryExecutionOf, type Carrier } from './orrery-execution.js';

const carrier: Carrier = { tenantId: 'acme', source: '//ci', externalId: 'event-1', occurredAtMs: 1714564800000 };
const runId = runIdOf({ tenantId: 'acme', engine: 'orrery', source: '//ci', externalId: 'r1' });

describe('run of the Orrery format', () => {
  it('takes its engine and source from the event unless it names them', () => {
    const { execution, faults } = orreryExecutionOf({ run: { id: 'r1' } }, carrier);

    expect(faults).toEqual([]);
    expect(execution?.run).toMatchObject({ runId, engine: 'orrery', source: '//ci', externalId: 'r1', attempt: 1 });
    expect(orreryExecutionOf({ run: { id: 'r1', engine: 'mill', source: 'urn:x' } }, carrier).execution?.run.runId).toBe(
      runIdOf({ tenantId: 'acme', engine: 'mill', source: 'urn:x', externalId: 'r1' }),
    );
  });

  it('is read field by field', () => {
    const run = {
      id: 'r1',
      attempt: 2,
      workflow: 'nightly',
      namespace: 'team',
      status: 'finished',
      outcome: 'failure',
      queued_at: '2024-05-01T11:59:00Z',
      started_at: '2024-05-01T12:00:00.5Z',
      finished_at: '2024-05-01T12:01:00Z',
      trigger: 'schedule',
      url: 'https://ci/r1',
      parent: { id: 'p', engine: 'mill' },
      version_control: { repository_url: 'https://git/x', revision: 'abc', ref_name: 'main', ref_type: 'branch' },
      trace_id: '0123456789abcdef0123456789abcdef',
      error: { type: 'Boom', message: 'it broke', exit_code: 3 },
      labels: { team: 'a', size: 2 },
    };

    const { execution, faults } = orreryExecutionOf({ run }, carrier);

    expect(faults).toEqual([]);
    expect(execution?.run).toEqual({
      runId: runIdOf({ tenantId: 'acme', engine: 'orrery', source: '//ci', externalId: 'r1', attempt: 2 }),
      ...{ engine: 'orrery', source: '//ci', externalId: 'r1', attempt: 2, workflow: 'nightly', namespace: 'team' },
      ...{ status: Status.FINISHED, outcome: Outcome.FAILURE },
      ...{ queuedAtMs: 1714564740000, startedAtMs: 1714564800500, finishedAtMs: 1714564860000 },
      ...{ trigger: 'schedule', url: 'https://ci/r1', traceId: '0123456789abcdef0123456789abcdef' },
      versionControl: { repositoryUrl: 'https://git/x', revision: 'abc', refName: 'main', refType: 'branch' },
      failure: { type: 'Boom', message: 'it broke', exitCode: 3 },
      labels: { team: 'a', size: '2' },
      parentRunId: runIdOf({ tenantId: 'acme', engine: 'mill', source: '//ci', externalId: 'p' }),
      previousRunId: runId,
    });
  });

  it.each([
    [{}, 'data.run: expected an object with an id'],
    [{ run: {} }, 'data.run.id: expected a non-empty text'],
    [{ run: { id: 7 } }, 'data.run.id: expected a non-empty text'],
    [null, 'data: expected an object with a run'],
  ])('cannot be told of by %j', (data, fault) => {
    expect(orreryExecutionOf(data, carrier)).toEqual({ faults: [fault] });
  });

  it('loses only its faulty fields', () => {
    const run = { id: 'r1', status: 'done', started_at: 'noon', attempt: 0, labels: [], workflow: 'w', parent: {} };

    const { execution, faults } = orreryExecutionOf({ run }, carrier);

    expect(execution?.run).toMatchObject({ runId, workflow: 'w', attempt: 1 });
    expect(faults).toEqual([
      'data.run.attempt: expected a whole number of at least 1',
      'data.run.started_at: expected a time as ISO 8601 has it, between 1980 and 2200',
      'data.run.status: expected one of queued, running, paused, finished',
      'data.run.labels: expected an object',
      'data.run.parent.id: expected a non-empty text',
    ]);
  });

  it('has finished when it has an outcome', () => {
    expect(orreryExecutionOf({ run: { id: 'r1', outcome: 'skip' } }, carrier).execution?.run).toMatchObject({ status: Status.FINISHED, outcome: Outcome.SKIP });
  });

  it('does not end before it starts', () => {
    const run = { id: 'r1', started_at: '2024-05-01T12:00:00Z', finished_at: '2024-05-01T11:00:00Z' };

    const { execution, faults } = orreryExecutionOf({ run }, carrier);

    expect(execution?.run.finishedAtMs).toBe(execution?.run.startedAtMs);
    expect(faults).toEqual(['negative_duration']);
  });
});

describe('tasks of the Orrery format', () => {
  it('are read with their parent, their dependencies and their executor', () => {
    const task = {
      ...{ id: 'build', name: 'Build', kind: 'job', parent: 'all', depends_on: ['fetch', 'fetch', 'lint'], attempt: 2, status: 'running' },
      ...{ executor: { worker: 'w1', host: 'h1', pod: 'p1', image: 'node:24', pool: 'small', executor_class: 'k8s' }, command_hash: 'c0ffee' },
    };

    const { execution, faults } = orreryExecutionOf({ run: { id: 'r1' }, tasks: [task] }, carrier);

    expect(faults).toEqual([]);
    expect(execution?.tasks?.[0]).toMatchObject({
      ...{ taskId: taskIdOf(runId, 'build'), externalId: 'build', name: 'Build', kind: 'job', attempt: 2, status: Status.RUNNING },
      parentTaskId: taskIdOf(runId, 'all'),
      dependsOn: [taskIdOf(runId, 'fetch'), taskIdOf(runId, 'lint')],
      executor: { worker: 'w1', host: 'h1', pod: 'p1', image: 'node:24', pool: 'small', executorClass: 'k8s' },
      commandHash: 'c0ffee',
    });
  });

  it('without an id are left out, and their neighbours stay', () => {
    const { execution, faults } = orreryExecutionOf({ run: { id: 'r1' }, tasks: [{ id: 'a' }, {}, 7, { id: 'b' }] }, carrier);

    expect(execution?.tasks?.map(({ externalId }) => externalId)).toEqual(['a', 'b']);
    expect(faults).toEqual(['data.tasks[1].id: expected a non-empty text', 'data.tasks[2]: expected an object']);
  });

  it('do not wait for themselves', () => {
    const { execution, faults } = orreryExecutionOf({ run: { id: 'r1' }, tasks: [{ id: 'a', depends_on: ['a', 'b', ''], parent: 'a' }] }, carrier);

    expect(execution?.tasks?.[0]).toMatchObject({ dependsOn: [taskIdOf(runId, 'b')], parentTaskId: undefined });
    expect(faults).toEqual([
      'data.tasks[0].parent: expected another task than itself',
      'data.tasks[0].depends_on: expected non-empty texts',
      'data.tasks[0].depends_on: expected another task than itself',
    ]);
  });

  it('bring at most twenty faults', () => {
    expect(orreryExecutionOf({ run: { id: 'r1' }, tasks: new Array(500).fill({}) }, carrier).faults).toHaveLength(20);
  });
});

describe('the rest of the Orrery format', () => {
  const data = {
    run: { id: 'r1' },
    events: [
      { id: 'call', task: 'build', kind: 'model_call', actor: 'writer', model: 'm-1', input_tokens: 12, output_tokens: 3, cost_usd: 0.5, attributes: { a: 1 } },
      { id: 'tool', parent: 'call', kind: 'tool_call', input: '{"q":1}', output: 'ok', severity_number: 9 },
    ],
    artifacts: [{ task: 'build', event: 'tool', direction: 'output', uri: 's3://b/k', digest: 'sha256:00', size_bytes: 5, media_type: 'text/plain', actor: 'writer' }],
    messages: [{ id: 'm1', event: 'call', sender: 'writer', receiver: 'critic', role: 'assistant', content: 'hello' }],
    samples: [
      { task: 'build', name: 'peak_memory_bytes', value: 1024, occurred_at: '2024-05-01T12:00:00Z' },
      { name: 'steps', value: 4, kind: 'sum', unit: '{step}' },
    ],
  };

  it('is read field by field', () => {
    const { execution, faults } = orreryExecutionOf(data, carrier);
    const [call, tool] = execution?.events ?? [];

    expect(faults).toEqual([]);
    expect(call).toMatchObject({
      ...{ eventId: eventIdOf(runId, 'call'), taskId: taskIdOf(runId, 'build'), kind: 'model_call', actor: 'writer', model: 'm-1' },
      ...{ inputTokens: 12n, outputTokens: 3n, costUsd: 0.5, attributesJson: '{"a":1}' },
    });
    expect(tool).toMatchObject({ parentEventId: eventIdOf(runId, 'call'), input: '{"q":1}', output: 'ok', severityNumber: 9 });
    expect(execution?.artifacts?.[0]).toMatchObject({
      artifactId: artifactIdOf(runId, 'build', 'tool', String(Direction.OUTPUT), 's3://b/k', '', '', 'sha256:00'),
      ...{ taskId: taskIdOf(runId, 'build'), eventId: eventIdOf(runId, 'tool'), direction: Direction.OUTPUT, uri: 's3://b/k', sizeBytes: 5n },
      occurredAtMs: 1714564800000,
    });
    expect(execution?.messages?.[0]).toMatchObject({ messageId: messageIdOf(runId, 'm1'), sender: 'writer', receiver: 'critic', content: 'hello' });
    expect(execution?.samples).toMatchObject([
      { name: 'peak_memory_bytes', unit: 'By', kind: SampleKind.GAUGE, value: 1024 },
      { name: 'steps', unit: '{step}', kind: SampleKind.SUM, value: 4 },
    ]);
  });

  it('keeps the good entries beside bad ones', () => {
    const bad = {
      run: { id: 'r1' },
      events: [{ kind: 'span' }, { id: 'e', kind: 'novel', input_tokens: -1 }],
      artifacts: [{ uri: 'x' }, { direction: 'sideways', uri: 'x' }, { direction: 'input' }, { direction: 'input', name: 'n' }],
      messages: 'none',
      samples: [{ name: 'x' }, { value: 1 }, { name: 'x', value: '7' }],
    };

    const { execution, faults } = orreryExecutionOf(bad, carrier);

    expect([execution?.events?.length, execution?.artifacts?.length, execution?.messages?.length, execution?.samples?.length]).toEqual([1, 1, 0, 0]);
    expect(execution?.events?.[0]).toMatchObject({ kind: 'novel', inputTokens: undefined });
    expect(faults).toEqual([
      'data.events[0].id: expected a non-empty text',
      expect.stringMatching(/^data\.events\[1\]\.kind: expected one of agent_call, /),
      'data.events[1].input_tokens: expected a whole number of at least 0',
      'data.artifacts[0].direction: expected one of input, output',
      'data.artifacts[1].direction: expected one of input, output',
      'data.artifacts[2].uri: expected a uri or a name',
      'data.messages: expected an array',
      'data.samples[0].value: expected a number',
      'data.samples[1].name: expected a non-empty text',
      'data.samples[2].value: expected a number',
    ]);
  });

  it('gives two versions of one file two ids, and one version one id however often it is told', () => {
    const artifactId = (digest: string): string | undefined =>
      orreryExecutionOf({ run: { id: 'r1' }, artifacts: [{ direction: 'output', uri: 'f', digest }] }, carrier).execution?.artifacts?.[0]?.artifactId;

    expect(artifactId('sha256:01')).toBe(artifactId('sha256:01'));
    expect(artifactId('sha256:01')).not.toBe(artifactId('sha256:02'));
  });
});
