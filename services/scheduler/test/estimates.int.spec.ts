import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Outcome, type WorkflowFact } from '@orrery/contracts';
import { TransactionalPositions } from '@orrery/event-log';
import { epochMs, runFinished, taskFinished, type TestStore } from '@orrery/testing';
import { recentRuns } from '../src/estimates/finished-run.repository.js';
import { SchedulerMetrics } from '../src/scheduler.metrics.js';
import { SchedulerService } from '../src/scheduler.service.js';
import { batchOf, openStore, poolOf, runOf, SchedulerScene } from './scheduler-scene.js';

let store: TestStore;

beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

const service = (): SchedulerService => new SchedulerService({ database: store.database, positions: new TransactionalPositions(store.database), metrics: new SchedulerMetrics(), learners: [], now: Date.now });

/** Runs of three tasks: `test` waits for `build`, `deploy` for `test`. */
function pipelines(count: number, tenantId = 'default'): { readonly tasks: WorkflowFact[]; readonly finished: WorkflowFact[] } {
  const facts = { tasks: [] as WorkflowFact[], finished: [] as WorkflowFact[] };
  for (let index = 0; index < count; index += 1) {
    const startedAtMs = epochMs + index * 600_000;
    const told = { tenantId, startedAtMs };
    facts.tasks.push(taskFinished(`run-${index}`, { ...told, task: 'build', durationMs: 60_000, memoryBytes: 1e9 }));
    facts.tasks.push(taskFinished(`run-${index}`, { ...told, startedAtMs: startedAtMs + 60_000, task: 'test', durationMs: 120_000, memoryBytes: 2e9, dependsOn: ['build'] }));
    facts.tasks.push(taskFinished(`run-${index}`, { ...told, startedAtMs: startedAtMs + 180_000, task: 'deploy', durationMs: 5000, dependsOn: ['test'] }));
    facts.finished.push(runFinished(`run-${index}`, { ...told, durationMs: 200_000, outcome: index % 7 === 3 ? Outcome.FAILURE : Outcome.SUCCESS }));
  }
  return facts;
}

async function applyIn(target: SchedulerService, facts: readonly WorkflowFact[], batchSize: number): Promise<void> {
  for (let from = 0; from < facts.length; from += batchSize) await target.apply(batchOf(facts.slice(from, from + batchSize), BigInt(from)));
}

/** Everything that was learned, byte by byte. */
async function learned(): Promise<object> {
  return {
    estimates: await store.rows('select workflow_id, task, count::int, learned_at, state::text from task_estimate order by 1, 2'),
    runs: await store.rows('select run_id, workflow, started_at, finished_at, outcome, recorded_at, tasks::text from finished_run order by 1'),
  };
}

describe('learning what to expect', () => {
  it('comes to the same bytes, however the log is cut into batches', async () => {
    const { tasks, finished } = pipelines(20);
    for (const topic of [tasks, finished]) await applyIn(service(), topic, 1000);
    const inOneGo = await learned();
    await store.close();
    store = await openStore();
    for (const topic of [tasks, finished]) await applyIn(service(), topic, 7);

    expect(await learned()).toEqual(inOneGo);
  });

  it('changes nothing when facts come again', async () => {
    const { tasks, finished } = pipelines(5);
    for (const topic of [tasks, finished]) await applyIn(service(), topic, 50);
    const once = await learned();
    await service().apply(batchOf([...tasks, ...tasks], BigInt(tasks.length)));
    await service().apply(batchOf(finished, BigInt(finished.length)));

    expect(await learned()).toEqual(once);
  });

  it('refuses a batch that is not the next', async () => {
    const { tasks } = pipelines(1);
    await service().apply(batchOf(tasks));

    await expect(service().apply(batchOf(tasks))).rejects.toMatchObject({ code: 'ORRERY_CONFLICT' });
  });

  it('keeps the latest runs that succeeded as jobs, whatever is told first, and tenants apart', async () => {
    const { tasks, finished } = pipelines(8);
    await service().apply(batchOf(finished));
    await service().apply(batchOf(tasks));
    await service().apply(batchOf(pipelines(1, 'tenant-2').tasks, BigInt(tasks.length)));

    const runs = await store.database.forTenant('default', (transaction) => recentRuns(transaction, { limit: 3 }));
    expect(runs.map(({ startedAtMs }) => startedAtMs)).toEqual([7, 6, 5].map((index) => epochMs + index * 600_000));
    expect(runs[0]?.tasks).toEqual([
      { name: 'build', durationMs: 60_000, memoryBytes: 1e9, parents: [] },
      { name: 'test', durationMs: 120_000, memoryBytes: 2e9, parents: [0] },
      { name: 'deploy', durationMs: 5000, memoryBytes: null, parents: [1] },
    ]);
    expect(await store.database.forTenant('default', (transaction) => recentRuns(transaction, { limit: 9, workflow: 'other' }))).toEqual([]);
    expect(await store.database.forTenant('tenant-2', (transaction) => recentRuns(transaction, { limit: 9 }))).toEqual([]);
  });

  it('keeps no more than fifty finished runs of a workflow', async () => {
    const { tasks, finished } = pipelines(55);
    await applyIn(service(), tasks, 500);
    await applyIn(service(), finished, 500);

    expect(await store.rows('select 1 from finished_run where finished_at is not null')).toHaveLength(50);
  });
});

describe('an engine that says too little', () => {
  it('is told by what was seen of the workflow', async () => {
    const scene = await SchedulerScene.open(store);
    const { tasks, finished } = pipelines(10);
    await scene.tell([...tasks, ...finished]);

    const shortest = async () => (await scene.decide({ policy: 'srpt-cp', pools: [poolOf(1)], runs: [runOf(0, [{ name: 'test' }]), runOf(1, [{ name: 'deploy' }])] })).body;
    expect((await shortest()).assignments).toMatchObject([{ run_id: 'run-1', task: 'deploy', reason: expect.stringContaining('5 s each') }]);
    const { body } = await scene.decide({ policy: 'fifo', pools: [poolOf(1)], runs: [runOf(0, [{ name: 'test' }])] });
    expect(body.assignments[0]).toMatchObject({ memory_bytes: 2.2e9 });
    await scene.close();
  });
});
