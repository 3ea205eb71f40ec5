import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExperimentReport } from '../src/experiment-shapes.js';
import { CommandLine } from './command-line.js';
import { FakePlatform, type Handler } from './fake-platform.js';

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

const PATH = '/api/v1/schedule/experiments';
const ID = '0b5b1a0e-5f4e-4c0b-9b5d-0f3f1f1f1f1f';
const call = (...args: readonly string[]) => orrery.run(['experiment', ...args], { url: platform.url });
const asked = () => platform.received.map(({ method, path }) => `${method} ${path}`);
const sent = () => platform.received.flatMap(({ body }) => (body.length === 0 ? [] : [JSON.parse(body.toString()) as unknown]));

function aReport(given: Partial<ExperimentReport> = {}): ExperimentReport {
  return {
    ...{ experiment_id: ID, name: 'weights-7', kind: 'switchback', scheduler: 'default', status: 'running', policy: 'learned', control: 'tuned' },
    ...{ started_at: '2026-01-01T12:00:00Z', ends_at: '2026-01-02T12:00:00Z', ended_at: null, started_by: 'ada', note: '', reason: '', notes: [], holds_out: true },
    design: { metric: 'mean_completion_time', block_ms: 1_800_000, burn_in_ms: 300_000, blocks: 48, hold_out: 0.05, ramp_blocks: 0, roll_out: false, minimum_effect: 0.03, rollback_above: 0.1 },
    progress: { blocks_done: 12, blocks: 48, control: { runs: 80, unfinished: 1 }, treatment: { runs: 84, unfinished: 0 }, decisions: 420, faults: 2, since_end: null },
    ...{ result: null, shadow: null, breaker: { phase: 'closed', words: '' } },
    ...given,
  };
}

const completed = aReport({
  ...{ status: 'completed', ended_at: '2026-01-02T12:30:00Z', reason: 'better: 6.3 % lower' },
  result: {
    ...{ verdict: 'better', reaches_minimum_effect: true, p_value: 0.0021, pairs: 23, control: { runs: 400, unfinished: 0 }, treatment: { runs: 410, unfinished: 2 } },
    completion: { ratio: 0.937, low: 0.91, high: 0.964, control_ms: 90_000, treatment_ms: 84_330 },
    resource: { ratio: 1.01, low: 0.99, high: 1.03, control_ms: 200_000, treatment_ms: 202_000 },
  },
});

/** Knows one experiment by its name. */
function knows(report: ExperimentReport): void {
  handler = ({ method }, url) => {
    if (method === 'GET' && url.pathname === PATH) return { json: { items: url.searchParams.get('name') === 'unheard' ? [] : [report], next_cursor: null } };
    return { json: report };
  };
}

describe('experiment start', () => {
  it('begins with what was asked for, and shows what is fixed', async () => {
    knows(aReport());
    const { code, stdout } = await call('start', 'weights-7', '--policy', 'learned', '--block', '30m', '--burn-in', '0s', '--blocks', '48', '--hold-out', '7%', '--minimum-effect', '0.04', '--ramp', '8', '--roll-out', '--note', 'new', '--by', 'ada');

    expect(code).toBe(0);
    expect(asked()).toEqual([`POST ${PATH}`]);
    expect(sent()).toEqual([{ name: 'weights-7', kind: 'switchback', policy: 'learned', block_seconds: 1800, burn_in_seconds: 0, blocks: 48, hold_out: 0.07, ramp_blocks: 8, roll_out: true, minimum_effect: 0.04, note: 'new', by: 'ada' }]);
    expect(stdout).toContain('weights-7  switchback  running');
    expect(stdout).toContain('learned against tuned, at scheduler default');
    expect(stdout).toContain('48 of 30m, the first 5m of each dropped; 5 % of them held out for good');
    expect(stdout).toContain('at least 3 % shorter is wanted, more than 10 % longer ends it');
  });

  it('says in one line why it cannot', async () => {
    handler = () => ({ status: 409, json: { title: 'Conflict', status: 409, code: 'ORRERY_CONFLICT', detail: 'experiment other runs at scheduler default already: one at a time' } });

    const refused = await call('start', 'weights-7', '--policy', 'learned');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('experiment other runs at scheduler default already');
    const wrong = await Promise.all([call('start', 'x'), call('start', 'x', '-p', 'y', '--hold-out', 'lots'), call('start', 'x', '-p', 'y', '--blocks', '4', '--until', '2099-01-01'), call('start', 'x', '-p', 'y', '--block', 'soon')]);
    expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(wrong[1]?.stderr).toContain('must be a share like 0.05 or 5%');
  });
});

