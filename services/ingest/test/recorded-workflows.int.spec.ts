import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Direction, Outcome, runIdOf, Status, taskIdOf, type ExecutionRecord, type Task } from '@orrery/contracts';
import { IngestScene } from './ingest-scene.js';
import { expectedOf, replay } from './recorded-requests.js';
import { factsIn, tally, type ToldFacts } from './told-facts.js';

const outcomes: Readonly<Record<string, Outcome>> = { success: Outcome.SUCCESS, failure: Outcome.FAILURE, failed: Outcome.FAILURE, upstream_failed: Outcome.SKIP };
const tenantId = 'default';

describe('the recorded runs of Airflow', () => {
  interface Expected {
    readonly requests: number;
    readonly namespace: string;
    readonly dag: string;
    readonly tasksPerRun: number;
    readonly edgesPerRun: number;
    readonly datasets: readonly { readonly name: string; readonly writtenBy: readonly string[]; readonly readBy: readonly string[]; readonly rowCount: number; readonly sizeBytes: number }[];
    readonly runs: readonly {
      readonly runId: string;
      readonly dagRunId: string;
      readonly outcome: string;
      readonly startedAt: string;
      readonly finishedAt: string;
      readonly events: number;
      readonly edges: readonly (readonly [string, string])[];
      readonly tasks: readonly { readonly name: string; readonly state: string; readonly tries: readonly { readonly attempt: number; readonly startedAt: string; readonly finishedAt: string; readonly outcome: string; readonly error: string | null }[] }[];
    }[];
  }
  const expected = expectedOf<Expected>('airflow-openlineage');
  // OpenLineage ids are unique whoever made them, and not every event of a run tells the engine.
  const runIdOfDag = (externalId: string): string => runIdOf({ tenantId, engine: 'openlineage', source: 'openlineage', externalId });
  let scene: IngestScene;
  let records: ExecutionRecord[];
  let facts: ToldFacts;
  beforeAll(async () => {
    scene = await IngestScene.open();
    const answers = await replay(scene, 'airflow-openlineage');
    expect(tally(answers.map(({ status }) => String(status)))).toEqual({ 201: expected.requests });
    records = await scene.takeRecords();
    facts = factsIn(records);
  });
  afterAll(() => scene.close());

  it('are two runs of one DAG, and nothing is left over', () => {
    expect(tally(records.map(({ runId }) => runId))).toEqual(Object.fromEntries(expected.runs.map(({ runId, events }) => [runIdOfDag(runId), events])));
    // Once the recording is a day old, each event tells of a time far from its arrival.
    expect(records.flatMap(({ flags }) => flags).filter((flag) => flag !== 'clock_skew')).toEqual([]);
    for (const { runId, dagRunId, outcome, startedAt, finishedAt } of expected.runs) {
      expect(facts.runs.get(runIdOfDag(runId))).toMatchObject({
        ...{ engine: 'airflow', namespace: expected.namespace, workflow: expected.dag, externalId: runId, status: Status.FINISHED, outcome: outcomes[outcome] },
        startedAtMs: expect.closeTo(Date.parse(startedAt), -1),
        finishedAtMs: expect.closeTo(Date.parse(finishedAt), -1),
        labels: expect.objectContaining({ 'airflow.run_id': dagRunId }),
      });
    }
  });

  it.each(expected.runs)('have in $dagRunId all tasks and edges', ({ runId, tasks, edges }) => {
    const ofRun = tasks.map(({ name }) => facts.tasks.get(taskIdOf(runIdOfDag(runId), name)));
    const nameOf = new Map(ofRun.map((task) => [task?.taskId, task?.name]));
    const told = ofRun.flatMap((task) => (task?.dependsOn ?? []).map((upstream) => [nameOf.get(upstream), task?.name]));

    expect(ofRun.map((task) => task?.name)).toEqual(tasks.map(({ name }) => name));
    expect([ofRun.length, told.length]).toEqual([expected.tasksPerRun, expected.edgesPerRun]);
    expect(new Set(told.map(String))).toEqual(new Set(edges.map(String)));
  });

  it.each(expected.runs)('have in $dagRunId every try with its times, outcome and error', ({ runId, tasks }) => {
    for (const { name, state, tries } of tasks) {
      const taskId = taskIdOf(runIdOfDag(runId), name);
      const told = [...(facts.attempts.get(taskId)?.values() ?? [])].map(({ attempt, outcome, startedAtMs, finishedAtMs, failure }) => ({ attempt, outcome, startedAtMs, finishedAtMs, error: failure?.message ?? null }));

      expect([name, told]).toEqual([
        name,
        tries.map(({ attempt, outcome, startedAt, finishedAt, error }) => ({
          ...{ attempt, outcome: outcomes[outcome], error },
          startedAtMs: expect.closeTo(Date.parse(startedAt), -1),
          finishedAtMs: expect.closeTo(Date.parse(finishedAt), -1),
        })),
      ]);
      expect([name, facts.tasks.get(taskId)?.outcome]).toEqual([name, outcomes[state]]);
    }
  });

  it('tell of every data set who wrote and read it, with size and rows', () => {
    for (const { name, writtenBy, readBy, sizeBytes, rowCount } of expected.datasets) {
      const told = [...facts.artifacts.values()].filter((artifact) => artifact.name === name);
      const actors = (direction: Direction): string[] => [...new Set(told.filter((artifact) => artifact.direction === direction).map(({ actor }) => actor))].sort();

      expect([name, actors(Direction.OUTPUT), actors(Direction.INPUT)]).toEqual([name, writtenBy, [...readBy].sort()]);
      expect(told.map((artifact) => Number(artifact.sizeBytes ?? sizeBytes))).toEqual(told.map(() => sizeBytes));
      expect(told.map(({ attributesJson }) => attributesJson).join()).toContain(`"row_count":${rowCount}`);
    }
  });
});

