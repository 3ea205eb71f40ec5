import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { workflowIdOf } from '@orrery/contracts';
import { BackOffNgram } from '@orrery/learning';
import { emptyHistory, emptyLengths, emptyProgress, emptyShape, followRun, historyKeysOf, learnLength, noChampions, remember, startRun, type FollowedExecution, type RunProgress } from '../src/domain/index.js';
import { historyPointOf } from '../src/domain/history/history.js';
import { guidanceParts } from '../src/guidance/index.js';
import { runningOpenApi, runningOperations, runningParts } from '../src/running/index.js';
import { saveHistories } from '../src/storage/history.repository.js';
import { saveRuns } from '../src/storage/run-progress.repository.js';
import { PartsScene } from './guidance-scene.js';
import { follow, minute, runEnd, startMs, taskEnd, type SpecTask } from './running-scene.js';

let scene: PartsScene;

beforeAll(async () => {
  scene = await PartsScene.open();
  const guidance = guidanceParts({ database: scene.store.database, now: scene.now });
  const running = runningParts({ database: scene.store.database, champions: { championsOf: async () => noChampions }, guidance: guidance.reader, now: scene.now });
  await scene.serve({ controllers: [...guidance.controllers, ...running.controllers], providers: [...guidance.providers, ...running.providers] });
});
afterEach(() => scene.reset());
afterAll(() => scene.close());

const workflow = { engine: 'github', namespace: 'acme/shop', workflow: 'release' };
const build: SpecTask = { name: 'build', from: 0, to: 4 };
const test: SpecTask = { name: 'test', from: 4, to: 14, after: ['build'] };
const deploy: SpecTask = { name: 'deploy', from: 14, to: 17, after: ['test'] };
const release = [build, test, deploy];

/** Learns a month of runs, as the service does from the log. */
async function learnRuns(count = 30): Promise<string> {
  let shape = emptyShape;
  let lengths = emptyLengths;
  const transitions = new BackOffNgram({ order: 3 });
  const histories = new Map<string, { task: string; history: typeof emptyHistory }>();
  const note = (execution: FollowedExecution, minutes: number, task: string) => {
    const observation = { ...execution.observation, measures: { ...execution.observation.measures, durationMs: minutes * minute } };
    const { history } = histories.get(task) ?? { history: emptyHistory };
    histories.set(task, { task, history: remember(history, historyPointOf({ ...execution, observation }, [])) });
  };
  for (let run = count; run > 0; run--) {
    const runStartMs = startMs - run * 1440 * minute;
    const factor = 0.9 + 0.2 * ((run * 7) % 10) * 0.1;
    let progress: RunProgress = emptyProgress;
    for (const task of release) {
      const execution = taskEnd(task, runStartMs);
      const step = followRun({ shape, progress }, execution);
      ({ shape, progress } = step);
      transitions.observeNext(step.transition!.context, step.transition!.next);
      note(execution, (task.to - task.from) * factor, task.name);
    }
    note(runEnd(17, 'success', runStartMs), 17 * factor, '');
    lengths = learnLength(lengths, release.length);
  }
  const workflowId = await scene.know('release', { state: { shape, transitions } });
  await scene.know('release', { state: { lengths }, subject: 'run' });
  const stored = [...histories.values()].flatMap(({ task, history }) => {
    const key = { tenantId: 'default', subject: task === '' ? ('run' as const) : ('task' as const), ...workflow, task, image: '', commandHash: '', executorClass: '' };
    return historyKeysOf(key).slice(0, 1).map(({ keyId, key: of }) => ({ keyId, level: 3 as const, key: of, history, updatedAtMs: startMs, learnedAtMs: startMs }));
  });
  await scene.store.database.forTenant('default', (transaction) => saveHistories(transaction, 'default', stored));
  return workflowId;
}

async function runThat(progress: RunProgress, tenantId = 'default'): Promise<string> {
  const runId = randomUUID();
  const workflowId = workflowIdOf({ tenantId, ...workflow });
  await scene.store.database.forTenant(tenantId, (transaction) => saveRuns(transaction, tenantId, [{ runId, workflowId, progress, recordedAtMs: scene.nowMs }]));
  return runId;
}

const begun = startRun(emptyProgress, { startedAtMs: startMs, refName: 'refs/heads/main', trigger: 'push' });
const afterBuild = (): RunProgress => ({ ...follow(emptyShape, [taskEnd(build)]).progress, ...{ startedAtMs: startMs, refName: begun.refName } });
const minutesTo = (time: string) => (Date.parse(time) - startMs) / minute;