describe('experiment status', () => {
  it('tells how far it is, and nothing of its effect', async () => {
    knows(aReport());
    const { code, stdout } = await call('status', 'weights-7');

    expect(code).toBe(0);
    expect(asked()).toEqual([`GET ${PATH}?name=weights-7`, `GET ${PATH}/${ID}`]);
    expect(stdout).toContain('12 of 48 blocks; 84 runs under treatment and 80 under control count so far, 1 without an end yet');
    expect(stdout).toContain('420 of the policy, 2 of them failed');
    expect(stdout).toContain('not told before the last block has ended');
    expect(stdout).not.toContain('interval');
  });

  it('tells what came of it', async () => {
    knows(completed);
    const { stdout } = await call('status', ID);

    expect(asked()).toEqual([`GET ${PATH}/${ID}`]);
    expect(stdout).toContain('better, by as much as was wanted (p = 0.0021, 23 pairs of blocks)');
    expect(stdout).toContain('1m 24s against 1m 30s: 6 % less (95 % interval -9 % to -4 %)');
    expect(stdout).toContain('task time     3m 22s against 3m 20s: 1 % more (95 % interval -1 % to +3 %)');
  });

  it('tells why one stopped itself', async () => {
    knows(aReport({ status: 'rolled_back', ended_at: '2026-01-01T20:00:00Z', reason: 'runs took 40 % longer', breaker: { phase: 'open', words: 'three windows' } }));
    const { stdout } = await call('status', 'weights-7');

    expect(stdout).toContain('weights-7  switchback  rolled back');
    expect(stdout).toContain('because       runs took 40 % longer');
    expect(stdout).toContain('breaker       open: three windows');
    expect(stdout).toContain('never told: the last block was not reached');
  });

  it('tells what a shadow would have done', async () => {
    knows(
      aReport({
        ...{ kind: 'shadow', control: null, design: null, progress: null },
        shadow: { decisions: 900, missing: 3, agreement: 0.81, slot_agreement: 0.9, latency_ms: { p50: 1.2, p95: 3, p99: 4.5 }, predicted: { windows: 12, runs: 240, serving_gain: 0.02, shadow_gain: 0.08, ratio: 0.94, low: 0.9, high: 0.97 } },
      }),
    );
    const { stdout } = await call('status', 'weights-7');

    expect(stdout).toContain('learned, without effect, at scheduler default');
    expect(stdout).toContain('81 % of decisions, 90 % of slots');
    expect(stdout).toContain('median 1.2 ms, p95 3 ms, p99 4.5 ms');
    expect(stdout.replace(/\s+/g, ' ')).toContain('6 % less mean completion time than what serves (95 % interval -10 % to -3 %) over 240 replayed runs; against the heuristic 8 % less, what serves 2 % less');
  });

  it('lists them', async () => {
    knows(completed);
    const { stdout } = await call('status', '--status', 'completed', '--scheduler', 'default');
    const json = await call('status', '--json');

    expect(asked()[0]).toBe(`GET ${PATH}?scheduler=default&status=completed&limit=50`);
    expect(stdout).toMatch(/EXPERIMENT +KIND +SCHEDULER +POLICY +STATUS +STARTED +WHY/);
    expect(stdout).toMatch(/weights-7 +switchback +default +learned against tuned +completed/);
    expect((JSON.parse(json.stdout) as { items: unknown[] }).items).toEqual([completed]);
  });

  it('says that there is none', async () => {
    handler = () => ({ json: { items: [], next_cursor: null } });

    expect((await call('status')).stdout).toContain('no experiments');
    expect(await call('status', 'unheard')).toMatchObject({ code: 4, stderr: expect.stringContaining('there is no experiment unheard') });
  });
});

describe('experiment stop', () => {
  it('stops it by its name', async () => {
    knows(aReport({ status: 'stopped', ended_at: '2026-01-01T20:00:00Z', reason: 'stopped by ada: the release is out' }));
    const { code, stdout } = await call('stop', 'weights-7', '--reason', 'the release is out', '--no-hold-out', '--by', 'ada');

    expect(code).toBe(0);
    expect(asked()).toEqual([`GET ${PATH}?name=weights-7`, `POST ${PATH}/${ID}/stop`]);
    expect(sent()).toEqual([{ reason: 'the release is out', hold_out: false, by: 'ada' }]);
    expect(stdout).toContain('stopped by ada: the release is out');
  });

  it('answers in JSON too', async () => {
    knows(aReport());

    expect(JSON.parse((await call('stop', ID, '--json')).stdout)).toEqual(aReport());
    expect(sent()).toEqual([{ hold_out: true }]);
  });
});

describe('help', () => {
  it('has examples', async () => {
    expect((await call('start', '--help')).stdout).toContain('$ orrery experiment start weights-7 --policy learned');
    expect((await call('status', '--help')).stdout).toContain('$ orrery experiment status weights-7');
    expect((await call('stop', '--help')).stdout).toContain('$ orrery experiment stop weights-7');
  });
});
