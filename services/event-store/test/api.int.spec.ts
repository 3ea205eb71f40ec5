import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { artifactIdOf, Direction, eventIdOf, Outcome, Status } from '@orrery/contracts';
import type { TestStore } from '@orrery/testing';
import { reportRun } from './build-run.js';
import { at, RunTeller } from './records.js';
import { openStore, ServiceScene } from './store-scene.js';

let store: TestStore;
let scene: ServiceScene;
const teller = new RunTeller('report-1');
const reader = new RunTeller('reader-1');
const { runId } = teller;
const iso = (seconds: number) => new Date(at(seconds)).toISOString();

beforeAll(async () => {
  store = await openStore();
  scene = await ServiceScene.open(store);
  await scene.tell([
    // In another order than they were made, and one of them twice.
    ...reportRun(teller).reverse(),
    reportRun(new RunTeller('report-1'))[0]!,
    reader.record({
      occurredAtMs: at(100),
      run: { runId: reader.runId, engine: 'argo', workflow: 'send mail', status: Status.RUNNING, startedAtMs: at(90), parentRunId: runId, rootRunId: runId },
      tasks: [{ taskId: reader.task('send'), name: 'send', status: Status.RUNNING, startedAtMs: at(91) }],
      artifacts: [{ artifactId: artifactIdOf(reader.runId, 'r'), taskId: reader.task('send'), direction: Direction.INPUT, uri: 'file:///report.md', occurredAtMs: at(95), actor: 'mailer' }],
    }),
  ]);
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

describe('GET /api/v1/runs/{run_id}', () => {
  it('tells all that is known of the run', async () => {
    const { status, body } = await scene.get(`/api/v1/runs/${runId}`);

    expect(status).toBe(200);
    expect(body).toEqual({
      run_id: runId,
      engine: 'prefect',
      source: 'https://prefect.example',
      external_id: 'report-1',
      attempt: 1,
      namespace: 'reports',
      workflow: 'weekly report',
      status: 'finished',
      outcome: 'failure',
      queued_at: iso(-5),
      started_at: iso(0),
      finished_at: iso(15),
      duration_ms: 15_000,
      trigger: 'schedule',
      url: 'https://prefect.example/runs/1',
      version_control: { repository_url: 'https://git.example/reports', revision: 'abc123', ref_name: 'main', ref_type: 'branch' },
      labels: { team: 'finance' },
      error: { type: 'TaskFailed', message: 'write failed', exit_code: null },
      parent_run_id: null,
      root_run_id: null,
      previous_run_id: null,
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      task_counts: { total: 3, queued: 0, running: 0, finished: 3, failed: 1 },
      event_count: 5,
      artifact_count: 2,
      received_at: iso(1),
      updated_at: iso(16),
      actors: [
        { actor: 'file tool', kind: 'tool_call', calls: 1, failures: 1, input_tokens: null, output_tokens: null, cost_usd: null, duration_ms: 1000 },
        { actor: 'search tool', kind: 'tool_call', calls: 1, failures: 0, input_tokens: null, output_tokens: null, cost_usd: null, duration_ms: 1000 },
        { actor: 'writer', kind: 'agent_call', calls: 1, failures: 1, input_tokens: null, output_tokens: null, cost_usd: null, duration_ms: 6200 },
        { actor: 'writer', kind: 'model_call', calls: 1, failures: 0, input_tokens: 100, output_tokens: 20, cost_usd: 0.25, duration_ms: 1500 },
      ],
      child_runs: [{ run_id: reader.runId, workflow: 'send mail', status: 'running', outcome: null }],
      sources: [{ format: 'orrery', type: 'dev.orrery.execution.v1', count: 3 }],
      flags: ['redacted'],
    });
  });

  it('knows no run of that id, and says when an id is none', async () => {
    const unknown = await scene.get(`/api/v1/runs/${eventIdOf(runId, 'x')}`);
    const wrong = await scene.get('/api/v1/runs/1');

    expect(unknown).toMatchObject({ status: 404, body: { code: 'ORRERY_NOT_FOUND' } });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'ORRERY_VALIDATION', detail: expect.stringContaining('run_id') } });
  });
});

