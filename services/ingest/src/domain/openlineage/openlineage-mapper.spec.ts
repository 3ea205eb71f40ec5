import { describe, expect, it } from '@jest/globals';
import { Direction, Outcome, runIdOf, SampleKind, Status, taskIdOf } from '@orrery/contracts';
import fc from 'fast-check';
import type { IncomingPayload, MappedEvent } from '../source-event.js';
import { mapOpenLineage } from './openlineage-mapper.js';

const context = { tenantId: 'acme', receivedAtMs: Date.UTC(2026, 0, 6) };
const payload: IncomingPayload = { body: new Uint8Array(), contentType: 'application/json', headers: {} };
const dagRun = '0190aaaa-0000-7000-8000-000000000001';
const firstTry = '0190aaaa-0000-7000-8000-000000000011';
const secondTry = '0190aaaa-0000-7000-8000-000000000012';
const lineageRunId = (externalId: string): string => runIdOf({ tenantId: 'acme', engine: 'openlineage', source: 'openlineage', externalId });
const ms = (time: string): number => Date.parse(`2026-01-05T${time}Z`);

interface Facets {
  readonly [name: string]: unknown;
}

function runEvent(eventType: string | undefined, time: string, parts: { runId?: string; job?: string; run?: Facets; jobFacets?: Facets; inputs?: unknown; outputs?: unknown } = {}): Record<string, unknown> {
  return {
    eventType,
    eventTime: `2026-01-05T${time}Z`,
    producer: 'https://github.com/apache/airflow/tree/providers-openlineage/2.0.0',
    schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
    run: { runId: parts.runId ?? dagRun, facets: parts.run ?? {} },
    job: { namespace: 'prod', name: parts.job ?? 'orders', facets: parts.jobFacets ?? {} },
    inputs: parts.inputs ?? [],
    outputs: parts.outputs ?? [],
  };
}

function mapped(value: unknown): MappedEvent {
  const [event, ...others] = mapOpenLineage(value, payload, context);
  expect(others).toEqual([]);
  return event!;
}

const dagJob = { jobType: { integration: 'AIRFLOW', jobType: 'DAG', processingType: 'BATCH' } };
const taskJob = { jobType: { integration: 'AIRFLOW', jobType: 'TASK', processingType: 'BATCH' } };
const parent = { run: { runId: dagRun }, job: { namespace: 'prod', name: 'orders' } };

function airflowTask(eventType: string, time: string, { tryNumber = 1, mapIndex, more = {} }: { tryNumber?: number; mapIndex?: number; more?: Facets } = {}): Record<string, unknown> {
  const airflow = {
    dagRun: { run_id: 'manual__1', run_type: 'manual', start_date: '2026-01-05T10:00:00+00:00' },
    task: { task_id: 'load', operator_class: 'PythonOperator', upstream_task_ids: "['extract', 'check']", queue: 'heavy', trigger_rule: 'all_done' },
    taskInstance: { try_number: tryNumber, pool: 'default_pool', queued_dttm: '2026-01-05T10:00:01+00:00', log_url: 'http://airflow/log?a=1', ...(mapIndex === undefined ? {} : { map_index: mapIndex }) },
    taskUuid: 'uuid-1',
  };
  return runEvent(eventType, time, { runId: tryNumber === 1 ? firstTry : secondTry, job: 'orders.load', run: { airflow, parent: { ...parent, root: parent }, ...more }, jobFacets: taskJob });
}

