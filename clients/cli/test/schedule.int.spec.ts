import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CardScenario, Change, Figures, PolicyCard, ScheduleEvaluation, SchedulePolicyCard, ScheduleTraining } from '../src/schedule-shapes.js';
import { CommandLine, type StartOptions } from './command-line.js';
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

const call = (args: readonly string[], options: StartOptions = {}) => orrery.run(['schedule', ...args], { url: platform.url, ...options });
const asked = () => platform.received.map(({ method, path }) => `${method} ${path}`);
const sent = () => platform.received.flatMap(({ body }) => (body.length === 0 ? [] : [JSON.parse(body.toString()) as unknown]));

const ID = '0b5b1a0e-5f4e-4c0b-9b5d-0f3f1f1f1f1f';
const change: Change = { percent: -7.3, low: -8.4, high: -6.1, wins: 98 };
const against = (baseline: string) => ({ baseline, objective: change, mean_completion: change, p95_completion: change, executor_seconds: { percent: null, low: null, high: null, wins: 0 } });
const figures = (policy: string, mean: number | null, cost: number): Figures => ({ policy, mean_completion_s: mean, p95_completion_s: mean, executor_seconds: cost, decisions: 340, moves: 20, unfinished_jobs: mean === null ? 3 : 0, decision_p50_us: 20, decision_p99_us: 90 });
const place = { workload: 'TPC-H', words: 'batch of 20 jobs on 50 executors', jobs: 20, executors: 50, sequences: 100, first_seed: 1000, last_seed: 1099 };
const scenario = (given: Partial<CardScenario> = {}): CardScenario => ({
  ...{ name: 'batch', ...place, is_stress: false, is_passed: true, verdict: 'better' },
  ...{ figures: [figures('mine', 94.2, 15_369), figures('tuned', 104, 14_656), figures('fair', 118.6, 13_587), figures('fifo', null, 20_861)], against: [against('tuned'), against('fair')] },
  ...given,
});
const card: PolicyCard = {
  ...{ name: 'mine', created_at: '2026-01-01T00:00:00Z', requested_by: 'ada', training_id: ID, objective: { lambda: 0, words: 'mean completion time' }, workload: { name: 'TPC-H', words: 'uploaded', kinds: 22, sizes: 4 } },
  training: { seed: 1, generations: 150, episodes: 19_800, parameters: 1007, wall_seconds: 480, words: 'evolution strategies' },
  ...{ stands_on: 'equal shares', candidate: 'mine', lambdas: { mine: 0 }, claims: ['7.3 % lower mean completion time than tuned on TPC-H'], decision: { is_published: true, serves: true, reasons: ['batch: better'] } },
  scenarios: [scenario(), scenario({ name: 'batch, load +20 %', is_stress: true, is_passed: false })],
  limits: ['a simulation'],
};
const policy: SchedulePolicyCard = { name: 'learned-2', policy: 'learned', version: 2, kind: 'learned', serving: true, description: 'Learned.', created_at: '2026-01-01T00:00:00Z', fault: null, card: card as unknown as Record<string, unknown>, chosen: { at: '2026-01-01T00:00:00Z', by: 'rule', reason: 'it passed' } };

const common = { name: 'learned', requested_at: '2026-01-01T00:00:00Z', requested_by: 'ada', started_at: null, finished_at: null, jobs_before: 0, progress: null, message: '' };
const aTraining = (given: Partial<ScheduleTraining> = {}): ScheduleTraining => ({ training_id: ID, status: 'queued', ...common, policy: null, card: null, ...given });
const anEvaluation = (given: Partial<ScheduleEvaluation> = {}): ScheduleEvaluation => ({ evaluation_id: ID, status: 'queued', ...common, name: 'evaluation', result: null, ...given });
const done: Partial<ScheduleEvaluation> = { status: 'succeeded', result: { scenarios: [{ ...scenario(), comparisons: [{ policy: 'mine', ...against('tuned') }] }], tuned: { batch: 'equal shares' }, lambdas: { mine: 0.1 } } };

/** Takes a job and then tells of it state by state, the last one for ever. */
function answers(first: object, ...states: readonly object[]): void {
  let looks = 0;
  handler = ({ method, path }) => {
    if (path.includes('/workloads')) return { status: 201, json: { workload_id: ID, name: 'jobs', format: 'dag', kinds: 2, tasks: 18 } };
    return method === 'POST' ? { status: 202, json: first } : method === 'DELETE' ? { status: 204 } : { json: states[Math.min(looks++, states.length - 1)] ?? first };
  };
}

