import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Direction, Outcome, runIdOf, Status, type ExecutionRecord } from '@orrery/contracts';
import { acceptanceIn, IngestScene } from './ingest-scene.js';
import { expectedOf, replay, type RecordingName } from './recorded-requests.js';
import { factsIn, tally, type ToldFacts } from './told-facts.js';

interface ExpectedAgents {
  readonly requests: number;
  readonly service: string;
  readonly traceId: string;
  readonly spans: number;
  readonly root: { readonly name: string; readonly startedAtUnixNano: string; readonly finishedAtUnixNano: string; readonly error: { readonly type: string; readonly message: string } | null };
  readonly agentInvocations: Readonly<Record<string, number>>;
  readonly modelCallsByAgent: Readonly<Record<string, number>>;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly toolCalls: readonly { readonly callId: string; readonly tool: string; readonly requestedBy: string; readonly failed: boolean; readonly arguments: string }[];
  readonly codeExecutions: readonly { readonly agent: string; readonly exitCode: number; readonly failed: boolean }[];
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly sizeBytes: number | null; readonly direction: 'in' | 'out'; readonly agent: string; readonly callId: string | null }[];
}

const millisecondsOf = (unixNano: string): number => Number(BigInt(unixNano) / 1000n) / 1000;
const callIdOf = (attributesJson: string): string | undefined => (JSON.parse(attributesJson || '{}') as Record<string, string>)['gen_ai.tool.call.id'];