describe('a running run', () => {
  it('is told its end, its critical path, what is left and what comes next', async () => {
    const workflowId = await learnRuns();
    const runId = await runThat(afterBuild());
    scene.nowMs = startMs + 5 * minute;

    const { status, body } = await scene.call('GET', `runs/${runId}/prediction?deadline=2026-03-02T09:30:00Z`);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        ...{ run_id: runId, workflow_id: workflowId, ...workflow, branch: 'refs/heads/main', state: 'running', outcome: null, finished_at: null, asked_at: '2026-03-02T09:05:00.000Z' },
        deadline: { at: '2026-03-02T09:30:00.000Z', miss_probability: expect.any(Number) },
        critical_path: ['test', 'deploy'],
        remaining_task_count: 2,
        remaining_tasks: [
          { task: 'test', state: 'running', probability: 1, is_critical: true, is_overdue: false, failure_probability: expect.any(Number), duration: { samples: 30 } },
          { task: 'deploy', state: 'waiting', probability: 1 },
        ],
        next_task: { mode: 'shadow', advice: null, decision: null, basis: { model: 'n_gram' } },
        basis: { method: 'critical_path', runs: 30, tasks: 3, assumptions: [expect.stringContaining('No fact tells that a task has started'), expect.any(String)] },
      },
    });
    expect(minutesTo(body.eta.p50)).toBeGreaterThan(15);
    expect(minutesTo(body.eta.p50)).toBeLessThan(19);
    expect(body.next_task.candidates[0]).toMatchObject({ task: 'test', annotation: '' });
    expect(body.deadline.miss_probability).toBeLessThan(0.1);
  });

  it('is guided by what people said on its branch', async () => {
    await learnRuns();
    const runId = await runThat(afterBuild());
    const nextTask = async () => (await scene.call('GET', `runs/${runId}/prediction`)).body.next_task;

    await scene.call('PUT', 'prediction-modes', { body: { workflow: 'release', branch: 'main', mode: 'decide' } });
    expect(await nextTask()).toMatchObject({ mode: 'decide', advice: expect.stringContaining('test is expected next after build'), decision: 'test' });
    await scene.call('POST', 'annotations', { body: { workflow: 'release', from_task: 'build', to_task: 'test', label: 'bad' } });
    expect(await nextTask()).toMatchObject({ advice: expect.stringContaining('Usual but marked as bad: test.'), decision: null });
    await scene.call('PUT', 'prediction-modes', { body: { workflow: 'release', branch: 'main', mode: 'off' } });
    expect(await nextTask()).toBeNull();
  });

  it('may have left what the last runs had, without what they skipped and without runs that failed', async () => {
    await learnRuns();
    const ended = (tasks: readonly SpecTask[], at: number, outcome: 'success' | 'failure' = 'success') => follow(emptyShape, [...tasks.map((task) => taskEnd(task, startMs - at * minute)), runEnd(20, outcome, startMs - at * minute)]).progress;
    for (let run = 1; run <= 5; run++) await runThat(ended([build, test, { ...deploy, outcome: 'skip' }], run * 60));
    await runThat(ended([build, test, deploy], 30, 'failure'));
    scene.nowMs = startMs + 5 * minute;

    const { body } = await scene.call('GET', `runs/${await runThat(afterBuild())}/prediction`);
    expect(body.critical_path).toEqual(['test']);
    expect(body.remaining_tasks.map(({ task }: { task: string }) => task)).toEqual(['test']);
  });

  it('has an end from its first moment', async () => {
    await learnRuns();
    scene.nowMs = startMs;
    const { body } = await scene.call('GET', `runs/${await runThat(begun)}/prediction`);

    expect(body).toMatchObject({ critical_path: ['build', 'test', 'deploy'], eta: { progress: 0 } });
    expect(body.next_task.candidates[0].task).toBe('build');
  });

  it('of a workflow that never ran before says that nothing is known', async () => {
    const { status, body } = await scene.call('GET', `runs/${await runThat(begun)}/prediction?deadline=2026-03-02T12:00:00%2B01:00`);

    expect({ status, body }).toMatchObject({ status: 200, body: { workflow: null, eta: null, next_task: null, remaining_tasks: [], deadline: { at: '2026-03-02T11:00:00.000Z', miss_probability: null }, basis: { method: 'none' } } });
  });
});

describe('a run that ended', () => {
  it('is told its real end', async () => {
    await learnRuns();
    const { progress } = follow(emptyShape, [...release.map((task) => taskEnd(task)), runEnd(18)]);

    expect((await scene.call('GET', `runs/${await runThat(progress)}/prediction`)).body).toMatchObject({
      ...{ state: 'finished', outcome: 'success', finished_at: '2026-03-02T09:18:00.000Z', next_task: null, remaining_tasks: [], critical_path: [], basis: { method: 'finished' } },
      eta: { p10: '2026-03-02T09:18:00.000Z', p50: '2026-03-02T09:18:00.000Z', p90: '2026-03-02T09:18:00.000Z', progress: 1 },
    });
  });
});

describe('another run', () => {
  it('is not known when nothing was heard of it, or when it is somebody else’s', async () => {
    const theirs = await runThat(begun, 'team-b');

    for (const runId of [randomUUID(), theirs]) {
      expect(await scene.call('GET', `runs/${runId}/prediction`)).toMatchObject({ status: 404, body: { code: 'ORRERY_NOT_FOUND', run_id: runId, detail: expect.stringContaining(runId) } });
    }
    expect(await scene.call('GET', 'runs/build-7/prediction')).toMatchObject({ status: 400 });
    expect(await scene.call('GET', `runs/${theirs}/prediction?deadline=tomorrow`)).toMatchObject({ status: 400, body: { detail: expect.stringContaining('query.deadline') } });
  });
});

describe('the OpenAPI fragment', () => {
  it('has the route', () => {
    expect(runningOperations.map(({ method, path }) => `${method} ${path}`)).toEqual(['get /api/v1/runs/{run_id}/prediction']);
    expect(Object.keys(runningOpenApi.components.schemas)).toEqual(expect.arrayContaining(['RunPrediction', 'RemainingTask', 'RunEta']));
  });
});
