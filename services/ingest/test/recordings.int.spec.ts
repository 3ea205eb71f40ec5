import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Direction, Outcome } from '@orrery/contracts';
import { mapPayload } from '../src/domain/map-payload.js';
import type { Execution, Format } from '../src/domain/source-event.js';
import type { TaskStatement } from '../src/domain/statements.js';

const fixtures = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../fixtures');
const context = { tenantId: 'default', receivedAtMs: Date.UTC(2026, 10, 20, 12) };

interface Manifest {
  readonly requests: readonly { readonly path: string; readonly file: string; readonly contentType: string; readonly contentEncoding: string | null }[];
}

function read<Content>(recording: string, file: string): Content {
  return JSON.parse(readFileSync(path.join(fixtures, recording, file), 'utf8')) as Content;
}

const formats: Readonly<Record<string, Format>> = { '/v1/traces': 'otlp_traces', '/api/v1/lineage': 'openlineage', '/api/v1/webhooks/prefect': 'prefect' };

/** All that a recording's requests say, in the order in which they were sent. */
function executionsOf(recording: string): readonly Execution[] {
  return read<Manifest>(recording, 'manifest.json').requests.flatMap((request) => {
    const written = readFileSync(path.join(fixtures, recording, request.file));
    const body = request.contentEncoding === 'gzip' ? gunzipSync(written) : written;
    const events = mapPayload({ body, contentType: request.contentType, headers: {}, format: formats[request.path] }, context);
    expect(events.flatMap(({ flags }) => flags ?? [])).toEqual([]);
    return events.flatMap(({ executions }) => executions);
  });
}

function counted(values: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value ?? '?'] = (counts[value ?? '?'] ?? 0) + 1;
  return counts;
}

describe('recordings of AG2', () => {
  interface Expected {
    readonly traceId: string;
    readonly spans: number;
    readonly agentInvocations: Record<string, number>;
    readonly toolCallsByTool: Record<string, number>;
    readonly toolCalls: readonly { readonly tool: string; readonly requestedBy: string; readonly failed: boolean }[];
    readonly modelCallsByAgent: Record<string, number>;
    readonly tokens: { readonly input: number; readonly output: number };
    readonly files: readonly { readonly path: string; readonly sha256: string; readonly sizeBytes: number | null; readonly direction: 'in' | 'out'; readonly agent: string; readonly spanId: string }[];
    readonly root: { readonly error: { readonly type: string; readonly message: string } | null };
  }

  describe.each(['ag2-success', 'ag2-failure', 'ag2-nested'])('when %s is replayed', (recording) => {
    const expected = read<Expected>(recording, 'expected.json');
    const executions = executionsOf(recording);
    const events = executions.flatMap((execution) => execution.events ?? []);
    const calls = (kind: string) => events.filter((event) => event.kind === kind);

    it('gives one run, however many requests its trace came in', () => {
      expect(new Set(executions.map(({ run }) => run.externalId))).toEqual(new Set([expected.traceId]));
      expect(executions.at(-1)!.run.outcome).toBe(expected.root.error === null ? Outcome.SUCCESS : Outcome.FAILURE);
      expect(executions.at(-1)!.run.failure).toEqual(expected.root.error === null ? undefined : expect.objectContaining(expected.root.error));
    });

    it('counts how often each agent and tool was called, and the tokens', () => {
      expect(events.filter(({ kind }) => kind !== 'log')).toHaveLength(expected.spans);
      expect(counted(calls('agent_call').map(({ actor }) => actor))).toEqual(expected.agentInvocations);
      expect(counted(calls('tool_call').map(({ target }) => target))).toEqual(expected.toolCallsByTool);
      expect(calls('tool_call').filter(({ outcome }) => outcome === Outcome.FAILURE)).toHaveLength(expected.toolCalls.filter(({ failed }) => failed).length);
      expect(events.reduce((sum, { inputTokens }) => sum + Number(inputTokens ?? 0), 0)).toBe(expected.tokens.input);
      expect(events.reduce((sum, { outputTokens }) => sum + Number(outputTokens ?? 0), 0)).toBe(expected.tokens.output);
    });

    it('finds every file with its hash, and the call that made or read it', () => {
      const eventIds = new Map(events.map(({ eventId, externalId }) => [eventId, externalId]));
      const found = executions.flatMap((execution) => execution.artifacts ?? []).map((artifact) => [artifact.direction, artifact.uri, artifact.digest, artifact.sizeBytes, eventIds.get(artifact.eventId)]);
      const wanted = expected.files.map((file) => [file.direction === 'in' ? Direction.INPUT : Direction.OUTPUT, `file://${file.path}`, `sha256:${file.sha256}`, file.sizeBytes === null ? undefined : BigInt(file.sizeBytes), file.spanId]);

      expect(found).toEqual(wanted);
    });

    it('names the agent behind each call and file, or leaves it to the calls around it', () => {
      const named = (actor: string | undefined, agent: string): boolean => actor === agent || (recording === 'ag2-nested' && actor === undefined);
      const requesters = calls('tool_call').map(({ actor }) => actor);
      const makers = executions.flatMap((execution) => execution.artifacts ?? []).map(({ actor }) => actor);
      const inOrder = recording === 'ag2-nested' ? [] : expected.toolCalls;

      for (const [index, { requestedBy }] of inOrder.entries()) expect(requesters[index]).toBe(requestedBy);
      for (const [index, { agent }] of expected.files.entries()) expect(named(makers[index], agent)).toBe(true);
    });
  });
});