describe('GET /api/v1/runs', () => {
  const list = async (query: string) => (await scene.get(`/api/v1/runs?${query}`)).body.items.map(({ workflow }: { workflow: string }) => workflow);

  it('lists the newest first, page by page', async () => {
    const first = await scene.get('/api/v1/runs?limit=1');
    const second = await scene.get(`/api/v1/runs?limit=1&cursor=${first.body.next_cursor}`);

    expect(first.body.items).toMatchObject([{ workflow: 'send mail', status: 'running', outcome: null, finished_at: null, duration_ms: null, version_control: null, error: null }]);
    expect(second.body.items).toMatchObject([{ workflow: 'weekly report' }]);
    expect(second.body.next_cursor).toBeNull();
  });

  it.each([
    ['engine=argo', ['send mail']],
    ['namespace=reports', ['weekly report']],
    ['workflow=weekly%20report', ['weekly report']],
    ['status=running', ['send mail']],
    ['outcome=failure', ['weekly report']],
    ['outcome=success', []],
    [`since=${iso(50)}`, ['send mail']],
    [`until=${iso(50)}`, ['weekly report']],
    ['label=team:finance', ['weekly report']],
    ['label=team:sales', []],
    ['q=WEEKLY', ['weekly report']],
    ['q=reader-1', []],
    ['q=%25', []],
    ['engine=prefect&label=team:finance&q=report', ['weekly report']],
  ])('filters by %s', async (query, workflows) => {
    expect(await list(query)).toEqual(workflows);
  });

  it.each(['limit=0', 'limit=501', 'limit=x', 'status=done', 'since=yesterday', 'label=team', 'colour=red', 'cursor=abc', 'cursor=%25%25', `cursor=${Buffer.from('["timeline",1,"x"]').toString('base64url')}`])(
    'refuses %s with what is wrong',
    async (query) => {
      expect(await scene.get(`/api/v1/runs?${query}`)).toMatchObject({ status: 400, body: { code: 'ORRERY_VALIDATION', status: 400 } });
    },
  );

  it('takes hostile text for text', async () => {
    for (const text of [`'; drop table run; --`, `" or 1=1`, '\u0000', '\\', '%00', `$1`, '{"a":1}']) {
      const { status } = await scene.get(`/api/v1/runs?q=${encodeURIComponent(text)}&engine=${encodeURIComponent(text)}&label=${encodeURIComponent(`${text}x:${text}`)}`);
      expect([200, 400]).toContain(status);
    }
    expect(await list('limit=10')).toHaveLength(2);
  });
});

describe('GET /api/v1/runs/{run_id}/graph', () => {
  it('tells every task with its attempts and the edges between tasks that there are', async () => {
    const { body } = await scene.get(`/api/v1/runs/${runId}/graph`);

    const attempt2 = {
      attempt: 2,
      status: 'finished',
      outcome: 'failure',
      queued_at: iso(7),
      started_at: iso(8),
      finished_at: iso(14.5),
      error: { type: 'OSError', message: 'disk full', exit_code: 28 },
      executor: { worker: 'w1', host: null, pod: null, image: 'agents:3', pool: null, executor_class: 'gpu' },
    };
    expect(body.run_id).toBe(runId);
    expect(body.tasks.map(({ name }: { name: string }) => name)).toEqual(['publish', 'fetch', 'write']);
    expect(body.tasks[2]).toEqual({
      task_id: teller.task('write'),
      external_id: 'write',
      parent_task_id: null,
      depends_on: [teller.task('fetch')],
      name: 'write',
      kind: null,
      ...attempt2,
      attempts: [
        { attempt: 1, status: 'finished', outcome: 'error', queued_at: null, started_at: iso(6), finished_at: iso(7), error: { type: 'Evicted', message: null, exit_code: null }, executor: null },
        attempt2,
      ],
      duration_ms: 6500,
      url: null,
      labels: { tier: 'a' },
      event_count: 5,
      artifact_count: 2,
    });
    expect(body.tasks[0]).toMatchObject({ name: 'publish', depends_on: [teller.task('write')], status: 'finished', outcome: 'cancellation', duration_ms: null });
  });
});

