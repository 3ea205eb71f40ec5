import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root, startPlatformProcess, until, type PlatformProcess } from './platform-process.js';

interface Run {
  readonly run_id: string;
  readonly engine: string;
  readonly workflow: string;
  readonly outcome: string | null;
  readonly actors: readonly { readonly actor: string; readonly kind: string; readonly calls: number }[];
}

interface Task {
  readonly task_id: string;
  readonly name: string;
  readonly depends_on: readonly string[];
  readonly attempt: number;
}

describe('the recordings of real engines, replayed through orrery demo', () => {
  let platform: PlatformProcess;
  let runs: readonly Run[];

  const get = async <Document>(where: string): Promise<Document> => (await (await fetch(`${platform.url}/api/v1/${where}`)).json()) as Document;
  const runOf = (workflow: string, outcome: string): Run => {
    const found = runs.find((run) => run.workflow === workflow && run.outcome === outcome);
    if (found === undefined) throw new TypeError(`no run of ${workflow} ended in ${outcome}`);
    return found;
  };

  beforeAll(async () => {
    platform = await startPlatformProcess();
    const cli = path.join(root, 'clients', 'cli', 'bin', 'orrery.mjs');
    execFileSync(process.execPath, [cli, 'demo'], { cwd: root, env: { ...process.env, NODE_OPTIONS: '', ORRERY_URL: platform.url } });
    const isSettled = (found: readonly Run[]) => found.length === 10 && found.every(({ outcome }) => outcome !== null);
    runs = await until(async () => (await get<{ items: Run[] }>('runs')).items, isSettled);
  });

  afterAll(async () => {
    await platform.end();
    platform.removeData();
  });

  it('are the runs that were recorded, each with its outcome', () => {
    expect(runs.map(({ engine, workflow, outcome }) => `${engine} ${workflow} ${outcome}`).sort()).toEqual([
      'airflow orders_daily failure',
      'airflow orders_daily success',
      'orrery demo-ci failure',
      'orrery demo-ci success',
      'otlp invoke_agent planner success',
      'otlp weekly-report failure',
      'otlp weekly-report success',
      'prefect evaluate-model success',
      'prefect train-model failure',
      'prefect train-model success',
    ]);
  });

  it('say which agent made a file, and who read it', async () => {
    const hash = (JSON.parse(readFileSync(path.join(root, 'fixtures', 'ag2-success', 'expected.json'), 'utf8').match(/"sha256": ("6490[0-9a-f]+")/)?.[1] ?? '""') as string) || 'missing';
    const byHash = await get<{ versions: { produced_by: { actor: string; run: { run_id: string } }[]; read_by: { actor: string }[] }[] }>(`artifacts/provenance?hash=sha256:${hash}`);
    const { run_id: runId } = runOf('weekly-report', 'success');
    const version = byHash.versions.find(({ produced_by: producers }) => producers.some(({ run }) => run.run_id === runId));

    expect(version?.produced_by.find(({ run }) => run.run_id === runId)?.actor).toBe('coder');
    expect(version?.read_by.map(({ actor }) => actor)).toContain('reviewer');
  });

  it('say how often an agent was called', async () => {
    const { run_id: runId } = runOf('weekly-report', 'success');
    const detail = await get<Run>(`runs/${runId}`);

    // fixtures/ag2-success/expected.json: planner 1, coder 7, reviewer 4
    const callsOf = (actor: string) => detail.actors.find((entry) => entry.actor === actor && entry.kind === 'agent_call')?.calls;
    expect([callsOf('planner'), callsOf('coder'), callsOf('reviewer')]).toEqual([1, 7, 4]);
    expect((await get<{ total: number }>(`runs/${runId}/timeline?actor=coder&kind=agent_call`)).total).toBe(7);
  });

  it('show what happened inside a step, nested', async () => {
    const { run_id: runId } = runOf('weekly-report', 'success');
    const { tasks } = await get<{ tasks: Task[] }>(`runs/${runId}/graph`);
    const step = tasks.find(({ name }) => name === 'weekly-report');
    const { items } = await get<{ items: { kind: string; name: string; children: { name: string }[] }[] }>(`runs/${runId}/timeline?task=${step?.task_id}`);

    expect(items[0]).toMatchObject({ name: 'invoke_workflow weekly-report' });
    expect(JSON.stringify(items)).toContain('"kind":"tool_call"');
  });

  it('say what led to a failure', async () => {
    const agents = await get<{ summary: string; events: { name: string }[] }>(`runs/${runOf('weekly-report', 'failure').run_id}/failure`);
    const pipeline = await get<{ task: Task; upstream: Task[]; log_tail: string[] }>(`runs/${runOf('demo-ci', 'failure').run_id}/failure`);

    expect(agents.summary).toContain('Publishing failed three times');
    expect(pipeline.task.name).toBe('publish');
    expect(pipeline.upstream.map(({ name }) => name)).toEqual(['package', 'integration-tests', 'unit-tests', 'build']);
    expect(pipeline.log_tail.join('\n')).toContain('ECONNREFUSED');
  });

  it('keep the tasks, edges and attempts of an Airflow DAG', async () => {
    const { tasks } = await get<{ tasks: Task[] }>(`runs/${runOf('orders_daily', 'success').run_id}/graph`);

    expect(tasks).toHaveLength(7);
    expect(tasks.flatMap(({ depends_on: edges }) => edges)).toHaveLength(8);
    expect(tasks.find(({ name }) => name.endsWith('join_orders'))?.attempt).toBe(2);
  });
});
