import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandLine, type StartOptions } from './command-line.js';
import { FakePlatform, type Handler } from './fake-platform.js';
import { anEvent, anArtifact, aRun, aTask, RUN_ID } from './sample-answers.js';

let platform: FakePlatform;
let orrery: CommandLine;
let handler: Handler;

beforeEach(async () => {
  handler = () => undefined;
  platform = await FakePlatform.start((request, url) => handler(request, url));
  orrery = await CommandLine.create();
});

afterEach(async () => {
  await orrery.remove();
  await platform.stop();
});

function call(args: readonly string[], options: StartOptions = {}) {
  return orrery.run(args, { url: platform.url, ...options });
}

/** Answers GETs by path; a function sees the query. */
function answer(answers: Readonly<Record<string, unknown>>): void {
  handler = ({ method }, url) => {
    const found = answers[url.pathname];
    if (method !== 'GET' || found === undefined) return undefined;
    return { json: typeof found === 'function' ? (found as (query: URLSearchParams) => unknown)(url.searchParams) : found };
  };
}

const page = (items: readonly unknown[], next: string | null = null) => ({ items, next_cursor: next });
const PATH = `/api/v1/runs/${RUN_ID}`;

describe('runs', () => {
  it('lists runs with the filters that were given', async () => {
    answer({ '/api/v1/runs': page([aRun({ workflow: 'release', outcome: 'failure', duration_ms: 83_400 })]) });

    const { code, stdout } = await call(['runs', '--outcome', 'failure', '--workflow', 'release', '--since', '2026-01-31T12:00Z', '--label', 'team:a']);

    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^RUN +OUTCOME +WORKFLOW +ENGINE +STARTED +TOOK +TASKS +BRANCH +COMMIT$/);
    expect(stdout.split('\n')[1]).toMatch(/^3f2a0000 +✗ +failure +release +orrery +.*ago +1m 23s +3 \(1✗\) +main +0123abcd$/);
    expect(platform.received[0]?.path).toBe('/api/v1/runs?workflow=release&outcome=failure&since=2026-01-31T12%3A00%3A00.000Z&label=team%3Aa&limit=50');
  });

  it('turns pages until the limit is reached', async () => {
    answer({ '/api/v1/runs': (query: URLSearchParams) => page(Array.from({ length: Number(query.get('limit')) }, () => aRun()), 'next') });

    const { stdout } = await call(['runs', '--limit', '700', '--json']);

    expect((JSON.parse(stdout) as { items: unknown[] }).items).toHaveLength(700);
    expect(platform.received.map(({ path }) => path)).toEqual(['/api/v1/runs?limit=500', '/api/v1/runs?limit=200&cursor=next']);
  });

  it('sends the key from a file and says when it is refused', async () => {
    await writeFile(join(orrery.folder, 'key'), 'orr_1_secret\n');
    handler = () => ({ status: 401, json: { detail: 'this key opens nothing', code: 'ORRERY_FORBIDDEN' } });

    const { code, stderr } = await call(['runs', '--api-key-file', 'key']);

    expect({ code, stderr }).toEqual({ code: 1, stderr: 'orrery: this key opens nothing\n' });
    expect(platform.received[0]?.headers.authorization).toBe('Bearer orr_1_secret');
  });

  it('says in one line that nobody answers, and what to do', async () => {
    const { code, stderr } = await orrery.run(['runs']);

    expect({ code, stderr }).toEqual({ code: 3, stderr: 'orrery: no answer from http://127.0.0.1:2 (ECONNREFUSED). Start the platform with `npm start`, or name its address with --url or ORRERY_URL.\n' });
  });

  it('colours nothing unless a person looks on, or it is forced and not forbidden', async () => {
    answer({ '/api/v1/runs': page([aRun()]) });
    const hasColour = async (environment: Record<string, string>) => (await call(['runs'], { environment })).stdout.includes('\u001b[');

    expect([await hasColour({}), await hasColour({ FORCE_COLOR: '1' }), await hasColour({ FORCE_COLOR: '1', NO_COLOR: '1' })]).toEqual([false, true, false]);
  });
});

