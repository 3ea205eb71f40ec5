import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLine } from './command-line.js';
import { FakePlatform, type Handler } from './fake-platform.js';
import { aBaseline, anAnomaly, aRun, KEY_ID, RUN_ID } from './sample-answers.js';

let platform: FakePlatform;
let orrery: CommandLine;
let handler: Handler;

beforeEach(async () => {
  platform = await FakePlatform.start((request, url) => handler(request, url));
  orrery = await CommandLine.create();
});

afterEach(async () => {
  await orrery.remove();
  await platform.stop();
});

const page = (items: readonly unknown[], next: string | null = null) => ({ items, next_cursor: next });
const call = (args: readonly string[]) => orrery.run(['report', ...args], { url: platform.url });
const at = (time: string) => `2026-01-01T${time}Z`;

const runs = [
  aRun({ outcome: 'success', duration_ms: 840_000, started_at: at('10:00:00') }),
  aRun({ outcome: 'success', duration_ms: 260_000, started_at: at('09:00:00') }),
  aRun({ outcome: 'failure', duration_ms: null, workflow: 'deploy', started_at: at('08:00:00') }),
  aRun({ outcome: null, status: 'running', duration_ms: null, started_at: at('07:00:00') }),
  aRun({ outcome: 'error', workflow: 'next day', started_at: '2026-01-02T00:00:00Z' }),
];
const later = anAnomaly({ anomaly_id: '1a'.padEnd(32, '0'), status: 'resolved', detected_at: '2026-01-02T10:00:00Z' });
const flaky = anAnomaly({ anomaly_id: 'f1'.padEnd(32, '0'), type: 'flaky', severity: 'warning', status: 'acknowledged', title: 'answer: flaky', text: 'answer passed and failed on the same commit 3 times', detected_at: '2025-12-30T00:00:00Z' });
const flakiness = { score: 0.4, transitions: 9, results: 20, is_flaky: true, is_quarantine_suggested: true, passes_in_row: 1 };

const answers: Readonly<Record<string, (query: URLSearchParams) => unknown>> = {
  '/api/v1/runs': () => page(runs),
  '/api/v1/baselines': () => page([aBaseline({ subject: 'run', task: '' })]),
  [`/api/v1/baselines/${KEY_ID}`]: () => aBaseline({ flakiness }),
  // A list since a day holds what began before it and was seen again, and what began after it.
  '/api/v1/anomalies': (query) => page(query.get('status') === 'unresolved' ? [anAnomaly(), flaky] : [later, anAnomaly(), flaky]),
  '/api/v1/anomalies/statistics': () => ({ detected: 41, open: 2, acknowledged: 1, resolved: 38, false_positives: 2, false_positive_rate: 2 / 41 }),
};

function answer(known = answers): void {
  handler = (_, url) => {
    const found = known[url.pathname];
    return found === undefined ? { status: 404, json: { detail: 'no such thing', code: 'ORRERY_NOT_FOUND' } } : { json: found(url.searchParams) };
  };
}

describe('report --daily', () => {
  it('tells of a day in plain text that a mail can carry', async () => {
    answer();

    const { code, stdout } = await call(['--daily', '--date', '2026-01-01']);

    expect(code).toBe(0);
    expect(stdout).toBe(`Orrery, 2026-01-01 00:00 to 2026-01-02 00:00 UTC

Runs  4: 2 success, 1 failure, 1 running
  deploy: 1 of 1 failed

Slowest beside their usual
  nightly: 14m, 3.4 x its usual 4m 7s  (3f2a0000)

New anomalies  1 critical
  ‼ answer: slower than usual  (in nightly, 5f2a91c0)
    answer took 14 min, 3.4 x its usual 4 min 7 s, 3 times, since 09:40 UTC

Open anomalies  1 critical, 1 warning
  ! answer: flaky  (in nightly, f1000000, acknowledged)
    answer passed and failed on the same commit 3 times

Flaky
  nightly / answer  (f1000000)  quarantine is suggested

False positives  2 of 41 detected since then (5 %)
`);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(78);
    expect(platform.received[0]?.path).toBe('/api/v1/runs?since=2026-01-01T00%3A00%3A00.000Z&until=2026-01-02T00%3A00%3A00.000Z&limit=500');
  });

  it('tells the same as one document', async () => {
    answer();

    const { stdout } = await call(['--daily', '--date', '2026-01-01', '--json']);

    expect(JSON.parse(stdout)).toMatchObject({
      from: '2026-01-01T00:00:00.000Z',
      runs: { total: 4, is_complete: true, by_outcome: { success: 2, failure: 1, running: 1 } },
      slowest: [{ run_id: RUN_ID, usual_ms: 247_000 }],
      anomalies: { new: { critical: 1, warning: 0, info: 0 }, open: { critical: 1, warning: 1 }, flaky: [{ is_quarantine_suggested: true }], false_positives: { count: 2, detected: 41 } },
    });
  });

  it('tells of the runs alone where the platform keeps no baselines', async () => {
    answer({ '/api/v1/runs': () => page([]) });

    const { code, stdout } = await call(['--daily']);

    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual(['', 'No runs.', '', 'This platform keeps no baselines: nothing is known of anomalies.', '']);
  });

  it('reads no baselines beyond those that were learned since', async () => {
    const asked: (string | null)[] = [];
    const old = (query: URLSearchParams) => {
      asked.push(query.get('cursor'));
      return page([aBaseline({ subject: 'run', updated_at: query.get('cursor') === null ? at('12:00:00') : '2025-11-01T00:00:00Z' })], 'next');
    };
    answer({ ...answers, '/api/v1/baselines': old });

    await call(['--daily', '--date', '2026-01-01']);

    expect(asked).toEqual([null, 'next']);
  });

  it.each([[], ['--date', '2026-02-31'], ['--date', 'today'], ['--date', '2999-01-01']])('refuses %p %p', async (...options) => {
    answer();

    expect((await call(options)).code).toBe(2);
    expect(platform.received).toEqual([]);
  });
});
