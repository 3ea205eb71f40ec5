import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Model, ModelCard, Training } from '../src/model-shapes.js';
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

const call = (args: readonly string[], options: StartOptions = {}) => orrery.run(args, { url: platform.url, ...options });
const asked = () => platform.received.map(({ method, path }) => `${method} ${path}`);
const sent = () => platform.received.flatMap(({ body }) => (body.length === 0 ? [] : [JSON.parse(body.toString()) as unknown]));

const TRAINING_ID = '0b5b1a0e-5f4e-4c0b-9b5d-0f3f1f1f1f1f';

function aTraining(given: Partial<Training> = {}): Training {
  return {
    ...{ training_id: TRAINING_ID, kind: 'duration', scope: null, status: 'queued', requested_at: '2026-01-01T12:00:00Z', started_at: null, finished_at: null, progress: null, message: '', model_version: null },
    ...given,
  };
}

function aModel(given: Partial<Model> = {}): Model {
  return {
    ...{ kind: 'duration', version: 3, scope: null, status: 'champion', created_at: '2026-01-01T12:00:00Z', promoted_at: '2026-01-01T12:00:00Z', checksum: 'ab'.repeat(32), size_bytes: 120_000, candidate: 'boosted_trees' },
    metrics: { history: { rows: 412, mdape: 0.2, pinball: 0.12, within_25: 0.6, coverage_80: null }, boosted_trees: { rows: 412, mdape: 0.12, pinball: 0.08, within_25: 0.83, coverage_80: 0.79 } },
    last_decision: { at: '2026-01-01T12:00:00Z', what: 'promoted', by: 'rule', reason: 'better than history' },
    ...given,
  };
}

function aCard(given: Partial<ModelCard> = {}): ModelCard {
  return {
    ...aModel(),
    ...{ training_id: TRAINING_ID, requested_by: 'automatic', seed: 7, features: ['ln_samples', 'hour_sine'], chosen_by: 'validation', loss: 'pinball loss in ln units', tree: null, runtime: null },
    data: { from: '2025-12-01T00:00:00Z', until: '2026-01-01T00:00:00Z', held_out_from: '2025-12-28T00:00:00Z', rows: 2746, training_rows: 1922, validation_rows: 412, held_out_rows: 412 },
    hyper_parameters: { leaves: 15, trees_50: 81 },
    comparisons: [{ against: 'history', rows: 412, challenger: 0.08, rival: 0.12, margin: 0.004, is_better: true }],
    calibration: [{ nominal: 0.5, observed: 0.52 }],
    decisions: [{ at: '2026-01-01T12:00:00Z', what: 'promoted', by: 'rule', reason: 'better than history' }],
    ...given,
  };
}

/** Takes a training and then tells of it state by state, the last one for ever. */
function trains(...states: readonly Partial<Training>[]): void {
  let looks = 0;
  handler = ({ method }) => (method === 'POST' ? { status: 202, json: aTraining() } : { json: aTraining(states[Math.min(looks++, states.length - 1)]) });
}

describe('train', () => {
  it('asks for a training, waits for its end and says what came of it', async () => {
    trains({ status: 'running', progress: { phase: 'training', share: 0.4, words: 'tree 12 of 300' } }, { status: 'succeeded', message: 'version 3 serves now: better than history (0.08 against 0.12 on 412 rows)', model_version: 3 });

    expect(await call(['train', 'duration', '--seed', '7'])).toMatchObject({ code: 0, stdout: 'duration: version 3 serves now: better than history (0.08 against 0.12 on 412 rows)\n' });
    expect(asked()).toEqual(['POST /api/v1/trainings', `GET /api/v1/trainings/${TRAINING_ID}`, `GET /api/v1/trainings/${TRAINING_ID}`]);
    expect(sent()).toEqual([{ kind: 'duration', seed: 7, promote: 'if_better' }]);
  });

  it('takes a model that is no better for a result, and a training that failed for a failure', async () => {
    trains({ status: 'succeeded', message: 'version 3 was rejected: not clearly better than history' });
    const rejected = await call(['train', 'next_task', '--workflow', 'release', '--no-promote', '--by', 'ada']);
    trains({ status: 'failed', message: 'too few examples: there are 40' });
    const failed = await call(['train', 'duration']);

    expect(rejected).toMatchObject({ code: 0, stdout: 'next_task: version 3 was rejected: not clearly better than history\n' });
    expect(sent()[0]).toEqual({ kind: 'next_task', workflow: 'release', promote: 'never', by: 'ada' });
    expect(failed).toMatchObject({ code: 1, stdout: 'duration: failed: too few examples: there are 40\n' });
  });

  it('prints the training as JSON', async () => {
    trains({ status: 'succeeded', message: 'version 3 serves now', model_version: 3 });
    const { code, stdout, stderr } = await call(['train', 'duration', '--json']);

    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ training_id: TRAINING_ID, status: 'succeeded', model_version: 3 });
  });

  it('leaves the training running when it is interrupted, and says so', async () => {
    trains({ status: 'running' });
    const { process: child, finished } = orrery.start(['train', 'duration'], { url: platform.url });
    await platform.until(() => platform.received.length >= 2);
    child.kill('SIGINT');

    expect(await finished).toMatchObject({ code: 5, stdout: '', stderr: `orrery: training ${TRAINING_ID} goes on without being watched; \`orrery models --kind duration\` shows what becomes of it\n` });
    expect(asked().some((line) => line.startsWith('DELETE'))).toBe(false);
  });

  it('is told what the platform refuses, and refuses what it does not know', async () => {
    handler = () => ({ status: 409, json: { detail: 'a training of the duration model waits or runs already', code: 'ORRERY_CONFLICT' } });
    const refused = await call(['train', 'duration']);
    const results = await Promise.all([['weather'], [], ['duration', '--seed', '-1'], ['duration', '--seed', 'x']].map((words) => call(['train', ...words])));

    expect(refused).toMatchObject({ code: 1, stderr: 'orrery: a training of the duration model waits or runs already\n' });
    expect(results.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
  });
});