describe('trace', () => {
  const fetch = aTask({ task_id: 't1', name: 'fetch', outcome: 'success', duration_ms: 1_200 });
  const answerTask = aTask({ task_id: 't2', name: 'answer', depends_on: ['t1'], outcome: 'failure', started_at: '2026-01-01T12:00:02Z', event_count: 125, error: { type: 'E', message: 'no answer', exit_code: 1 } });
  const whole = {
    '/api/v1/runs': page([aRun()]),
    [PATH]: aRun(),
    [`${PATH}/graph`]: { run_id: RUN_ID, tasks: [answerTask, fetch, aTask({ task_id: 't3', parent_task_id: 't2', name: 'inner', event_count: 1 })] },
    [`${PATH}/timeline`]: (query: URLSearchParams) =>
      page(query.get('task') === 't2' ? [anEvent({ kind: 'agent_call', actor: 'planner', target: 'coder', task_id: 't2', child_count: 3, children: [anEvent({ task_id: 't2', kind: 'tool_call', name: 'call search', target: 'search', duration_ms: 40 }), anEvent({ task_id: 't3', kind: 'log', name: 'stdout', outcome: null, duration_ms: 0, output: 'first\nlast\n' })] })] : []),
    [`${PATH}/artifacts`]: page([anArtifact({ task_id: 't2', uri: 'file:///srv/report.pdf', size_bytes: 1_234_567 })]),
  };

  it('draws tasks in the order of their edges, with what happened inside them and their files', async () => {
    answer(whole);

    const { code, stdout } = await call(['trace', 'latest']);

    expect(code).toBe(0);
    expect(stdout).toBe(`✗ nightly  failure in 1m 23s
  run ${RUN_ID}  ·  orrery  ·  2026-01-01 12:00:00 UTC  ·  0123abcd on main
├─ ✓ fetch  1.2s  12:00:01
└─ ✗ answer  12:00:02  after fetch  no answer (exit code 1)
   ├─ ✓ agent_call planner → coder  2.0s
   │  ├─ ✓ tool_call search  40ms
   │  ├─ · log stdout  last
   │  └─ … 1 more
   ├─ ✓ inner  12:00:01
   ├─ ▸ /srv/report.pdf  1.2 MB  sha256:01234567
   └─ … 122 more
`);
  });

  it('shows less when asked to', async () => {
    answer(whole);

    const { stdout } = await call(['trace', RUN_ID, '--depth', '0', '--no-events', '--no-artifacts']);

    expect(stdout.split('\n').slice(2)).toEqual(['├─ ✓ fetch  1.2s  12:00:01', '└─ ✗ answer  12:00:02  after fetch  no answer (exit code 1)', '   └─ … 1 inside', '']);
    expect(platform.received.map(({ path }) => path)).toEqual([PATH, `${PATH}/graph`, `/api/v1/anomalies?run_id=${RUN_ID}&limit=100`]);
  });

  it('finds a run by the beginning of its id or by its id at its engine, and says when several begin so', async () => {
    answer({ ...whole, '/api/v1/runs': page([aRun(), aRun({ run_id: '3f2b0000-0000-8000-8000-000000000000', external_id: 'build-7' })]), '/api/v1/runs/3f2b0000-0000-8000-8000-000000000000': aRun() });

    const byPrefix = await call(['trace', '3f2a', '--json']);
    const ambiguous = await call(['trace', '3f2']);
    const unknown = await call(['trace', 'nothing']);

    expect(JSON.parse(byPrefix.stdout)).toMatchObject({ run: { run_id: RUN_ID }, tasks: [{ name: 'answer' }, { name: 'fetch' }, { name: 'inner' }] });
    expect(ambiguous).toMatchObject({ code: 2, stderr: expect.stringContaining('3f2 begins 2 ids') });
    expect(unknown).toMatchObject({ code: 4, stderr: expect.stringContaining('no run nothing') });
    await call(['trace', 'build-7']);
    expect(platform.received.map(({ path }) => path)).toContain('/api/v1/runs/3f2b0000-0000-8000-8000-000000000000');
  });

  it('lets no foreign text steer the terminal', async () => {
    answer({ ...whole, [PATH]: aRun({ workflow: 'evil\u001b]0;title\u0007\n\u001b[2Jname' }) });

    const { stdout } = await call(['trace', RUN_ID]);

    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(stdout).toContain('evil');
  });
});