/** Everything said of one task, later statements over earlier ones, attempt by attempt. */
function attemptsOf(executions: readonly Execution[], runId: string, key: string): ReadonlyMap<number, TaskStatement> {
  const attempts = new Map<number, TaskStatement>();
  for (const task of executions.filter(({ run }) => run.runId === runId).flatMap(({ tasks }) => tasks ?? [])) {
    if (task.externalId !== key || task.attempt === undefined) continue;
    const told = Object.fromEntries(Object.entries(task).filter(([, value]) => value !== undefined));
    attempts.set(task.attempt, { ...attempts.get(task.attempt), ...told });
  }
  return attempts;
}

function edgesOf(executions: readonly Execution[], runId: string): readonly string[] {
  const tasks = executions.filter(({ run }) => run.runId === runId).flatMap((execution) => execution.tasks ?? []);
  const names = new Map(tasks.map(({ taskId, externalId }) => [taskId, externalId]));
  return [...new Set(tasks.flatMap(({ externalId, dependsOn = [] }) => dependsOn.map((upstream) => `${names.get(upstream)} -> ${externalId}`)))].sort();
}

describe('the recording of Airflow', () => {
  interface Expected {
    readonly runs: readonly {
      readonly runId: string;
      readonly dagRunId: string;
      readonly outcome: 'success' | 'failure';
      readonly startedAt: string;
      readonly finishedAt: string;
      readonly edges: readonly (readonly [string, string])[];
      readonly tasks: readonly { readonly name: string; readonly state: string; readonly tries: readonly { readonly attempt: number; readonly outcome: 'success' | 'failure'; readonly error: string | null; readonly startedAt: string }[] }[];
    }[];
  }
  const executions = executionsOf('airflow-openlineage');

  it.each(read<Expected>('airflow-openlineage', 'expected.json').runs)('gives run $dagRunId with its tasks, tries and edges', (expected) => {
    const statements = executions.filter(({ run }) => run.externalId === expected.runId);
    const { runId } = statements[0]!.run;
    const outcomes = { success: Outcome.SUCCESS, failure: Outcome.FAILURE };

    expect(statements.at(-1)!.run).toMatchObject({ engine: 'airflow', workflow: 'orders_daily', outcome: outcomes[expected.outcome], labels: { 'airflow.run_id': expected.dagRunId } });
    expect(statements[0]!.run.startedAtMs).toBeCloseTo(Date.parse(expected.startedAt), -1);
    expect(edgesOf(executions, runId)).toEqual(expected.edges.map(([from, to]) => `${from} -> ${to}`).sort());
    expect(new Set(statements.flatMap(({ tasks }) => (tasks ?? []).map(({ externalId }) => externalId)))).toEqual(new Set(expected.tasks.map(({ name }) => name)));
    for (const { name, tries } of expected.tasks) {
      const attempts = attemptsOf(executions, runId, name);
      expect([...attempts].map(([attempt, { outcome, failure }]) => [attempt, outcome, failure?.message])).toEqual(tries.map(({ attempt, outcome, error }) => [attempt, outcomes[outcome], error ?? undefined]));
    }
  });
});

describe('the recording of Prefect', () => {
  interface Expected {
    readonly flowRuns: readonly {
      readonly id: string;
      readonly flow: string;
      readonly outcome: 'success' | 'failure';
      readonly error: string | null;
      readonly tasks: readonly { readonly id: string; readonly name: string; readonly attempts: number; readonly outcome: 'success' | 'failure'; readonly error: string | null; readonly dependsOn: readonly string[] }[];
    }[];
    readonly assets: readonly { readonly event: string; readonly uri: string }[];
  }
  const expected = read<Expected>('prefect-events', 'expected.json');
  const executions = executionsOf('prefect-events');
  const outcomes = { success: Outcome.SUCCESS, failure: Outcome.FAILURE };
  const withoutPrefix = (id: string): string => id.replace(/^prefect\.(?:flow|task)-run\./, '');

  it.each(expected.flowRuns)('gives flow run $id with its tasks, tries and edges', (flowRun) => {
    const statements = executions.filter(({ run }) => run.externalId === withoutPrefix(flowRun.id));
    const { runId } = statements[0]!.run;
    const ended = statements.find(({ run }) => run.outcome !== undefined)!.run;

    expect(ended).toMatchObject({ workflow: flowRun.flow, outcome: outcomes[flowRun.outcome] });
    expect(ended.failure?.message).toBe(flowRun.error ?? undefined);
    expect(edgesOf(executions, runId)).toEqual(flowRun.tasks.flatMap(({ id, dependsOn }) => dependsOn.map((upstream) => `${withoutPrefix(upstream)} -> ${withoutPrefix(id)}`)).sort());
    for (const { id, attempts, outcome, error } of flowRun.tasks) {
      const last = attemptsOf(executions, runId, withoutPrefix(id)).get(attempts);
      expect([last?.outcome, last?.failure?.message]).toEqual([outcomes[outcome], error ?? undefined]);
    }
  });

  it('gives the assets that were written and read', () => {
    const artifacts = executions.flatMap((execution) => execution.artifacts ?? []);
    const written = expected.assets.filter(({ event }) => event === 'prefect.asset.materialization.succeeded');
    const uris = artifacts.filter(({ direction }) => direction === Direction.OUTPUT).map(({ uri }) => uri);

    expect(uris).toEqual(written.map(({ uri }) => uri));
    expect(artifacts.some(({ direction }) => direction === Direction.INPUT)).toBe(true);
  });
});