describe('schedule train', () => {
  it('asks for a training, waits for its end and says what came of it with its claims', async () => {
    answers(aTraining(), aTraining({ status: 'running', progress: { phase: 'learning', share: 0.4, generation: 60, generations: 150, best_percent: -4.2, eta_seconds: 200, words: 'generation 60 of 150' } }), aTraining({ status: 'succeeded', message: 'learned-2 serves now: batch: better', card }));
    const { code, stdout } = await call(['train', '--seed', '7', '--generations', '150', '--lambda', '0.1', '--executors', '20', '--gap', '12', '--scenario', 'stream']);
    expect(code).toBe(0);
    expect(stdout).toBe(`learned: learned-2 serves now: batch: better\n  7.3 % lower mean completion time than tuned on TPC-H\n  more: orrery schedule report --training ${ID}\n`);
    expect(sent()).toEqual([{ seed: 7, generations: 150, lambda: 0.1, executors: 20, gap_ms: 12_000, scenario: 'stream' }]);
    expect(asked()).toEqual(['POST /api/v1/schedule/trainings', `GET /api/v1/schedule/trainings/${ID}`, `GET /api/v1/schedule/trainings/${ID}`]);
  });

  it('takes a policy that was refused for a result, and a training that failed for a failure', async () => {
    answers(aTraining(), aTraining({ status: 'refused', message: 'not published: worse' }));
    expect(await call(['train'])).toMatchObject({ code: 0, stdout: 'learned: refused: not published: worse\n' });
    answers(aTraining(), aTraining({ status: 'failed', message: 'no runs' }));
    expect(await call(['train'])).toMatchObject({ code: 1, stdout: 'learned: failed: no runs\n' });
  });

  it('trains one policy for each weight, as JSON if wished for', async () => {
    answers(aTraining(), aTraining({ status: 'succeeded' }));
    const { stdout } = await call(['train', '--lambda', '0,0.1,0.3', '--json']);
    expect(JSON.parse(stdout)).toHaveLength(3);
    expect(sent()).toEqual([{ lambda: 0 }, { lambda: 0.1 }, { lambda: 0.3 }]);
  });

  it('uploads jobs, gzipped or not, and trains on them', async () => {
    const jobs = JSON.stringify({ name: 'nightly', stages: [{ name: 'build', duration_ms: 1 }] });
    await writeFile(join(orrery.folder, 'jobs.json'), jobs);
    await writeFile(join(orrery.folder, 'jobs.json.gz'), gzipSync(jobs));
    for (const file of ['jobs.json', 'jobs.json.gz']) {
      answers(aTraining(), aTraining({ status: 'succeeded' }));
      expect((await call(['train', '--data', file])).stderr).toContain(`2 jobs of ${file} are workload ${ID}`);
    }
    expect(asked().filter((what) => what.includes('workloads'))).toEqual(['POST /api/v1/schedule/workloads?name=jobs', 'POST /api/v1/schedule/workloads?name=jobs']);
    expect(sent()).toEqual([JSON.parse(jobs), { workload: ID }, JSON.parse(jobs), { workload: ID }]);
    expect(await call(['train', '--data', 'absent.json'])).toMatchObject({ code: 2, stderr: expect.stringContaining('absent.json cannot be read') });
  });

  it('leaves a training running on Ctrl-C and says how to look again', async () => {
    answers(aTraining(), aTraining({ status: 'running' }));
    const { process: child, finished } = orrery.start(['schedule', 'train'], { url: platform.url });
    await platform.until(() => platform.received.some(({ method }) => method === 'GET'));
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ code: 5, stderr: expect.stringContaining(`orrery schedule train --watch ${ID}`) });
    expect(asked().some((what) => what.startsWith('DELETE'))).toBe(false);
  });

  it('does not wait when told so, looks again, and cancels', async () => {
    answers(aTraining(), aTraining({ status: 'succeeded', message: 'learned-2 serves now' }));
    expect(await call(['train', '--no-wait'])).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining(`--watch ${ID}`) });
    expect(await call(['train', '--watch', ID])).toMatchObject({ code: 0, stdout: 'learned: learned-2 serves now\n' });
    expect(await call(['train', '--cancel', ID])).toMatchObject({ code: 0, stdout: `training ${ID} is cancelled\n` });
    expect(asked().at(-1)).toBe(`DELETE /api/v1/schedule/trainings/${ID}`);
  });

  it('refuses words that make no sense', async () => {
    for (const words of [['--lambda', '0,x'], ['--seed', '-1'], ['--executors', '0'], ['--gap', '0'], ['--watch', 'it'], ['--data', 'a', '--workload', 'b'], ['--scenario', 'flood']]) expect((await call(['train', ...words])).code).toBe(2);
  });
});