describe('the recorded runs of Prefect', () => {
  interface ExpectedTask {
    readonly id: string;
    readonly name: string;
    readonly attempts: number;
    readonly outcome: string;
    readonly error: string | null;
    readonly dependsOn: readonly string[];
  }
  interface Expected {
    readonly requests: number;
    readonly eventsByName: Readonly<Record<string, number>>;
    readonly flowRuns: readonly { readonly id: string; readonly flow: string; readonly name: string; readonly parentTaskRunId: string | null; readonly outcome: string; readonly error: string | null; readonly tasks: readonly ExpectedTask[] }[];
    readonly assets: readonly { readonly event: string; readonly uri: string; readonly taskRunId: string; readonly dependsOn: string | null }[];
  }
  const expected = expectedOf<Expected>('prefect-events');
  const bare = (id: string): string => id.replace(/^prefect\.(flow|task)-run\./, '');
  const runIdOfFlow = (id: string): string => runIdOf({ tenantId, engine: 'prefect', source: 'prefect', externalId: bare(id) });
  let scene: IngestScene;
  let records: ExecutionRecord[];
  let facts: ToldFacts;
  beforeAll(async () => {
    scene = await IngestScene.open();
    const answers = await replay(scene, 'prefect-events');
    expect(tally(answers.map(({ status }) => String(status)))).toEqual({ 202: expected.requests });
    records = await scene.takeRecords();
    facts = factsIn(records);
  });
  afterAll(() => scene.close());

  it('are three flow runs, from every event one record', () => {
    expect(tally(records.map(({ origin }) => origin?.type ?? ''))).toEqual(expected.eventsByName);
    expect(new Set(facts.runs.keys())).toEqual(new Set(expected.flowRuns.map(({ id }) => runIdOfFlow(id))));
    for (const { id, flow, name, outcome, error, parentTaskRunId } of expected.flowRuns) {
      expect(facts.runs.get(runIdOfFlow(id))).toMatchObject({
        ...{ engine: 'prefect', externalId: bare(id), workflow: flow, status: Status.FINISHED, outcome: outcomes[outcome] },
        labels: { 'prefect.flow_run_name': name, ...(parentTaskRunId === null ? {} : { 'prefect.parent_task_run': bare(parentTaskRunId) }) },
        ...(error === null ? {} : { failure: { message: error } }),
      });
    }
  });

  it('have their tasks with attempts, edges, outcomes and errors', () => {
    for (const { id, tasks } of expected.flowRuns) {
      const ofRun = tasks.map((task): Task | undefined => facts.tasks.get(taskIdOf(runIdOfFlow(id), bare(task.id))));

      expect(ofRun.map((task) => ({ name: task?.name, attempts: facts.attempts.get(task?.taskId ?? '')?.size, outcome: task?.outcome, dependsOn: new Set(task?.dependsOn) }))).toEqual(
        tasks.map(({ name, attempts, outcome, dependsOn }) => ({ name, attempts, outcome: outcomes[outcome], dependsOn: new Set(dependsOn.map((upstream) => taskIdOf(runIdOfFlow(id), bare(upstream)))) })),
      );
      for (const [index, { error }] of tasks.entries()) if (error !== null) expect(ofRun[index]?.failure?.message).toBe(error);
    }
    expect(facts.tasks.size).toBe(expected.flowRuns.reduce((sum, { tasks }) => sum + tasks.length, 0));
  });

  it('tell which task wrote and read which file', () => {
    const told = new Set([...facts.artifacts.values()].map(({ uri, direction, taskId }) => `${Direction[direction]} ${uri} ${taskId}`));
    const flowOf = (taskRunId: string): string => expected.flowRuns.find(({ tasks }) => tasks.some(({ id }) => id === taskRunId))?.id ?? '';
    const stated = expected.assets.flatMap(({ event, uri, taskRunId, dependsOn }) => {
      const taskId = taskIdOf(runIdOfFlow(flowOf(taskRunId)), bare(taskRunId));
      const written = event.endsWith('succeeded') ? [`OUTPUT ${uri} ${taskId}`] : [];
      return [...written, ...(event.endsWith('referenced') ? [`INPUT ${uri} ${taskId}`] : []), ...(dependsOn === null ? [] : [`INPUT ${dependsOn} ${taskId}`])];
    });

    expect(told).toEqual(new Set(stated));
  });
});