describe('mapOpenLineage', () => {
  describe('when a DAG starts', () => {
    const event = mapped(
      runEvent('START', '10:00:00', {
        run: { airflowDagRun: { dagRun: { run_id: 'manual__1', run_type: 'manual', start_date: '2026-01-05T10:00:00+00:00' } } },
        jobFacets: { ...dagJob, airflow: { tasks: { extract: { operator: 'a.b.BashOperator', downstream_task_ids: ['load'] }, load: { operator: 'x.PythonOperator', downstream_task_ids: [] } } } },
      }),
    );
    const execution = event.executions[0]!;

    it('gives a running run under the name of the DAG', () => {
      expect(execution.run).toMatchObject({
        runId: lineageRunId(dagRun),
        engine: 'airflow',
        externalId: dagRun,
        namespace: 'prod',
        workflow: 'orders',
        status: Status.RUNNING,
        startedAtMs: ms('10:00:00'),
        trigger: 'manual',
        labels: { 'airflow.run_id': 'manual__1', processing_type: 'BATCH' },
      });
    });

    it('lists the tasks with their edges before any of them runs', () => {
      const { runId } = execution.run;
      expect(execution.tasks).toMatchObject([
        { taskId: taskIdOf(runId, 'extract'), name: 'extract', kind: 'BashOperator', dependsOn: [] },
        { taskId: taskIdOf(runId, 'load'), name: 'load', kind: 'PythonOperator', dependsOn: [taskIdOf(runId, 'extract')] },
      ]);
      expect(execution.tasks!.every((task) => task.attempt === undefined && task.status === undefined)).toBe(true);
    });

    it('says what it is and when it happened', () => {
      expect(event).toMatchObject({ format: 'openlineage', formatVersion: '2.0.2', type: 'RunEvent.START', subject: 'prod/orders', occurredAtMs: ms('10:00:00'), flags: [] });
    });
  });

  describe('when a task of Airflow is tried twice', () => {
    const failed = mapped(airflowTask('FAIL', '10:00:05', { more: { errorMessage: { message: 'replica is not ready', programmingLanguage: 'python', stackTrace: 'Traceback\n  File "x"\nConnectionError: replica is not ready\n' } } })).executions[0]!;
    const succeeded = mapped(airflowTask('COMPLETE', '10:00:09', { tryNumber: 2 })).executions[0]!;

    it('belongs to the run of the DAG, not to one of its own', () => {
      expect([failed.run.runId, succeeded.run.runId]).toEqual([lineageRunId(dagRun), lineageRunId(dagRun)]);
      expect(failed.run).toMatchObject({ engine: 'airflow', workflow: 'orders', trigger: 'manual', startedAtMs: ms('10:00:00') });
      expect(failed.run.status).toBeUndefined();
    });

    it('is one task with two attempts', () => {
      const taskId = taskIdOf(lineageRunId(dagRun), 'load');
      expect(failed.tasks).toMatchObject([
        {
          taskId,
          externalId: 'load',
          name: 'load',
          kind: 'PythonOperator',
          attempt: 1,
          status: Status.FINISHED,
          outcome: Outcome.FAILURE,
          queuedAtMs: ms('10:00:01'),
          finishedAtMs: ms('10:00:05'),
          failure: { type: 'ConnectionError', message: 'replica is not ready' },
          executor: { pool: 'default_pool', executorClass: 'heavy' },
          url: 'http://airflow/log?a=1',
        },
      ]);
      expect(succeeded.tasks).toMatchObject([{ taskId, attempt: 2, outcome: Outcome.SUCCESS }]);
    });

    it('reads its edges from the text that Python made of a list', () => {
      const { runId } = failed.run;
      expect(failed.tasks![0]!.dependsOn).toEqual([taskIdOf(runId, 'extract'), taskIdOf(runId, 'check')]);
    });

    it('keeps the stack trace as the last line of the log', () => {
      expect(failed.events).toMatchObject([{ kind: 'log', severityNumber: 17, taskId: taskIdOf(failed.run.runId, 'load'), output: expect.stringContaining('ConnectionError') }]);
    });
  });

  it('tells mapped tasks apart by their index, inside the task that was mapped', () => {
    const { run, tasks } = mapped(airflowTask('START', '10:00:02', { mapIndex: 3 })).executions[0]!;

    expect(tasks).toMatchObject([{ taskId: taskIdOf(run.runId, 'load[3]'), externalId: 'load[3]', parentTaskId: taskIdOf(run.runId, 'load') }]);
  });

  it('knows tasks that never started from the end of their DAG', () => {
    const state = { airflowState: { dagRunState: 'failed', tasksState: { extract: 'success', load: 'failed', publish: 'upstream_failed', odd: 'running' } } };
    const { run, tasks } = mapped(runEvent('FAIL', '10:01:00', { run: state, jobFacets: dagJob })).executions[0]!;

    expect(run).toMatchObject({ outcome: Outcome.FAILURE, finishedAtMs: ms('10:01:00') });
    expect(tasks!.map(({ name, outcome, finishedAtMs }) => [name, outcome, finishedAtMs])).toEqual([
      ['extract', Outcome.SUCCESS, undefined],
      ['load', Outcome.FAILURE, undefined],
      ['publish', Outcome.SKIP, undefined],
    ]);
  });

  describe('when Spark runs', () => {
    const spark = (jobType: string): Facets => ({ jobType: { integration: 'SPARK', jobType, processingType: 'BATCH' } });
    const application = { run: { runId: dagRun }, job: { namespace: 'prod', name: 'etl' } };

    it('makes the application a run and its jobs tasks', () => {
      const app = mapped(runEvent('START', '10:00:00', { job: 'etl', jobFacets: spark('APPLICATION') })).executions[0]!;
      const job = mapped(runEvent('COMPLETE', '10:00:03', { runId: firstTry, job: 'etl.insert_into.table', run: { parent: application }, jobFacets: spark('SQL_JOB') })).executions[0]!;

      expect(app.run).toMatchObject({ engine: 'spark', workflow: 'etl', status: Status.RUNNING });
      expect(job.run).toMatchObject({ runId: app.run.runId, engine: 'spark', workflow: 'etl' });
      expect(job.tasks).toMatchObject([{ externalId: firstTry, name: 'insert_into.table', kind: 'sql_job', attempt: 1, outcome: Outcome.SUCCESS }]);
    });

    it('makes an application that Airflow started a run under the run of the DAG', () => {
      const root = { run: { runId: secondTry }, job: { namespace: 'prod', name: 'orders' } };
      const started = { run: { runId: firstTry }, job: { namespace: 'prod', name: 'orders.load' }, root };
      const app = mapped(runEvent('START', '10:00:00', { job: 'etl', run: { parent: started }, jobFacets: spark('APPLICATION') })).executions[0]!;

      expect(app.run).toMatchObject({ runId: lineageRunId(dagRun), parentRunId: lineageRunId(secondTry), rootRunId: lineageRunId(secondTry) });
    });
  });

  it('places what runs inside a task of Airflow within that task', () => {
    const root = { run: { runId: dagRun }, job: { namespace: 'prod', name: 'orders' } };
    const inTask = { run: { runId: firstTry }, job: { namespace: 'prod', name: 'orders.transform' }, root };
    const { run, tasks } = mapped(runEvent('START', '10:00:00', { runId: secondTry, job: 'dbt-run', run: { parent: inTask }, jobFacets: { jobType: { integration: 'DBT', jobType: 'JOB' } } })).executions[0]!;

    expect(run).toMatchObject({ runId: lineageRunId(dagRun), workflow: 'orders' });
    expect(run.engine).toBeUndefined();
    expect(tasks).toMatchObject([{ taskId: taskIdOf(run.runId, secondTry), parentTaskId: taskIdOf(run.runId, 'transform'), name: 'dbt-run' }]);
  });

  it('takes edges between jobs from the jobDependencies facet', () => {
    const upstream = [{ job: { namespace: 'prod', name: 'orders.extract' } }, { job: { namespace: 'x', name: 'y' }, run: { runId: secondTry } }];
    const { run, tasks } = mapped(runEvent('START', '10:00:00', { runId: firstTry, job: 'orders.load', run: { parent, jobDependencies: { upstream } } })).executions[0]!;

    expect(tasks![0]!.dependsOn).toEqual([taskIdOf(run.runId, 'extract'), taskIdOf(run.runId, secondTry)]);
  });

  it('gives the data sets with their sizes, and what was counted as samples', () => {
    const inputs = [{ namespace: 'file', name: '/srv/in.csv', inputFacets: { inputStatistics: { rowCount: 40, size: 800, fileCount: 1 } } }];
    const outputs = [{ namespace: 'postgres://db:5432', name: 'shop.public.orders', facets: { schema: { fields: [{ name: 'id', type: 'int' }] } }, outputFacets: { outputStatistics: { rowCount: 39 } } }, { namespace: 'x' }];
    const { run, artifacts, samples } = mapped(runEvent('COMPLETE', '10:00:05', { inputs, outputs })).executions[0]!;

    expect(artifacts).toMatchObject([
      { direction: Direction.INPUT, namespace: 'file', name: '/srv/in.csv', uri: 'file:///srv/in.csv', sizeBytes: 800n, occurredAtMs: ms('10:00:05') },
      { direction: Direction.OUTPUT, uri: 'postgres://db:5432/shop.public.orders', attributesJson: JSON.stringify({ row_count: 39, columns: [{ name: 'id', type: 'int' }] }) },
    ]);
    expect(samples!.map(({ name, unit, value, kind }) => [name, unit, value, kind])).toEqual([
      ['input_rows', '{row}', 40, SampleKind.GAUGE],
      ['input_size_bytes', 'By', 800, SampleKind.GAUGE],
      ['input_files', '{file}', 1, SampleKind.GAUGE],
      ['output_rows', '{row}', 39, SampleKind.GAUGE],
    ]);
    expect(run.outcome).toBe(Outcome.SUCCESS);
  });

  it.each([
    ['START', Status.RUNNING, undefined],
    ['RUNNING', Status.RUNNING, undefined],
    ['COMPLETE', Status.FINISHED, Outcome.SUCCESS],
    ['FAIL', Status.FINISHED, Outcome.FAILURE],
    ['ABORT', Status.FINISHED, Outcome.CANCELLATION],
    ['OTHER', Status.QUEUED, undefined],
    ['NEW_IN_SPEC_9', undefined, undefined],
    [undefined, undefined, undefined],
  ])('reads event type %s', (eventType, status, outcome) => {
    const { run } = mapped(runEvent(eventType, '10:00:00')).executions[0]!;

    expect([run.status, run.outcome]).toEqual([status, outcome]);
  });

  it('takes nanoseconds, no zone, a missing schema and a null end for what they are, and says so', () => {
    const odd = { eventType: 'COMPLETE', eventTime: '2026-01-05T10:00:00.123456789', run: { runId: dagRun, facets: { nominalTime: { nominalStartTime: '2026-01-05T00:00:00Z', nominalEndTime: null } } }, job: { namespace: 'ns', name: 'job🕷' } };
    const event = mapped(odd);

    expect(event.flags).toEqual(['missing_schema', 'missing_producer', 'assumed_utc']);
    expect(event.executions[0]!.run).toMatchObject({ workflow: 'job🕷', finishedAtMs: ms('10:00:00') + 123.456789, labels: { nominal_start: '2026-01-05T00:00:00Z' } });
    expect(mapped({ ...odd, eventTime: '{{START}}' }).flags).toContain('missing_time');
  });

  it('keeps no environment variables, neither mapped nor in the raw bytes', () => {
    const event = mapped(runEvent('START', '10:00:00', { run: { environmentVariables: { environmentVariables: [{ name: 'HOME', value: '/root' }] }, tags: { tags: [{ key: 'team', value: 'data' }] } } }));
    const raw = JSON.parse(Buffer.from(event.raw!.body).toString()) as { run: { facets: Record<string, unknown> } };

    expect(Object.keys(raw.run.facets)).toEqual(['tags']);
    expect(event.flags).toEqual(['environment_dropped']);
    expect(event.executions[0]!.run.labels).toMatchObject({ 'tag.team': 'data' });
  });

  it('gives the place of the code and a hash of the command', () => {
    const jobFacets = { sourceCodeLocation: { repoUrl: 'https://example.org/etl.git', version: 'abc123', branch: 'main' }, sql: { query: 'select 1' } };
    const own = mapped(runEvent('START', '10:00:00', { jobFacets })).executions[0]!;
    const asTask = mapped(runEvent('START', '10:00:00', { runId: firstTry, job: 'orders.q', run: { parent }, jobFacets })).executions[0]!;

    expect(own.run.versionControl).toEqual({ repositoryUrl: 'https://example.org/etl.git', revision: 'abc123', refName: 'main', refType: 'branch' });
    expect(asTask.tasks![0]!.commandHash).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('makes an event of every test that ran over the data', () => {
    const tests = [{ name: 'not_null_id', status: 'pass' }, { name: 'unique_id', status: 'fail', description: 'two rows' }];
    const { events } = mapped(runEvent('COMPLETE', '10:00:00', { run: { test: { tests } } })).executions[0]!;

    expect(events).toMatchObject([{ name: 'not_null_id', outcome: Outcome.SUCCESS }, { name: 'unique_id', outcome: Outcome.FAILURE, failure: { message: 'two rows' } }]);
  });

  it.each([
    ['JobEvent', { job: { namespace: 'ns', name: 'job' } }],
    ['DatasetEvent', { dataset: { namespace: 'ns', name: 'table' } }],
  ])('keeps a %s without an execution', (type, parts) => {
    const event = mapped({ eventTime: '2026-01-05T10:00:00Z', producer: 'p', schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json', ...parts });

    expect(event).toMatchObject({ type, executions: [], subject: expect.stringContaining('ns/') });
  });

  it.each([[{}], [[]], [null], ['text'], [{ eventTime: '2026-01-05T10:00:00Z', run: {} }]])('refuses %j', (value) => {
    expect(() => mapOpenLineage(value, payload, context)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });

  it('maps whatever facets hold, and the same each time', () => {
    const facets = fc.dictionary(fc.constantFrom('parent', 'airflow', 'airflowState', 'errorMessage', 'tags', 'nominalTime', 'jobDependencies', 'test', 'root', 'run', 'task', 'tasks'), fc.jsonValue());
    const value = fc.record({ eventType: fc.constantFrom('START', 'FAIL', undefined), eventTime: fc.jsonValue(), run: fc.record({ runId: fc.string({ minLength: 1 }), facets }), job: fc.oneof(fc.jsonValue(), fc.record({ name: fc.string(), facets })), inputs: fc.jsonValue(), outputs: fc.jsonValue() });

    fc.assert(fc.property(value, (event) => expect(mapOpenLineage(event, payload, context)).toEqual(mapOpenLineage(event, payload, context))));
  });
});
