import { fromBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  executionTopic,
  Outcome,
  RunFinishedSchema,
  runFinishedTopic,
  RunStartedSchema,
  runStartedTopic,
  Status,
  TaskFinishedSchema,
  taskFinishedTopic,
  workflowIdOf,
  type ExecutionRecord,
} from '@orrery/contracts';
import type { LogRecord } from '@orrery/event-log';
import { eventually, type TestStore } from '@orrery/testing';
import { reportRun } from './build-run.js';
import { at, RunTeller } from './records.js';
import { openStore, ServiceScene } from './store-scene.js';

let store: TestStore;
let scene: ServiceScene;

beforeAll(async () => {
  store = await openStore();
  scene = await ServiceScene.open(store);
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

async function published(topic: string): Promise<readonly LogRecord[]> {
  await eventually(async () => (await store.rows('select 1 from outbox')).length === 0);
  const found: LogRecord[] = [];
  for (const { partition, start, end } of await scene.log.offsets(topic)) {
    for (let from = start; from < end; ) {
      const records = await scene.log.read({ topic, partition }, from, 1000);
      found.push(...records);
      from = (records.at(-1)?.offset ?? end) + 1n;
    }
  }
  return found;
}

async function countOfFacts(): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const { name } of [runStartedTopic, taskFinishedTopic, runFinishedTopic]) counts.push((await published(name)).length);
  return counts;
}

const tables = ['run', 'task', 'execution_event', 'artifact', 'message', 'sample', 'record'];
/** Everything in the tables, in one comparable text. */
async function snapshot(): Promise<string> {
  const parts: unknown[] = [];
  for (const table of tables) parts.push(await store.rows(`select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text collate "C"`));
  return JSON.stringify(parts);
}

describe('facts', () => {
  it('are published once for each run that began and each attempt and run that ended, with all that is known, and lie with their workflow', async () => {
    const teller = new RunTeller('facts');
    await scene.tell(reportRun(teller));

    const starts = (await published(runStartedTopic.name)).map(({ key, value }) => ({ key, fact: fromBinary(RunStartedSchema, value!) }));
    const tasks = (await published(taskFinishedTopic.name)).map(({ key, value }) => ({ key, fact: fromBinary(TaskFinishedSchema, value!) }));
    const runs = (await published(runFinishedTopic.name)).map(({ key, value }) => ({ key, fact: fromBinary(RunFinishedSchema, value!) }));

    expect(tasks.map(({ fact }) => `${fact.task?.name} ${fact.task?.attempt}`).sort()).toEqual(['fetch 1', 'publish 1', 'write 1', 'write 2']);
    const workflowId = workflowIdOf({ tenantId: 'default', engine: 'prefect', namespace: 'reports', workflow: 'weekly report' });
    expect([...new Set([...starts, ...tasks, ...runs].map(({ key }) => key))]).toEqual([workflowId]);
    expect(starts.map(({ fact }) => fact)).toMatchObject([{ tenantId: 'default', run: { runId: teller.runId, workflow: 'weekly report', startedAtMs: at(0) } }]);
    expect(tasks.find(({ fact }) => fact.task?.attempt === 2)?.fact).toMatchObject({
      tenantId: 'default',
      run: { runId: teller.runId, workflow: 'weekly report' },
      task: { outcome: Outcome.FAILURE, startedAtMs: at(8), finishedAtMs: at(14.5), failure: { message: 'disk full' }, executor: { image: 'agents:3' } },
      samples: [{ name: 'peak_memory_bytes', value: 5e8 }],
      inputSizeBytes: 10n,
      outputSizeBytes: 7n,
      errorLines: ['writing report.md\nno space left on device'],
    });
    expect(runs.map(({ fact }) => fact)).toMatchObject([{ run: { runId: teller.runId, outcome: Outcome.FAILURE }, taskCount: 3n, failedTaskCount: 1n, eventCount: 5n, artifactCount: 2n }]);
  });
});

describe('when the log is read again from the start', () => {
  it('nothing in the tables changes and no fact is published again', async () => {
    await scene.tell(Array.from({ length: 20 }, (_, index) => reportRun(new RunTeller(`replay-${index}`))).flat());
    const before = await snapshot();
    const facts = await countOfFacts();

    const [{ now }] = (await store.rows<{ now: Date }>('select clock_timestamp() as now')) as [{ now: Date }];
    const offsets = await scene.log.offsets(executionTopic.name);
    for (const { partition, start } of offsets) await scene.consumer?.seek({ topic: executionTopic.name, partition }, start);
    const filled = offsets.filter(({ start, end }) => end > start);
    await eventually(async () => {
      const moved = await store.rows<{ partition: number; next: string }>('select partition, next_offset::text as next from consumer_position where moved_at > $1', [now]);
      return filled.every(({ partition, end }) => moved.some((position) => position.partition === partition && position.next === end.toString()));
    });

    expect(await snapshot()).toBe(before);
    expect(await countOfFacts()).toEqual(facts);
  });
});

describe('when connections are cut again and again while records come in', () => {
  it('every record is stored once and every fact published once', async () => {
    const tellers = Array.from({ length: 40 }, (_, index) => new RunTeller(`cut-${index}`));
    const recordsOf = (teller: RunTeller, step: number): ExecutionRecord =>
      teller.record({
        occurredAtMs: at(step),
        tasks: [{ taskId: teller.task(`t${step}`), status: Status.FINISHED, outcome: Outcome.SUCCESS, finishedAtMs: at(step) }],
        events: [{ eventId: teller.event(`e${step}`), taskId: teller.task(`t${step}`), kind: 'log', startedAtMs: at(step) }],
      });
    const facts = (await published(taskFinishedTopic.name)).length;

    let isOver = false;
    let cutConnections = 0;
    const cutting = (async () => {
      for (let cuts = 0; !isOver; cuts += 1) {
        cutConnections += (await store.rows(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = 'event_store' and random() < 0.5`)).length;
        await new Promise((resolve) => setTimeout(resolve, 30));
        if (cuts > 200) break;
      }
    })();
    for (let step = 0; step < 10; step += 1) await scene.append(tellers.map((teller) => recordsOf(teller, step)));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    isOver = true;
    await cutting;
    await scene.settled();

    const ids = tellers.map(({ runId }) => runId);
    expect(cutConnections).toBeGreaterThan(10);
    expect(await store.rows('select count(*)::int as records from record where run_id = any($1)', [ids])).toEqual([{ records: 400 }]);
    expect(await store.rows('select sum(event_count)::int as events, sum(task_count)::int as tasks, sum(finished_task_count)::int as finished from run where run_id = any($1)', [ids])).toEqual([{ events: 400, tasks: 400, finished: 400 }]);
    expect(await store.rows('select sum(event_count)::int as events from task where run_id = any($1)', [ids])).toEqual([{ events: 400 }]);
    expect((await published(taskFinishedTopic.name)).length - facts).toBe(400);
    expect(await scene.log.offsets(`${executionTopic.name}.dlq`)).toMatchObject([{ end: 0n }]);
  });
});