describe('models', () => {
  it('lists models with their figures beside the best plain rule', async () => {
    const other = aModel({ kind: 'next_task', version: 1, status: 'rejected', scope: { workflow_id: 'w', workflow: 'release' }, candidate: 'gradient_boosting', metrics: { gradient_boosting: { accuracy: 0.7 }, n_gram: { accuracy: 0.72 } }, last_decision: null });
    handler = () => ({ json: { items: [aModel(), other], next_cursor: null } });
    const { code, stdout } = await call(['models', '--kind', 'duration', '--status', 'champion', '-n', '5']);
    const [head, first, second] = stdout.split('\n');

    expect(code).toBe(0);
    expect(head).toMatch(/^MODEL +VERSION +WORKFLOW +STATUS +TRAINED +FIGURES +WHY$/);
    expect(first).toMatch(/^duration +3 +champion +\d+d ago +median error 12 % \(best other 20 %\) +rule: better than history$/);
    expect(second).toMatch(/^next_task +1 +release +rejected +\d+d ago +accuracy 70 % \(best other 72 %\)$/);
    expect(asked()).toEqual(['GET /api/v1/models?kind=duration&status=champion&limit=5']);
    handler = () => ({ json: { items: [], next_cursor: null } });
    expect((await call(['models'])).stdout).toBe('no models; predictions come from the history alone. `orrery train` makes one\n');
  });

  it('tells all of one', async () => {
    handler = () => ({ json: aCard({ tree: 'last is build?\n  yes: test' }) });
    const { code, stdout } = await call(['models', 'next_task', '2', '--workflow', 'release']);

    expect(code).toBe(0);
    expect(asked()).toEqual(['GET /api/v1/models/next_task/2?workflow=release']);
    expect(stdout).toMatch(/^duration 3 {2}champion\n {2}trained {5}2026-01-01 12:00:00 UTC for automatic, training 0b5b1a0e/);
    expect(stdout).toContain('1922 to learn from, 412 to choose by, the newest 412 (since 2025-12-28 00:00:00) to measure on');
    expect(stdout).toMatch(/ON THE NEWEST +ROWS +PINBALL +MEDIAN ERROR +WITHIN 25 % +IN INTERVAL\nboosted_trees +412 +0\.08 +12 % +83 % +79 %\nhistory +412 +0\.12 +20 % +60 % +–\n/);
    expect(stdout).toMatch(/history +412 +0\.08 +0\.12 +0\.004 +clearly better\n/);
    expect(stdout).toContain('50 % → 52 %');
    expect(stdout).toContain('Decision tree\nlast is build?\n  yes: test\n');
    expect(stdout).toMatch(/2026-01-01 12:00:00 {2}promoted by rule: better than history\n$/);
  });

  it('are JSON on demand, and one that is not there is not found', async () => {
    handler = () => ({ json: aCard() });
    expect(JSON.parse((await call(['models', 'duration', '3', '--json'])).stdout)).toEqual(aCard());
    handler = () => undefined;
    expect((await call(['models', 'duration', '9'])).code).toBe(4);
    expect((await call(['models', 'duration', 'x'])).code).toBe(2);
  });
});

describe('promote and rollback', () => {
  it('say what serves then', async () => {
    handler = (_, url) => ({ json: url.pathname.endsWith('rollback') ? { from: aModel({ status: 'retired' }), to: aModel({ version: 2 }) } : aCard({ kind: 'next_task', scope: { workflow_id: 'w', workflow: 'release 1' } }) });
    const promoted = await call(['promote', 'next_task', '3', '--workflow', 'release 1', '--note', 'looks good', '--by', 'ada']);
    const rolledBack = await call(['rollback', 'duration']);

    expect(promoted).toMatchObject({ code: 0, stdout: 'next_task 3 of release 1 serves now\n' });
    expect(rolledBack).toMatchObject({ code: 0, stdout: 'duration 2 serves again, in place of 3\n' });
    expect(asked()).toEqual(['POST /api/v1/models/next_task/3/promote?workflow=release%201', 'POST /api/v1/models/duration/rollback']);
    expect(sent()).toEqual([{ note: 'looks good', by: 'ada' }, {}]);
    handler = () => ({ json: { from: aModel({ version: 1 }), to: null } });
    expect((await call(['rollback', 'duration'])).stdout).toBe('duration 1 serves no more; no model did before it, so the history answers\n');
  });
});