describe.each(['ag2-success', 'ag2-failure', 'ag2-nested'] as const)('the recorded agents of %s', (name: RecordingName) => {
  const expected = expectedOf<ExpectedAgents>(name);
  /** AG2 1.2 names no agent on its tools: the nearest agent above does, which may come with a later request. */
  const mayLackActors = name === 'ag2-nested';
  let scene: IngestScene;
  let records: ExecutionRecord[];
  let facts: ToldFacts;
  beforeAll(async () => {
    scene = await IngestScene.open();
    const answers = await replay(scene, name);
    expect(answers.map(({ status, bytes }) => [status, bytes.length])).toEqual(Array.from({ length: expected.requests }, () => [200, 0]));
    records = await scene.takeRecords();
    facts = factsIn(records);
  });
  afterAll(() => scene.close());

  const actorIn = (actor: string, expectedAgent: string | undefined): string | undefined => (mayLackActors && !actor ? expectedAgent : actor);
  const eventsOf = (kind: string) => [...facts.events.values()].filter((event) => event.kind === kind).sort((one, other) => (one.startedAtMs ?? 0) - (other.startedAtMs ?? 0));

  it('is one run: the trace, with its outcome and error', () => {
    const runId = runIdOf({ tenantId: 'default', engine: 'otlp', source: 'urn:otlp', externalId: expected.traceId });
    const { root } = expected;

    expect([...facts.runs.keys()]).toEqual([runId]);
    expect(facts.runs.get(runId)).toMatchObject({
      traceId: expected.traceId,
      namespace: expected.service,
      status: Status.FINISHED,
      outcome: root.error === null ? Outcome.SUCCESS : Outcome.FAILURE,
      startedAtMs: expect.closeTo(millisecondsOf(root.startedAtUnixNano), 2),
      finishedAtMs: expect.closeTo(millisecondsOf(root.finishedAtUnixNano), 2),
      ...(root.error === null ? {} : { failure: root.error }),
    });
    expect(facts.runs.get(runId)?.workflow).toContain(root.name.replace('invoke_workflow ', ''));
  });

  it('has every span as an event, each with its time', () => {
    const spans = [...facts.events.values()].filter(({ kind }) => kind !== 'log');

    expect(spans).toHaveLength(expected.spans);
    for (const span of spans) expect(span.finishedAtMs ?? 0).toBeGreaterThanOrEqual(span.startedAtMs ?? Infinity);
  });

  it('nests every event under another one, up to a single root', () => {
    const roots = [...facts.events.values()].filter(({ parentEventId }) => parentEventId === '' || parentEventId === undefined);
    const orphans = [...facts.events.values()].filter(({ parentEventId }) => parentEventId && !facts.events.has(parentEventId));

    expect(roots).toHaveLength(1);
    expect(orphans).toEqual([]);
  });

  it('tells which agent was called how often', () => {
    expect(tally(eventsOf('agent_call').map(({ actor }) => actor))).toEqual(expected.agentInvocations);
  });

  it('tells the calls of models, by agent, with their tokens', () => {
    const calls = eventsOf('model_call');
    const byAgent = tally(calls.flatMap(({ actor }) => actor || []));

    expect(calls).toHaveLength(Object.values(expected.modelCallsByAgent).reduce((sum, count) => sum + count, 0));
    if (mayLackActors) for (const [agent, count] of Object.entries(byAgent)) expect(count).toBeLessThanOrEqual(expected.modelCallsByAgent[agent] ?? 0);
    else expect(byAgent).toEqual(expected.modelCallsByAgent);
    const all = [...facts.events.values()];
    expect(all.reduce((sum, { inputTokens }) => sum + Number(inputTokens ?? 0), 0)).toBe(expected.tokens.input);
    expect(all.reduce((sum, { outputTokens }) => sum + Number(outputTokens ?? 0), 0)).toBe(expected.tokens.output);
    for (const { model } of calls) expect(model).toMatch(/\w/);
  });

  it('tells every call of a tool: who asked, for what, with which arguments and how it ended', () => {
    const told = eventsOf('tool_call').map(({ attributesJson, target, actor, outcome, input }, index) => ({
      callId: callIdOf(attributesJson),
      tool: target,
      requestedBy: actorIn(actor, expected.toolCalls[index]?.requestedBy),
      failed: outcome === Outcome.FAILURE,
      arguments: JSON.parse(input) as unknown,
    }));

    expect(told).toEqual(
      expected.toolCalls.map(({ callId, tool, requestedBy, failed, arguments: given }) => ({ callId, tool, requestedBy, failed, arguments: JSON.parse(given) as unknown })),
    );
  });

  it('tells every execution of code and its exit code', () => {
    const told = eventsOf('code_execution').map(({ actor, outcome, failure }) => ({ agent: actor, failed: outcome === Outcome.FAILURE, exitCode: failure?.exitCode ?? 0 }));

    expect(told).toEqual(expected.codeExecutions.map(({ agent, failed, exitCode }) => ({ agent, failed, exitCode })));
  });

  it('tells every file, its hash and size, who wrote or read it and in which call', () => {
    const told = [...facts.artifacts.values()].map(({ uri, digest, sizeBytes, direction, actor, eventId }, index) => ({
      path: uri.replace('file://', ''),
      sha256: digest.replace('sha256:', ''),
      sizeBytes: sizeBytes === undefined ? null : Number(sizeBytes),
      direction: direction === Direction.INPUT ? 'in' : 'out',
      agent: actorIn(actor, expected.files[index]?.agent),
      callId: callIdOf(facts.events.get(eventId)?.attributesJson ?? '') ?? null,
    }));

    expect(told).toEqual(
      expected.files.map(({ path, sha256, sizeBytes, direction, agent, callId }) => ({ path, sha256, sizeBytes, direction, agent, callId })),
    );
  });

  it('gives the same records when every request comes twice', async () => {
    await replay(scene, name);
    const repeated = await scene.takeRecords();

    expect(repeated.map(({ recordId }) => recordId)).toEqual(records.map(({ recordId }) => recordId));
    expect(factsIn([...records, ...repeated])).toEqual(facts);
  });
});

it('answers to events in JSON tell the ids under which they are kept', async () => {
  const scene = await IngestScene.open();
  const answers = await replay(scene, 'prefect-events');
  const ids = answers.flatMap((answer) => acceptanceIn(answer).records?.map(({ record_id }) => record_id) ?? []);

  expect(new Set(ids)).toEqual(new Set((await scene.takeRecords()).map(({ recordId }) => recordId)));
  await scene.close();
});