describe('schedule evaluate', () => {
  it('shows figures and comparisons, and how they are drawn', async () => {
    answers(anEvaluation(), anEvaluation(done));
    const { code, stdout, stderr } = await call(['evaluate', '--policies', 'fifo,tuned', '--against', 'fifo', '--first-seed', '5', '--sequences', '10']);
    expect(code).toBe(0);
    expect(sent()).toEqual([{ policies: ['fifo', 'tuned'], against: ['fifo'], first_seed: 5, sequences: 10 }]);
    expect(stdout).toMatch(/TPC-H, batch of 20 jobs on 50 executors; 100 sequences, seeds 1000 to 1099\nPOLICY +MEAN COMPLETION/);
    expect(stdout).toMatch(/mine +94\.2 s +94\.2 s +15369 +340 +20 µs +90 µs/);
    expect(stdout).toMatch(/fifo +3 jobs undone/);
    expect(stdout).toMatch(/mine +tuned +-7\.3 % \(-8\.4 to -6\.1\)/);
    expect(stderr).toContain(`orrery schedule report --evaluation ${ID} --out plot.svg`);
  });

  it('fails with the reason', async () => {
    answers(anEvaluation(), anEvaluation({ status: 'failed', message: 'there is no policy x' }));
    expect(await call(['evaluate', '--policies', 'x'])).toMatchObject({ code: 1, stdout: 'evaluation: failed: there is no policy x\n' });
  });
});

describe('schedule report', () => {
  it('prints the card of what serves: claims, figures, stress and limits, and draws it', async () => {
    answers(policy);
    const { code, stdout, stderr } = await call(['report', '--out', 'plot.svg']);
    expect(code).toBe(0);
    expect(asked()).toEqual(['GET /api/v1/schedule/policies/learned']);
    for (const part of ['learned-2  learned, serves', '7.3 % lower mean completion time than tuned on TPC-H', 'seed 1, 150 generations, 19800 episodes, 1007 parameters, 480 s', 'UNDER STRESS', 'limits      a simulation']) expect(stdout).toContain(part);
    expect(stdout).toMatch(/batch, load \+20 % of TPC-H .* worse/);
    expect(stderr).toContain('the plot is in plot.svg');
    const svg = await readFile(join(orrery.folder, 'plot.svg'), 'utf8');
    for (const words of ['TPC-H, batch of 20 jobs on 50 executors, means of 100 sequences; baselines: tuned, fair', 'mine, λ 0</text>', '>tuned</text>']) expect(svg).toContain(words);
  });

  it('draws an evaluation, and shows the report of a training that was refused', async () => {
    answers(anEvaluation(done));
    expect((await call(['report', '--evaluation', ID, '--out', 'e.svg'])).code).toBe(0);
    expect(await readFile(join(orrery.folder, 'e.svg'), 'utf8')).toContain('mine, λ 0.1</text>');
    answers(aTraining({ status: 'refused', card }));
    expect((await call(['report', '--training', ID, '--json'])).stdout).toContain('"status": "refused"');
    answers(aTraining({ status: 'running' }));
    expect(await call(['report', '--training', ID])).toMatchObject({ code: 1, stderr: expect.stringContaining('has no report: running') });
  });

  it('says when there is nothing to draw', async () => {
    answers({ ...policy, name: 'fair', card: null, chosen: null });
    expect(await call(['report', 'fair', '--out', 'x.svg'])).toMatchObject({ code: 1, stderr: expect.stringContaining('there are no figures to draw') });
  });
});

describe('schedule policies, promote and rollback', () => {
  it('list policies and which serves', async () => {
    answers({ policies: [{ ...policy, serving: false, name: 'fair', kind: 'heuristic', created_at: null }, policy, { ...policy, name: 'learned-3', serving: false, fault: 'its checksum does not fit' }] });
    const { stdout } = await call(['policies']);
    expect(stdout).toMatch(/^POLICY +KIND +STATUS +LEARNED +WHAT\nfair +heuristic/);
    expect(stdout).toMatch(/learned-2 +learned +serves/);
    expect(stdout).toMatch(/learned-3 +learned +damaged .* its checksum does not fit/);
  });

  it('put a policy into service and out of it', async () => {
    answers(policy);
    expect(await call(['promote', 'learned-2', '--by', 'ada', '--note', 'cheaper'])).toMatchObject({ code: 0, stdout: 'learned-2 serves now\n' });
    answers({ from: { name: 'learned', version: 2 }, to: { name: 'fair', version: 0 } });
    expect(await call(['rollback', 'learned-2'])).toMatchObject({ code: 0, stdout: 'fair serves again, in place of learned-2\n' });
    expect(asked()).toEqual(['POST /api/v1/schedule/policies/learned-2/promote', 'POST /api/v1/schedule/policies/learned-2/rollback']);
    expect(sent()).toEqual([{ by: 'ada', note: 'cheaper' }, {}]);
  });

  it('explain themselves with examples', async () => {
    for (const words of ['train', 'evaluate', 'report', 'policies', 'promote', 'rollback']) expect((await call([words, '--help'])).stdout).toMatch(/Examples:\n {2}\$ orrery schedule /);
  });
});