describe('GET /api/v1/runs/{run_id}/timeline', () => {
  const timeline = async (query = '') => (await scene.get(`/api/v1/runs/${runId}/timeline?${query}`)).body;

  it('answers: what was the flow inside step 2', async () => {
    const body = await timeline(`task=${teller.task('write')}`);

    expect(body).toMatchObject({ total: 5, next_cursor: null });
    expect(body.items).toHaveLength(1);
    const [agent] = body.items;
    expect(agent).toMatchObject({ event_id: teller.event('agent'), kind: 'agent_call', actor: 'writer', target: 'researcher', status: 'finished', outcome: 'failure', duration_ms: 6200, child_count: 3, artifact_count: 0, parent_event_id: null });
    expect(agent.children.map(({ name }: { name: string }) => name)).toEqual(['search', 'chat', 'save file']);
    expect(agent.children[0]).toEqual({
      event_id: teller.event('search'),
      external_id: 'search',
      task_id: teller.task('write'),
      parent_event_id: teller.event('agent'),
      kind: 'tool_call',
      name: 'search',
      actor: 'search tool',
      target: 'web',
      status: 'finished',
      outcome: 'success',
      started_at: iso(9),
      finished_at: iso(10),
      duration_ms: 1000,
      error: null,
      model: null,
      input_tokens: null,
      output_tokens: null,
      cost_usd: null,
      input: '{"q":"sales"}',
      output: 'found 3',
      severity_number: null,
      attributes: { hits: 3 },
      artifact_count: 1,
      child_count: 0,
      children: [],
    });
    expect(agent.children[1]).toMatchObject({ model: 'm-large', input_tokens: 100, output_tokens: 20, cost_usd: 0.25 });
    expect(agent.children[2].children).toMatchObject([{ kind: 'log', severity_number: 17, child_count: 0 }]);
  });

  it('answers: how many times was agent X called', async () => {
    const body = await timeline('actor=writer&kind=agent_call');

    expect(body.total).toBe(1);
    expect(body.items).toMatchObject([{ event_id: teller.event('agent'), children: [], child_count: 3 }]);
    expect((await timeline('kind=tool_call')).total).toBe(2);
    expect((await timeline('kind=tool_call&actor=nobody')).total).toBe(0);
  });

  it('pages what lies below one event', async () => {
    const first = await timeline(`parent=${teller.event('agent')}&limit=2`);
    const second = await timeline(`parent=${teller.event('agent')}&limit=2&cursor=${first.next_cursor}`);

    expect(first).toMatchObject({ total: 3, items: [{ name: 'search' }, { name: 'chat' }] });
    expect(second).toMatchObject({ total: 3, items: [{ name: 'save file', child_count: 1, children: [{ kind: 'log' }] }], next_cursor: null });
  });
});

describe('the leaves of a run', () => {
  it('are listed field by field: artifacts', async () => {
    const { body } = await scene.get(`/api/v1/runs/${runId}/artifacts?direction=output&task=${teller.task('write')}`);

    expect(body).toEqual({
      items: [
        {
          artifact_id: artifactIdOf(runId, 'out'),
          run_id: runId,
          task_id: teller.task('write'),
          event_id: teller.event('save'),
          direction: 'output',
          namespace: 'files',
          name: 'report.md',
          uri: 'file:///report.md',
          digest: 'sha256:bb',
          media_type: 'text/markdown',
          size_bytes: 7,
          occurred_at: iso(13.2),
          // Nobody said so: it is the agent in whose call it was written.
          actor: 'writer',
          attributes: { draft: true },
        },
      ],
      next_cursor: null,
    });
  });

  it('come page by page', async () => {
    const first = (await scene.get(`/api/v1/runs/${runId}/artifacts?limit=1`)).body;
    const second = (await scene.get(`/api/v1/runs/${runId}/artifacts?limit=1&cursor=${first.next_cursor}`)).body;

    expect([...first.items, ...second.items].map(({ uri }) => uri)).toEqual(['s3://data/sales.csv', 'file:///report.md']);
    expect(second.next_cursor).toBeNull();
  });

  it('are listed field by field: messages', async () => {
    const { body } = await scene.get(`/api/v1/runs/${runId}/messages`);

    expect(body.items).toEqual([
      expect.objectContaining({ task_id: teller.task('write'), event_id: teller.event('agent'), sender: 'writer', receiver: 'researcher', role: 'assistant', content: 'what are the sales?', digest: 'sha256:cc', occurred_at: iso(8.5) }),
    ]);
  });

  it('are listed field by field: samples', async () => {
    const { body } = await scene.get(`/api/v1/runs/${runId}/samples?name=peak_memory_bytes&task=${teller.task('write')}`);

    expect(body.items).toEqual([expect.objectContaining({ task_id: teller.task('write'), event_id: null, name: 'peak_memory_bytes', unit: 'By', kind: 'gauge', value: 5e8, occurred_at: iso(12), attributes: { node: 'n1' } })]);
    expect((await scene.get(`/api/v1/runs/${runId}/samples?name=other`)).body.items).toEqual([]);
  });
});

