import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLine, type StartOptions } from './command-line.js';
import { FakePlatform, type Handler } from './fake-platform.js';
import { aBaseline, anAnomaly, ANOMALY_ID, aRun, aTask, KEY_ID, RUN_ID } from './sample-answers.js';

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

/** Answers by path; a function sees the query. */
function answer(answers: Readonly<Record<string, unknown>>): void {
  handler = (_, url) => {
    const found = answers[url.pathname];
    if (found === undefined) return { status: 404, json: { detail: 'no such thing', code: 'ORRERY_NOT_FOUND' } };
    return { json: typeof found === 'function' ? (found as (query: URLSearchParams) => unknown)(url.searchParams) : found };
  };
}

const page = (items: readonly unknown[], next: string | null = null) => ({ items, next_cursor: next });
const asked = () => platform.received.map(({ path }) => path);
const sent = () => JSON.parse(platform.received.at(-1)?.body.toString() ?? '') as unknown;

describe('anomalies', () => {
  it('lists what is not normal, each with its sentence, and answers with 0', async () => {
    answer({ '/api/v1/anomalies': page([anAnomaly(), anAnomaly({ severity: 'warning', count: 1, status: 'acknowledged', muted_until: '2999-01-01T00:00:00Z' })]) });

    const { code, stdout } = await call(['anomalies', '--open', '--severity', 'critical', '--type', 'duration', '--workflow', 'nightly', '--since', '2026-01-01T00:00Z']);

    expect(code).toBe(0);
    const [first, sentence, second] = stdout.split('\n');
    expect(first).toMatch(/^‼ answer: slower than usual {2}critical · in nightly · open · began \d+d ago · 3 times · 5f2a91c0$/);
    expect(sentence).toBe('  answer took 14 min, 3.4 x its usual 4 min 7 s, 3 times, since 09:40 UTC');
    expect(second).toMatch(/^! .* warning · in nightly · acknowledged · muted until 2999-01-01 00:00:00 UTC · began .* · 1 time · 5f2a91c0$/);
    expect(asked()).toEqual(['/api/v1/anomalies?status=open&type=duration&severity=critical&workflow=nightly&since=2026-01-01T00%3A00%3A00.000Z&limit=50']);
  });

  it('says so when there are none, and when there are more', async () => {
    answer({ '/api/v1/anomalies': page([]) });
    const none = await call(['anomalies', '--open']);
    answer({ '/api/v1/anomalies': page([anAnomaly()], 'next') });
    const more = await call(['anomalies', '-n', '1']);

    expect(none).toMatchObject({ code: 0, stdout: 'no open anomalies\n' });
    expect(more.stdout).toContain('… more; see --limit');
  });

  it('refuses words that the API does not know', async () => {
    const results = await Promise.all([['--severity', 'fatal'], ['--type', 'vibes'], ['--status', 'gone'], ['--open', '--status', 'resolved'], ['--since', 'yesterday']].map((options) => call(['anomalies', ...options])));

    expect(results.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
    expect(asked()).toEqual([]);
  });

  it('lets no foreign text steer the terminal', async () => {
    answer({ '/api/v1/anomalies': page([anAnomaly({ title: 'a\u001b[2Jb', text: 'c\u0007\nd' })]) });

    expect((await call(['anomalies'])).stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe('ack and anomaly', () => {
  const acknowledged = anAnomaly({ status: 'acknowledged', acknowledged_at: '2026-01-01T12:30:00Z', acknowledged_by: 'team-a' });

  it('acknowledges by the beginning of an id, with a note', async () => {
    answer({ '/api/v1/anomalies': page([anAnomaly(), anAnomaly({ anomaly_id: 'ab'.padEnd(32, '0') })]), [`/api/v1/anomalies/${ANOMALY_ID}/acknowledge`]: acknowledged });

    const { code, stdout } = await call(['ack', '5f2a', '--note', 'disk comes on Monday', '--by', 'anna']);

    expect({ code, stdout }).toEqual({ code: 0, stdout: '‼ answer: slower than usual  acknowledged by team-a at 2026-01-01 12:30:00 UTC\n' });
    expect(platform.received.at(-1)).toMatchObject({ method: 'POST', path: `/api/v1/anomalies/${ANOMALY_ID}/acknowledge` });
    expect(sent()).toEqual({ note: 'disk comes on Monday', by: 'anna' });
  });

  it('says when an anomaly was resolved before', async () => {
    answer({ [`/api/v1/anomalies/${ANOMALY_ID}/acknowledge`]: anAnomaly({ status: 'resolved', resolution: { kind: 'normal_returned', at: '2026-01-01T13:00:00Z', by: null, note: null } }) });

    const { code, stdout, stderr } = await call(['ack', ANOMALY_ID]);

    expect(code).toBe(0);
    expect(stdout).toContain('resolved: normal returned at 2026-01-01 13:00:00 UTC');
    expect(stderr).toContain('it was resolved before');
  });

  it('tells unknown, ambiguous and impossible ids apart', async () => {
    answer({ '/api/v1/anomalies': page([anAnomaly(), anAnomaly({ anomaly_id: '5f'.padEnd(32, '1'), title: 'other' })]) });

    const results = await Promise.all(['ee', '5f', 'nightly', 'f'.repeat(32)].map((id) => call(['ack', id])));

    expect(results.map(({ code }) => code)).toEqual([4, 2, 2, 4]);
    expect(results.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining('no anomaly ee among the newest 5000'),
      expect.stringMatching(/5f begins 2 ids:\n {2}5f2a91c0.* answer: slower .*\n {2}5f111.* other/),
      expect.stringContaining('nightly is no id'),
      'orrery: no such thing\n',
    ]);
  });

  it('resolves, mutes for a while or until then, and takes false alarms', async () => {
    const path = (action: string) => `/api/v1/anomalies/${ANOMALY_ID}/${action}`;
    const resolution = { kind: 'false_positive', at: '2026-01-01T13:00:00Z', by: 'anna', note: 'month end' };
    const answers: Record<string, unknown> = { [path('resolve')]: anAnomaly({ status: 'resolved', resolution: { ...resolution, kind: 'person' } }), [path('mute')]: anAnomaly({ muted_until: '2999-01-01T00:00:00Z' }), [path('false-positive')]: anAnomaly({ status: 'resolved', resolution }) };
    answer(answers);

    const resolved = await call(['anomaly', 'resolve', ANOMALY_ID]);
    answers[path('resolve')] = anAnomaly({ status: 'resolved', resolution: { ...resolution, kind: 'person', by: 'default', note: null } });
    const unnamed = await call(['anomaly', 'resolve', ANOMALY_ID]);
    const muted = await call(['anomaly', 'mute', ANOMALY_ID, '--for', '7d']);
    const lengthSent = sent();
    await call(['anomaly', 'mute', ANOMALY_ID, '--until', '2999-01-01T00:00Z']);
    const endSent = sent();
    const falsePositive = await call(['anomaly', 'false-positive', ANOMALY_ID, '--json']);

    expect(resolved.stdout).toContain('resolved: by anna at 2026-01-01 13:00:00 UTC “month end”');
    expect(unnamed.stdout).toContain('resolved: by a person at 2026-01-01 13:00:00 UTC');
    expect(muted.stdout).toContain('muted until 2999-01-01 00:00:00 UTC');
    expect([lengthSent, endSent]).toEqual([{ for_s: 604_800 }, { until: '2999-01-01T00:00:00.000Z' }]);
    expect(JSON.parse(falsePositive.stdout)).toMatchObject({ resolution: { kind: 'false_positive' } });
  });

  it('mutes nothing without being told for how long, or into the past', async () => {
    const results = await Promise.all([[], ['--for', 'ever'], ['--for', '0d'], ['--until', '2001-01-01T00:00Z'], ['--for', '1d', '--until', '2999-01-01']].map((options) => call(['anomaly', 'mute', ANOMALY_ID, ...options])));

    expect(results.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
    expect(asked()).toEqual([]);
  });

  it('shows all that is known of one', async () => {
    answer({ [`/api/v1/anomalies/${ANOMALY_ID}`]: acknowledged });

    const { stdout } = await call(['anomaly', 'show', ANOMALY_ID]);

    for (const said of [/expected +4m 7s/, /actual +14m/, /deviation +6\.24/, /acknowledged +by team-a at 2026-01-01 12:30:00 UTC/, new RegExp(`runs +${RUN_ID}`), /about +nightly \/ answer, of orrery/]) expect(stdout).toMatch(said);
  });
});

describe('the figures of an anomaly', () => {
  const shown = async (differences: Parameters<typeof anAnomaly>[0]) => {
    answer({ [`/api/v1/anomalies/${ANOMALY_ID}`]: anAnomaly(differences) });
    return (await call(['anomaly', 'show', ANOMALY_ID])).stdout;
  };

  it('are a moment for a start, and in percent for shares', async () => {
    expect(await shown({ type: 'missed_start', expected: Date.UTC(2026, 0, 1, 8), actual: null })).toMatch(/expected +2026-01-01 08:00:00 UTC/);
    expect(await shown({ type: 'success_rate', unit: '1', expected: 0.98, actual: 0.5 })).toMatch(/expected +98 %\n +actual +50 %/);
  });
});

describe('baselines', () => {
  it('lists what is normal, with its level in words', async () => {
    answer({ '/api/v1/baselines': page([aBaseline({ flakiness: { score: 0.4, transitions: 9, results: 20, is_flaky: true, is_quarantine_suggested: true, passes_in_row: 1 } }), aBaseline({ subject: 'run', task: '', level: 3, count: 3, is_speaking: false, metrics: {} })]) });

    const { stdout } = await call(['baselines', '--workflow', 'nightly', '--task', 'answer']);

    const [head, task, run] = stdout.split('\n');
    expect(head).toMatch(/^KEY +WORKFLOW +TASK +LEVEL +COUNT +MEDIAN +P95 +MEM P95 +MEM MAX +SUCCESS +FLAKY +UPDATED$/);
    expect(task).toMatch(/^77aa0000 +nightly +answer +any image +40 +4m 7s +5m 1s +410 MB +512 MB +95 % +flaky +\d+d ago$/);
    expect(run).toMatch(/^77aa0000 +nightly +\(run\) +any +3 \(few\) +95 % +\d+d ago$/);
    expect(asked()).toEqual(['/api/v1/baselines?workflow=nightly&task=answer&limit=50']);
  });

  it('tells all of one, found by the beginning of its key', async () => {
    const points = [3, 1, 2].map((day) => ({ at: `2026-01-0${day}T00:00:00Z`, count: day, duration: { p50_ms: day * 60_000, p95_ms: null }, memory: null, success_rate: null }));
    answer({
      '/api/v1/baselines': page([aBaseline()]),
      [`/api/v1/baselines/${KEY_ID}`]: aBaseline({ shifted_at: '2026-01-01T08:00:00Z', coarser: [{ key_id: 'cc'.padEnd(32, '0'), level: 3, count: 90 }] }),
      [`/api/v1/baselines/${KEY_ID}/history`]: page(points),
    });

    const { code, stdout } = await call(['baselines', '77aa']);

    expect(code).toBe(0);
    for (const said of [/level +any image and command; this executor class/, /new normal +since 2026-01-01 08:00:00 UTC/, /success rate +95 % +\(86 % to 99 %, 42 results\)/, /duration +4m 10s +4m 7s +5m 1s +5m 40s +6m 40s +40/, /median +▁▅█ +1m → 3m/, /cc000000 +any, 90 samples/]) expect(stdout).toMatch(said);
    expect(stdout).not.toContain('memory max');
  });

  it('answers with 4 for a key that is not there', async () => {
    answer({ '/api/v1/baselines': page([]) });

    expect(await call(['baselines', '77aa'])).toMatchObject({ code: 4, stderr: expect.stringContaining('no baseline 77aa') });
    expect(await call(['baselines', KEY_ID])).toMatchObject({ code: 4, stderr: 'orrery: no such thing\n' });
  });
});

describe('the anomalies of a run in its trace', () => {
  const path = `/api/v1/runs/${RUN_ID}`;
  const run = { [path]: aRun({ outcome: 'success' }), [`${path}/graph`]: { tasks: [aTask({ task_id: 'a', name: 'answer' }), aTask({ task_id: 'b', name: 'other', depends_on: ['a'] })] }, [`${path}/timeline`]: page([]), [`${path}/artifacts`]: page([]) };
  const ofRun = anAnomaly({ severity: 'info', title: 'nightly: a new normal', text: 'nightly takes longer now', status: 'acknowledged', subject: { ...anAnomaly().subject, subject: 'run', task: '' } });

  it('stand at their task and after the tree, the worst first', async () => {
    answer({ ...run, '/api/v1/anomalies': page([ofRun, anAnomaly()]) });

    const { stdout } = await call(['trace', RUN_ID]);

    expect(stdout.split('\n').slice(2)).toEqual([
      '├─ ✓ answer  12:00:01  ‼ slower than usual',
      '└─ ✓ other  12:00:01  after answer',
      '',
      'not as usual',
      '‼ answer took 14 min, 3.4 x its usual 4 min 7 s, 3 times, since 09:40 UTC  5f2a91c0',
      'i nightly takes longer now  5f2a91c0 acknowledged',
      '',
    ]);
    expect(asked()).toContain(`/api/v1/anomalies?run_id=${RUN_ID}&limit=100`);
  });

  it('change nothing where the platform knows of none', async () => {
    answer(run);
    const [without, document] = [await call(['trace', RUN_ID]), await call(['trace', RUN_ID, '--json'])];
    answer({ ...run, '/api/v1/anomalies': page([]) });
    const none = await call(['trace', RUN_ID]);

    expect(without).toMatchObject({ code: 0, stderr: '', stdout: none.stdout });
    expect(JSON.parse(document.stdout)).not.toHaveProperty('anomalies');
  });

  it('cost only a remark when they cannot be read', async () => {
    answer(run);
    const usual = handler;
    handler = (request, url) => (url.pathname === '/api/v1/anomalies' ? { status: 503, json: { detail: 'the database is away' } } : usual(request, url));

    expect(await call(['trace', RUN_ID])).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ answer'), stderr: 'orrery: the anomalies of this run could not be read: the database is away\n' });
  });
});
