import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from './api.js';
import { eventually } from './eventually.js';
import { cleanUp, root, RunningPlatform } from './running-platform.js';

interface Run {
  readonly run_id: string;
  readonly engine: string;
  readonly external_id: string;
  readonly workflow: string;
  readonly outcome: string | null;
  readonly started_at: string;
  readonly finished_at: string;
  readonly error: { readonly message: string | null } | null;
  readonly actors: readonly { readonly actor: string; readonly kind: string; readonly calls: number }[];
}

interface Task {
  readonly task_id: string;
  readonly external_id: string;
  readonly name: string;
  readonly outcome: string;
  readonly depends_on: readonly string[];
  readonly attempts: readonly { readonly attempt: number; readonly outcome: string; readonly started_at: string; readonly error: { readonly message: string | null } | null }[];
}

interface Event {
  readonly event_id: string;
  readonly kind: string;
  readonly name: string;
  readonly actor: string | null;
  readonly outcome: string;
  readonly input: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly children: readonly Event[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Maker {
  readonly run: { readonly run_id: string };
  readonly event: { readonly event_id: string } | null;
  readonly actor: string;
}

interface Provenance {
  readonly uri: string;
  readonly versions: readonly { readonly digest: string; readonly size_bytes: number | null; readonly produced_by: readonly (Maker & { readonly inputs: readonly { readonly digest: string }[] })[]; readonly read_by: readonly Maker[] }[];
}

/** Ground truth, decoded by another program (fixtures/README.md). */
interface AgentTruth {
  readonly agentInvocations: Readonly<Record<string, number>>;
  readonly modelCallsByAgent: Readonly<Record<string, number>>;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly spans: number;
  readonly speakers: readonly string[];
  readonly toolCalls: readonly { readonly callId: string; readonly tool: string; readonly requestedBy: string; readonly failed: boolean; readonly arguments: string }[];
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly sizeBytes: number | null; readonly direction: 'in' | 'out'; readonly agent: string }[];
  readonly root: { readonly error: { readonly type: string; readonly message: string } | null };
  readonly traceId: string;
}

const truthOf = <Truth>(recording: string): Truth => JSON.parse(readFileSync(path.join(root, 'fixtures', recording, 'expected.json'), 'utf8')) as Truth;
const sum = (numbers: readonly (number | null)[]): number => numbers.reduce<number>((total, number) => total + (number ?? 0), 0);

let platform: RunningPlatform;
let api: Api;
let runs: readonly Run[];

beforeAll(async () => {
  platform = await RunningPlatform.start();
  api = new Api(platform.url);
  const cli = path.join(root, 'clients', 'cli', 'bin', 'orrery.mjs');
  execFileSync(process.execPath, [cli, 'demo'], { cwd: root, env: { ...process.env, ORRERY_URL: platform.url }, stdio: ['ignore', 'ignore', 'inherit'] });
  runs = await eventually(async () => {
    const { items } = await api.get<{ items: Run[] }>('/api/v1/runs');
    return items.length === 10 && items.every(({ outcome }) => outcome !== null) && (await isAllStored()) && items;
  });
});
afterAll(async () => {
  await platform.stop();
  cleanUp();
});

async function isAllStored(): Promise<boolean> {
  const metrics = await (await api.call('GET', '/metrics')).text();
  const total = (name: string) => sum([...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)$`, 'gm'))].map(([, number]) => Number(number)));
  return total('orrery_records_stored_total') > 0 && total('orrery_consumer_lag_records') === 0;
}

function runOf(externalId: string): Run {
  const found = runs.find(({ external_id: id }) => id === externalId);
  if (found === undefined) throw new Error(`no run ${externalId} among ${runs.map(({ external_id: id }) => id).join(', ')}`);
  return found;
}

const tasksOf = async (run: Run): Promise<Task[]> => (await api.get<{ tasks: Task[] }>(`/api/v1/runs/${run.run_id}/graph`)).tasks;
const flatten = (events: readonly Event[]): Event[] => events.flatMap((event) => [event, ...flatten(event.children)]);
const edgesOf = (tasks: readonly Task[]): string[] => {
  const names = new Map(tasks.map(({ task_id: id, name }) => [id, name]));
  return tasks.flatMap(({ name, depends_on: before }) => before.map((id) => `${names.get(id)} -> ${name}`)).sort();
};

describe('the recordings, replayed by orrery demo', () => {
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
});

describe.each(['ag2-success', 'ag2-failure', 'ag2-nested'])('of the agents of %s', (recording) => {
  const truth = truthOf<AgentTruth>(recording);
  const written = truth.files.filter(({ direction }) => direction === 'out');
  // AG2 1.2 names the agent on its own span only, and that may come in a later request than the spans inside it.
  const isNamed = recording !== 'ag2-nested';
  let run: Run;
  let timeline: { items: Event[]; total: number };
  beforeAll(async () => {
    run = await api.get<Run>(`/api/v1/runs/${runOf(truth.traceId).run_id}`);
    timeline = await api.get(`/api/v1/runs/${run.run_id}/timeline`);
  });

  describe('which one made a file', () => {
    it.each(written)('is known by the hash of $path $sha256', async ({ sha256, agent, sizeBytes }) => {
      const { versions } = await api.get<Provenance>(`/api/v1/artifacts/provenance?hash=sha256:${sha256}`);
      const readers = truth.files.filter((file) => file.direction === 'in' && file.sha256 === sha256).map((file) => file.agent);

      expect(versions.map(({ digest }) => digest)).toEqual([`sha256:${sha256}`]);
      expect(ofRun(versions[0]?.produced_by).map(({ actor }) => actor)).toEqual([agent]);
      expect(ofRun(versions[0]?.read_by).map(({ actor }) => actor)).toEqual(readers);
      if (sizeBytes !== null) expect(versions[0]?.size_bytes).toBe(sizeBytes);
    });

    it('is known by the name of report.md, version by version', async () => {
      const uri = 'file:///srv/demo/output/report.md';
      const hashes = written.filter(({ path: file }) => uri.endsWith(file)).map(({ sha256 }) => `sha256:${sha256}`);

      const { versions } = await api.get<Provenance>(`/api/v1/artifacts/provenance?uri=${encodeURIComponent(uri)}`);
      const ours = versions.filter(({ produced_by: makers }) => ofRun(makers).length > 0);

      expect(hashes.length).toBeGreaterThan(0);
      expect(ours.map(({ digest }) => digest).sort()).toEqual([...hashes].sort());
      expect(ours.every(({ produced_by: makers }) => ofRun(makers)[0]?.actor === 'coder')).toBe(true);
      const makers = ours.flatMap((version) => ofRun(version.produced_by));
      const events = new Map(flatten(timeline.items).map((event) => [event.event_id, event]));
      for (const { event } of makers) expect(events.get(event?.event_id ?? '')).toMatchObject({ kind: 'tool_call', name: 'execute_tool write_file', outcome: 'success' });
    });

    const ofRun = <Entry extends Maker>(makers: readonly Entry[] = []): readonly Entry[] => makers.filter((maker) => maker.run.run_id === run.run_id);
  });

  it('how often each was called, and what its model cost', async () => {
    for (const [agent, calls] of Object.entries(truth.agentInvocations)) {
      const { total, items } = await api.get<{ total: number; items: Event[] }>(`/api/v1/runs/${run.run_id}/timeline?actor=${agent}&kind=agent_call&limit=1000`);
      expect([agent, total, items.length]).toEqual([agent, calls, calls]);
      expect(run.actors.find(({ actor, kind }) => actor === agent && kind === 'agent_call')?.calls).toBe(calls);
    }
    const models = flatten(timeline.items).filter(({ kind }) => kind === 'model_call');
    expect(models).toHaveLength(sum(Object.values(truth.modelCallsByAgent)));
    expect([sum(models.map((call) => call.input_tokens)), sum(models.map((call) => call.output_tokens))]).toEqual([truth.tokens.input, truth.tokens.output]);
    if (isNamed) expect(Object.fromEntries(run.actors.filter(({ kind }) => kind === 'model_call').map(({ actor, calls }) => [actor, calls]))).toEqual(truth.modelCallsByAgent);
  });

  it('what happened inside a step: every call in its order, with what it was given and how it ended', () => {
    const events = flatten(timeline.items);

    expect(events.length).toBe(timeline.total);
    // A span may bring events of its own, which are shown as log entries.
    expect(events.filter(({ kind }) => kind !== 'log')).toHaveLength(truth.spans);
    for (const { callId, tool, requestedBy, failed, arguments: given } of truth.toolCalls) {
      const call = events.find(({ attributes }) => attributes['gen_ai.tool.call.id'] === callId);
      expect(call).toMatchObject({ kind: 'tool_call', name: `execute_tool ${tool}`, outcome: failed ? 'failure' : 'success', input: given });
      if (isNamed) expect([callId, call?.actor]).toEqual([callId, requestedBy]);
    }
    expect(events.filter(({ kind }) => kind === 'tool_call')).toHaveLength(truth.toolCalls.length);
  });
});

describe('of the agents who talk in one group', () => {
  it.each(['ag2-success', 'ag2-failure'])('the order in which they spoke is that of %s', async (recording) => {
    const truth = truthOf<AgentTruth>(recording);
    const { items } = await api.get<{ items: Event[] }>(`/api/v1/runs/${runOf(truth.traceId).run_id}/timeline`);
    const turns = flatten(items).find(({ name }) => name === 'invoke_agent chat_manager')?.children ?? [];
    const speakers = turns.map(({ actor }) => actor).filter((actor) => actor !== '_Group_Tool_Executor');

    // An agent that speaks again after its tool ran has the floor still.
    expect(speakers.filter((speaker, index) => speaker !== speakers[index - 1])).toEqual(truth.speakers);
  });
});

describe('what led to the failure', () => {
  it('of the agents is the error of their run, and before it the calls that failed, the last first', async () => {
    const truth = truthOf<AgentTruth>('ag2-failure');
    const failure = await api.get<{ summary: string; error: { type: string; message: string }; events: Event[] }>(`/api/v1/runs/${runOf(truth.traceId).run_id}/failure`);
    const failedCalls = truth.toolCalls.filter(({ failed }) => failed).map(({ tool }) => `execute_tool ${tool}`);

    expect(failure.error).toMatchObject(truth.root.error ?? {});
    expect(failure.summary).toContain(truth.root.error?.message);
    const failedBefore = failure.events.filter(({ kind, outcome }) => kind === 'tool_call' && outcome === 'failure').map(({ name }) => name);
    expect(failedBefore).toEqual([...failedCalls].reverse());
    expect(failure.events.slice(0, failedBefore.length).every(({ outcome }) => outcome === 'failure')).toBe(true);
  });

  it('of the Airflow run is its task with both tries, and what it waited for', async () => {
    const failure = await api.get<{ summary: string; task: Task; upstream: Task[] }>(`/api/v1/runs/${runs.find(({ engine, outcome }) => engine === 'airflow' && outcome === 'failure')?.run_id}/failure`);

    expect(failure.task.name).toBe('load_warehouse');
    expect(failure.task.attempts.map(({ error }) => error?.message)).toEqual(Array(2).fill('column amount: expected numeric, got text in row 17'));
    expect(failure.upstream.map(({ name }) => name)).toEqual(expect.arrayContaining(['join_orders', 'check_sources']));
    expect(failure.summary).toContain('expected numeric, got text in row 17');
  });

  it('of the Prefect run is its task', async () => {
    const failure = await api.get<{ task: Task; error: { message: string } }>(`/api/v1/runs/${runs.find(({ engine, outcome }) => engine === 'prefect' && outcome === 'failure')?.run_id}/failure`);

    expect([failure.task.name, failure.error.message]).toEqual(['fit-83a', "Task run encountered an exception KeyError: 'amount'"]);
  });

  it('of the pipeline is its last step, all steps before it, and the last lines that it wrote', async () => {
    const failure = await api.get<{ task: Task; upstream: Task[]; log_tail: string[] }>(`/api/v1/runs/${runOf('demo-ci-2').run_id}/failure`);

    expect(failure.task.name).toBe('publish');
    expect(failure.upstream.map(({ name }) => name).sort()).toEqual(['build', 'integration-tests', 'package', 'unit-tests']);
    expect(failure.log_tail.join('\n')).toContain('ECONNREFUSED');
  });

  it('is nothing for a run that ended well', async () => {
    expect((await api.call('GET', `/api/v1/runs/${runOf('demo-ci-1').run_id}/failure`)).status).toBe(404);
  });
});

interface DagRun {
  readonly runId: string;
  readonly outcome: string;
  readonly startedAt: string;
  readonly edges: readonly (readonly [string, string])[];
  readonly tasks: readonly { readonly name: string; readonly state: string; readonly tries: readonly { readonly attempt: number; readonly outcome: string; readonly startedAt: string; readonly error: string | null }[] }[];
}

describe.each(truthOf<{ runs: DagRun[] }>('airflow-openlineage').runs)('Airflow run $dagRunId', (truth) => {
  it('has its tasks, edges and every try', async () => {
    const tasks = await tasksOf(runOf(truth.runId));

    expect(tasks.map(({ name }) => name).sort()).toEqual(truth.tasks.map(({ name }) => name).sort());
    expect(edgesOf(tasks)).toEqual(truth.edges.map(([from, to]) => `${from} -> ${to}`).sort());
    for (const { name, state, tries } of truth.tasks) {
      const task = tasks.find((candidate) => candidate.name === name);
      expect([name, task?.outcome]).toEqual([name, { success: 'success', failed: 'failure', upstream_failed: 'skip' }[state]]);
      if (tries.length === 0) continue;
      expect(task?.attempts.map(({ attempt, outcome, error }) => ({ attempt, outcome, error: error?.message ?? null }))).toEqual(tries.map(({ attempt, outcome, error }) => ({ attempt, outcome, error })));
      expect(task?.attempts.map(({ started_at: at }) => Date.parse(at))).toEqual(tries.map(({ startedAt }) => Date.parse(startedAt)));
    }
  });

  it('has its outcome and times', () => {
    const run = runOf(truth.runId);

    expect([run.outcome, Date.parse(run.started_at)]).toEqual([truth.outcome, Date.parse(truth.startedAt)]);
  });
});

interface FlowRun {
  readonly id: string;
  readonly outcome: string;
  readonly tasks: readonly { readonly id: string; readonly name: string; readonly outcome: string; readonly attempts: number; readonly dependsOn: readonly string[] }[];
}

describe.each(truthOf<{ flowRuns: FlowRun[] }>('prefect-events').flowRuns)('Prefect flow run $name of $flow', (truth) => {
  const idOf = (resource: string): string => resource.replace(/^prefect\.(flow|task)-run\./, '');

  it('has its tasks, edges and every try', async () => {
    const run = runOf(idOf(truth.id));
    const tasks = await tasksOf(run);
    const external = new Map(tasks.map((task) => [task.task_id, task.external_id]));
    const shown = tasks.map((task) => ({ id: task.external_id, name: task.name, outcome: task.outcome, attempts: task.attempts.length, dependsOn: task.depends_on.map((id) => external.get(id)).sort() }));

    expect(run.outcome).toBe(truth.outcome);
    expect(shown.sort(byId)).toEqual(truth.tasks.map(({ id, name, outcome, attempts, dependsOn }) => ({ id: idOf(id), name, outcome, attempts, dependsOn: dependsOn.map(idOf).sort() })).sort(byId));
  });

  const byId = (left: { readonly id: string }, right: { readonly id: string }): number => left.id.localeCompare(right.id);
});