describe('failure', () => {
  it('tells what failed and what came before', async () => {
    answer({
      [`${PATH}/failure`]: {
        task: aTask({ name: 'load', outcome: 'failure', attempt: 2 }),
        error: { type: 'ExitCode', message: 'disk full', exit_code: 3 },
        upstream: [aTask({ name: 'fetch' })],
        events: [anEvent({ kind: 'log', name: 'output', output: 'writing\nstopped' })],
        log_tail: ['writing', 'stopped'],
        summary: 'Task load failed with exit code 3: disk full.',
      },
    });

    const { code, stdout } = await call(['failure', RUN_ID]);

    expect(code).toBe(0);
    for (const said of ['Task load failed', '✗ load', 'attempt 2', 'disk full', 'before it ✓ fetch', 'log output', 'stopped']) expect(stdout).toContain(said);
  });

  it('answers with 4 when the run did not fail', async () => {
    expect(await call(['failure', RUN_ID])).toMatchObject({ code: 4, stderr: 'orrery: no such thing\n' });
  });
});

describe('artifact', () => {
  const place = { run: { run_id: RUN_ID, workflow: 'nightly', engine: 'orrery' }, task: { task_id: 't', name: 'report' }, event: null, actor: 'writer', occurred_at: '2026-01-01T12:00:00Z' };
  const provenance = (uri: string) => ({ uri, versions: [{ digest: `sha256:${'0'.repeat(64)}`, size_bytes: 3, produced_by: [{ ...place, inputs: [anArtifact({ uri: 'file:///in.csv' })] }], read_by: [{ ...place, actor: 'mailer' }] }] });

  it('tells who made a file, from what, and who read it', async () => {
    answer({ '/api/v1/artifacts/provenance': (query: URLSearchParams) => provenance(query.get('uri') ?? '') });

    const { code, stdout } = await call(['artifact', 'out/report.md']);

    expect(code).toBe(0);
    expect(stdout).toContain('made by writer in task report of nightly (3f2a0000) at 2026-01-01 12:00:00 UTC');
    expect(stdout).toContain('from file:///in.csv');
    expect(stdout).toContain('read by mailer');
    const asked = new URL(platform.received[0]?.path ?? '', platform.url).searchParams.get('uri');
    expect(asked).toBe(pathToFileURL(join(orrery.folder, 'out/report.md')).href);
  });

  it('knows a file by its content when no run knows its path', async () => {
    await writeFile(join(orrery.folder, 'copy.md'), 'abc');
    const digest = `sha256:${createHash('sha256').update('abc').digest('hex')}`;
    handler = (_, url) => (url.searchParams.get('hash') === digest ? { json: provenance('file:///other.md') } : undefined);

    const { code, stderr } = await call(['artifact', 'copy.md', '--json']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('asks by digest or address, and answers with 4 for what nobody knows', async () => {
    answer({ '/api/v1/artifacts/provenance': { uri: null, versions: [] } });

    const results = await Promise.all([`sha256:${'A'.repeat(64)}`, 's3://bucket/key', 'nothing.txt'].map((what) => call(['artifact', what])));

    expect(results.map(({ code }) => code)).toEqual([4, 4, 4]);
    expect(platform.received.map(({ path }) => path)).toEqual(expect.arrayContaining([`/api/v1/artifacts/provenance?hash=sha256%3A${'a'.repeat(64)}`, '/api/v1/artifacts/provenance?uri=s3%3A%2F%2Fbucket%2Fkey']));
  });
});

describe('dlq', () => {
  it('lists dead letters and replays them', async () => {
    answer({ '/api/v1/dead-letters': page([{ id: 'a.dlq/0/17', topic: 'a', partition: 0, offset: '5', reason: 'not\nJSON', error_code: 'ORRERY_VALIDATION', received_at: null, size_bytes: 12, replayed: false }]) });
    const listed = await call(['dlq', 'list', '--topic', 'a']);
    handler = () => ({ json: { replayed: 1 } });
    const replayed = await call(['dlq', 'replay', 'a.dlq/0/17']);

    expect(listed.stdout).toMatch(/a\.dlq\/0\/17 +12 B +ORRERY_VALIDATION +not JSON/);
    expect(platform.received.at(-1)).toMatchObject({ method: 'POST', path: '/api/v1/dead-letters/replay', body: Buffer.from('{"ids":["a.dlq/0/17"]}') });
    expect(replayed).toMatchObject({ code: 0, stdout: '1 replayed\n' });
  });

  it('replays nothing without being told what', async () => {
    expect((await call(['dlq', 'replay'])).code).toBe(2);
    expect(platform.received).toEqual([]);
  });
});

describe('health', () => {
  it('says which check fails', async () => {
    handler = (_, url) => (url.pathname === '/health/ready' ? { status: 503, json: { detail: 'the database is away' } } : { json: { status: 'ok' } });

    expect(await call(['health'])).toMatchObject({ code: 1, stdout: '✓ live\n✗ ready  the database is away\n✓ startup\n' });
  });
});

describe('key new', () => {
  it('makes a key and the setting that admits it', async () => {
    const { stdout } = await call(['key', 'new', '--tenant', 'team-a', '--json']);

    const { key, setting } = JSON.parse(stdout) as { key: string; setting: string };
    expect(key).toMatch(/^orr_[0-9a-f]{8}_[\w-]{32}$/);
    expect(setting).toBe(`team-a:sha256:${createHash('sha256').update(key).digest('hex')}`);
  });
});

describe('demo', () => {
  it('replays recordings in order, as they were sent', async () => {
    const folder = join(orrery.folder, 'recordings/one');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'a.pb'), Buffer.from([1, 2, 3]));
    await writeFile(join(folder, 'b.json'), '{}');
    const requests = [
      { path: '/v1/traces', method: 'POST', contentType: 'application/x-protobuf', contentEncoding: null, headers: { 'user-agent': 'x', 'ce-id': '1' }, file: 'a.pb' },
      { path: '/api/v1/lineage', method: 'POST', contentType: 'application/json', file: 'b.json' },
    ];
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ requests }));

    const { code, stdout } = await call(['demo', '--from', 'recordings']);

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'one: 2 of 2 requests replayed, 1 run\n' });
    expect(platform.received.map(({ path, body, headers }) => [path, body.length, headers['content-type'], headers['ce-id']])).toEqual([
      ['/v1/traces', 3, 'application/x-protobuf', '1'],
      ['/api/v1/lineage', 2, 'application/json', undefined],
    ]);
  });

  it('says what is there when a recording is not, and reads no file outside of it', async () => {
    await mkdir(join(orrery.folder, 'recordings/one'), { recursive: true });
    await writeFile(join(orrery.folder, 'recordings/one/manifest.json'), JSON.stringify({ requests: [{ path: '/v1/traces', method: 'POST', contentType: null, file: '../../../etc/passwd' }] }));

    expect(await call(['demo', 'two', '--from', 'recordings'])).toMatchObject({ code: 4, stderr: expect.stringContaining('there are: one') });
    expect(await call(['demo', '--from', 'recordings'])).toMatchObject({ code: 2, stderr: expect.stringContaining('outside of it') });
    expect(platform.received).toEqual([]);
  });
});

describe('help', () => {
  it.each(['exec', 'import', 'runs', 'trace', 'failure', 'artifact', 'follow', 'demo', 'health', 'dlq list', 'dlq replay', 'run finish', 'key new', 'baselines', 'anomalies', 'ack', 'anomaly show', 'anomaly resolve', 'anomaly mute', 'anomaly false-positive', 'report'])('of %s shows examples and exit codes', async (words) => {
    const { code, stdout } = await orrery.run([...words.split(' '), '--help']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}\$ /);
    expect(stdout).toMatch(/exit code/i);
    expect(stdout).toContain('--json');
  });

  it('names all commands, and wrong usage is 2', async () => {
    const [help, wrong] = await Promise.all([orrery.run(['--help']), orrery.run(['runs', '--no-such-option'])]);

    for (const name of ['exec', 'run', 'import', 'runs', 'trace', 'failure', 'artifact', 'follow', 'demo', 'dlq', 'key', 'health', 'baselines', 'anomalies', 'ack', 'anomaly', 'report']) expect(help.stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('unknown option') });
  });
});