describe('the recorded runs of a pipeline under orrery exec', () => {
  interface Expected {
    readonly requests: number;
    readonly runs: readonly {
      readonly id: string;
      readonly workflow: string;
      readonly outcome: string;
      readonly tasks: readonly string[];
      /** [task, what it depends on] */
      readonly edges: readonly (readonly [string, string])[];
      readonly retried: readonly string[];
      readonly failed?: readonly string[];
    }[];
  }
  const expected = expectedOf<Expected>('ci-exec');
  let scene: IngestScene;
  let facts: ToldFacts;
  beforeAll(async () => {
    scene = await IngestScene.open();
    const answers = await replay(scene, 'ci-exec');
    expect(tally(answers.map(({ status }) => String(status)))).toEqual({ 202: expected.requests });
    facts = factsIn(await scene.takeRecords());
  });
  afterAll(() => scene.close());

  it.each(expected.runs)('give $id with its tasks, edges, retries and outcome', ({ id, workflow, outcome, tasks, edges, retried, failed = [] }) => {
    const run = [...facts.runs.values()].find(({ externalId }) => externalId === id);
    const ofRun = tasks.map((name) => facts.tasks.get(taskIdOf(run?.runId ?? '', name)));
    const nameOf = new Map(ofRun.map((task) => [task?.taskId, task?.name]));

    expect(facts.runs.size).toBe(expected.runs.length);
    expect(run).toMatchObject({ engine: 'orrery', workflow, status: Status.FINISHED, outcome: outcomes[outcome] });
    expect(ofRun.map((task) => [task?.name, task?.outcome])).toEqual(tasks.map((name) => [name, failed.includes(name) ? Outcome.FAILURE : Outcome.SUCCESS]));
    expect(new Set(ofRun.flatMap((task) => (task?.dependsOn ?? []).map((upstream) => `${task?.name} after ${nameOf.get(upstream)}`)))).toEqual(new Set(edges.map(([task, upstream]) => `${task} after ${upstream}`)));
    expect(ofRun.flatMap((task) => ((facts.attempts.get(task?.taskId ?? '')?.size ?? 0) > 1 ? task?.name : []))).toEqual(retried);
  });
});