describe('GET /api/v1/runs/{run_id}/state', () => {
  const state = async (seconds: number) => (await scene.get(`/api/v1/runs/${runId}/state?at=${encodeURIComponent(iso(seconds))}`)).body;

  it('rebuilds the run as it stood then', async () => {
    const then = await state(9.7);

    expect(then.at).toBe(iso(9.7));
    expect(then.run).toMatchObject({ status: 'running', outcome: null, finished_at: null, error: null, task_counts: { total: 3, queued: 1, running: 1, finished: 1, failed: 0 }, artifact_count: 1 });
    expect(Object.fromEntries(then.tasks.map(({ name, status, attempt }: { name: string; status: string; attempt: number }) => [name, `${status} ${attempt}`]))).toEqual({ fetch: 'finished 1', write: 'running 2', publish: 'queued 1' });
    expect(then.event_count).toBe(2);
    expect(then.artifacts).toMatchObject([{ uri: 's3://data/sales.csv' }]);
  });

  it('comes to the present run in the end', async () => {
    const end = await state(1000);
    const { actors, child_runs, sources, flags, ...run } = (await scene.get(`/api/v1/runs/${runId}`)).body;
    const graph = (await scene.get(`/api/v1/runs/${runId}/graph`)).body;
    const byId = (tasks: { task_id: string }[]) => [...tasks].sort((a, b) => (a.task_id < b.task_id ? -1 : 1));

    expect(end.run).toEqual(run);
    expect(byId(end.tasks)).toEqual(byId(graph.tasks));
    expect([actors, child_runs, sources, flags].every((list) => list.length > 0)).toBe(true);
  });
});

describe('GET /api/v1/runs/{run_id}/failure', () => {
  it('answers: what led to the failure', async () => {
    const { body } = await scene.get(`/api/v1/runs/${runId}/failure`);

    expect(body.task).toMatchObject({ name: 'write', attempt: 2, outcome: 'failure' });
    expect(body.error).toEqual({ type: 'OSError', message: 'disk full', exit_code: 28 });
    expect(body.upstream.map(({ name }: { name: string }) => name)).toEqual(['fetch']);
    expect(body.events.map(({ name }: { name: string }) => name)).toEqual(['save file', 'invoke writer', 'log', 'chat', 'search']);
    expect(body.log_tail).toEqual(['writing report.md', 'no space left on device']);
    expect(body.summary).toBe('Task "write" failed after 6.5 s: OSError: disk full (exit code 28); before it ran "fetch".');
  });

  it('is not found for a run that did not fail', async () => {
    expect(await scene.get(`/api/v1/runs/${reader.runId}/failure`)).toMatchObject({ status: 404, body: { code: 'ORRERY_NOT_FOUND' } });
  });

  it('explains a failed event where no task failed', async () => {
    const agent = new RunTeller('agent-only');
    await scene.tell([agent.record({ events: [{ eventId: agent.event('e'), kind: 'tool_call', name: 'query', actor: 'analyst', outcome: Outcome.TIMEOUT, startedAtMs: at(1), finishedAtMs: at(2) }] })]);

    expect((await scene.get(`/api/v1/runs/${agent.runId}/failure`)).body).toMatchObject({ task: null, events: [{ name: 'query' }], summary: 'The tool call "query" of "analyst" failed.' });
  });
});

describe('GET /api/v1/artifacts/provenance', () => {
  it('answers: which agent made this file, from what, and who read it since', async () => {
    const { body } = await scene.get(`/api/v1/artifacts/provenance?uri=${encodeURIComponent('file:///report.md')}`);

    expect(body).toEqual({
      uri: 'file:///report.md',
      versions: [
        {
          digest: 'sha256:bb',
          size_bytes: 7,
          produced_by: [
            {
              run: { run_id: runId, workflow: 'weekly report', engine: 'prefect' },
              task: { task_id: teller.task('write'), name: 'write' },
              event: { event_id: teller.event('save'), name: 'save file', kind: 'tool_call' },
              actor: 'writer',
              occurred_at: iso(13.2),
              inputs: [expect.objectContaining({ uri: 's3://data/sales.csv', digest: 'sha256:aa', direction: 'input' })],
            },
          ],
          read_by: [{ run: { run_id: reader.runId, workflow: 'send mail', engine: 'argo' }, task: { task_id: reader.task('send'), name: 'send' }, event: null, actor: 'mailer', occurred_at: iso(95) }],
        },
      ],
    });
  });

  it('finds a file by its hash too', async () => {
    const { body } = await scene.get('/api/v1/artifacts/provenance?hash=sha256:bb');

    expect(body).toMatchObject({ uri: 'file:///report.md', versions: [{ digest: 'sha256:bb', produced_by: [{ actor: 'writer' }] }] });
  });

  it('says so when nobody touched the file, or nothing was asked for', async () => {
    expect((await scene.get('/api/v1/artifacts/provenance?uri=file:///other')).status).toBe(404);
    expect((await scene.get('/api/v1/artifacts/provenance')).status).toBe(400);
    expect((await scene.get('/api/v1/artifacts/provenance?uri=a&hash=b')).status).toBe(400);
  });
});
