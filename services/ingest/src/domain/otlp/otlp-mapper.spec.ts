import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { Direction, eventIdOf, Outcome, runIdOf, Status, taskIdOf } from '@orrery/contracts';
import { TracesDataSchema } from '@orrery/contracts/otlp';
import fc from 'fast-check';
import type { Execution, IncomingPayload, MappedEvent } from '../source-event.js';
import { mapOtlpJson, mapOtlpProtobuf, rejectedCountOf } from './otlp-mapper.js';

const context = { tenantId: 'acme', receivedAtMs: Date.UTC(2026, 0, 6) };
const traceId = '5b8efff798038103d269b633813fc60c';
const runId = runIdOf({ tenantId: 'acme', engine: 'otlp', source: 'urn:otlp', externalId: traceId });
const root = 'aaaaaaaaaaaaaaa1';
const rootTask = taskIdOf(runId, traceId);
const ms = (millisecond: number): number => Date.UTC(2026, 0, 5, 10) + millisecond;

type Attributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

function anyValue(value: Attributes[string]): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((entry) => ({ stringValue: entry })) } };
}

const keyValues = (attributes: Attributes): unknown[] => Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
const nanoseconds = (millisecond: number): string => `${ms(millisecond)}000000`;

interface SpanParts {
  readonly parent?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly from?: number;
  readonly to?: number;
  readonly attributes?: Attributes;
  readonly [more: string]: unknown;
}

function span(spanId: string, { parent, name = 'work', kind = 1, from = 0, to = 1000, attributes = {}, ...more }: SpanParts = {}): Record<string, unknown> {
  return {
    traceId,
    spanId,
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    name,
    kind,
    startTimeUnixNano: nanoseconds(from),
    endTimeUnixNano: nanoseconds(to),
    attributes: keyValues(attributes),
    ...more,
  };
}

function traces(spans: readonly unknown[], resource: Attributes = { 'service.name': 'reports' }, scope = 'my-app'): Record<string, unknown> {
  return { resourceSpans: [{ resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope: { name: scope }, spans }] }] };
}

function jsonPayload(value: unknown): IncomingPayload {
  return { body: Buffer.from(JSON.stringify(value)), contentType: 'application/json', headers: {} };
}

function map(value: unknown): readonly MappedEvent[] {
  return mapOtlpJson('otlp_traces', value, jsonPayload(value), context);
}

function execution(...spans: readonly unknown[]): Execution {
  return map(traces(spans))[0]!.executions[0]!;
}

const eventOf = (from: Execution, spanId: string) => from.events!.find(({ eventId }) => eventId === eventIdOf(runId, spanId))!;

describe('mapOtlpJson', () => {
  describe('when a whole trace comes', () => {
    const whole = execution(
      span(root, { name: 'GET /orders', kind: 2, to: 1000 }),
      span('aaaaaaaaaaaaaaa2', { parent: root, name: 'load', from: 100, to: 900 }),
      span('aaaaaaaaaaaaaaa3', { parent: 'aaaaaaaaaaaaaaa2', name: 'SELECT', kind: 3, from: 200, to: 300, status: { code: 2, message: 'deadlock' } }),
    );

    it('gives a run that its root tells of', () => {
      expect(whole.run).toMatchObject({
        runId,
        engine: 'otlp',
        externalId: traceId,
        traceId,
        namespace: 'reports',
        workflow: 'GET /orders',
        status: Status.FINISHED,
        outcome: Outcome.SUCCESS,
        startedAtMs: ms(0),
        finishedAtMs: ms(1000),
      });
    });

    it('gives its stages as tasks, one within the other', () => {
      expect(whole.tasks).toMatchObject([
        { taskId: rootTask, externalId: traceId },
        { taskId: rootTask, name: 'GET /orders', kind: 'server', spanId: root },
        { taskId: taskIdOf(runId, 'aaaaaaaaaaaaaaa2'), parentTaskId: rootTask, name: 'load', kind: 'internal', startedAtMs: ms(100) },
      ]);
      expect(whole.tasks).toHaveLength(3);
    });

    it('gives every span as an event, nested, in the task of its stage', () => {
      expect(eventOf(whole, root)).toMatchObject({ taskId: rootTask, kind: 'span', actor: 'reports' });
      expect(eventOf(whole, 'aaaaaaaaaaaaaaa3')).toMatchObject({
        taskId: taskIdOf(runId, 'aaaaaaaaaaaaaaa2'),
        parentEventId: eventIdOf(runId, 'aaaaaaaaaaaaaaa2'),
        outcome: Outcome.FAILURE,
        failure: { message: 'deadlock' },
      });
    });
  });

  describe('when spans come one by one', () => {
    it('gives the run of the trace, running, and names the task of the whole trace', () => {
      const alone = execution(span('aaaaaaaaaaaaaaa3', { parent: 'aaaaaaaaaaaaaaa2', kind: 3 }));

      expect(alone.run).toMatchObject({ runId, status: Status.RUNNING, startedAtMs: ms(0) });
      expect(alone.run.workflow).toBeUndefined();
      expect(alone.tasks).toEqual([{ taskId: rootTask, externalId: traceId }]);
      expect(alone.events).toMatchObject([{ taskId: rootTask, parentEventId: eventIdOf(runId, 'aaaaaaaaaaaaaaa2') }]);
    });

    it('gives a stage within the whole trace as long as its parent is not there', () => {
      expect(execution(span('aaaaaaaaaaaaaaa2', { parent: root, name: 'load' })).tasks).toMatchObject([{ taskId: rootTask }, { taskId: taskIdOf(runId, 'aaaaaaaaaaaaaaa2'), parentTaskId: rootTask }]);
    });

    it('does not let the events of a conversation depend on what was exported with it', () => {
      const agent = span('aaaaaaaaaaaaaaa3', { parent: 'aaaaaaaaaaaaaaa2', attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'coder' } });
      const conversation = span('aaaaaaaaaaaaaaa2', { parent: root, attributes: { 'gen_ai.operation.name': 'conversation' } });

      expect(eventOf(execution(agent), 'aaaaaaaaaaaaaaa3').taskId).toBe(rootTask);
      expect(eventOf(execution(agent, conversation), 'aaaaaaaaaaaaaaa3').taskId).toBe(rootTask);
    });
  });

  describe('when agents are at work', () => {
    const outputs = JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: 'I will write it.' }, { type: 'tool_call', id: 'call-1', name: 'write_file', arguments: { path: 'a.md' } }] }]);
    const chat = span('aaaaaaaaaaaaaaa4', {
      parent: 'aaaaaaaaaaaaaaa3',
      name: 'chat m-1',
      kind: 3,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.agent.name': 'coder',
        'gen_ai.request.model': 'm-1',
        'gen_ai.response.model': 'm-1-2026',
        'gen_ai.usage.input_tokens': 120,
        'gen_ai.usage.output_tokens': 30,
        'gen_ai.usage.cost': 0.0021,
        'gen_ai.input.messages': JSON.stringify([{ role: 'assistant', content: 'old' }, { role: 'user', content: 'Write a.md' }]),
        'gen_ai.output.messages': outputs,
        'server.address': 'model.local',
      },
    });
    const tool = span('aaaaaaaaaaaaaaa6', {
      parent: 'aaaaaaaaaaaaaaa5',
      name: 'execute_tool write_file',
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'write_file',
        'gen_ai.tool.call.id': 'call-1',
        'gen_ai.tool.call.arguments': '{"path":"a.md"}',
        'gen_ai.tool.call.result': JSON.stringify({ path: '/srv/a.md', sha256: 'AB'.repeat(32), size_bytes: 40 }),
      },
    });
    const executor = span('aaaaaaaaaaaaaaa5', { parent: root, attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': '_Group_Tool_Executor', 'gen_ai.usage.input_tokens': 120 } });
    const agents = execution(chat, tool, executor);

    it('gives agents, models and tools as calls with who did what', () => {
      expect(eventOf(agents, 'aaaaaaaaaaaaaaa4')).toMatchObject({ kind: 'model_call', actor: 'coder', model: 'm-1-2026', inputTokens: 120n, outputTokens: 30n, costUsd: 0.0021, output: outputs, target: 'model.local' });
      expect(eventOf(agents, 'aaaaaaaaaaaaaaa5')).toMatchObject({ kind: 'agent_call', actor: '_Group_Tool_Executor' });
      expect(eventOf(agents, 'aaaaaaaaaaaaaaa6')).toMatchObject({ kind: 'tool_call', target: 'write_file', input: '{"path":"a.md"}' });
    });

    it('counts tokens of model calls alone, so that sums are right', () => {
      expect(agents.events!.map(({ inputTokens }) => inputTokens)).toEqual([120n, undefined, undefined]);
    });

    it('takes the agent whose model asked for a tool call as the one who made the file', () => {
      expect(eventOf(agents, 'aaaaaaaaaaaaaaa6').actor).toBe('coder');
      expect(agents.artifacts).toMatchObject([
        { direction: Direction.OUTPUT, uri: 'file:///srv/a.md', name: '/srv/a.md', digest: `sha256:${'ab'.repeat(32)}`, sizeBytes: 40n, actor: 'coder', eventId: eventIdOf(runId, 'aaaaaaaaaaaaaaa6') },
      ]);
    });

    it('leaves the actor open where the agent above is not known yet', () => {
      const alone = execution(tool);

      expect(eventOf(alone, 'aaaaaaaaaaaaaaa6').actor).toBeUndefined();
      expect(alone.artifacts![0]!.actor).toBeUndefined();
    });

    it('gives what was said: the new input, the answer, the call and its result, each once', () => {
      expect(agents.messages!.map(({ role, sender, receiver, content }) => [role, sender, receiver, content])).toEqual([
        ['user', undefined, 'coder', 'Write a.md'],
        ['assistant', 'coder', undefined, 'I will write it.'],
        ['tool_call', 'coder', 'write_file', '{"path":"a.md"}'],
        ['tool', 'write_file', undefined, expect.stringContaining('/srv/a.md')],
      ]);
    });

    it('names the library on the run', () => {
      const labels = map(traces([chat], { 'service.name': 'x' }, 'opentelemetry.instrumentation.ag2'))[0]!.executions[0]!.run.labels;

      expect(labels).toEqual({ framework: 'ag2' });
    });
  });

  describe('when something fails', () => {
    it('takes the exception as the cause and its stack trace as a line of the log', () => {
      const events = [{ name: 'exception', timeUnixNano: nanoseconds(500), attributes: keyValues({ 'exception.type': 'ValueError', 'exception.message': 'bad row', 'exception.stacktrace': 'Traceback …' }) }];
      const failed = execution(span(root, { status: { code: 2 }, events }));

      expect(failed.run).toMatchObject({ outcome: Outcome.FAILURE, failure: { type: 'ValueError', message: 'bad row' } });
      expect(failed.events![1]).toMatchObject({ kind: 'log', name: 'exception', severityNumber: 17, output: 'Traceback …', startedAtMs: ms(500), parentEventId: eventIdOf(runId, root) });
    });

    it.each([
      [{ 'error.type': 'ExecutionError' }, 0, Outcome.FAILURE],
      [{ 'error.type': 'TimeoutError' }, 2, Outcome.TIMEOUT],
      [{ 'error.type': 'CancelledError' }, 2, Outcome.CANCELLATION],
      [{ 'cicd.pipeline.task.run.result': 'skip' }, 0, Outcome.SKIP],
      [{ 'cicd.pipeline.result': 'error' }, 1, Outcome.ERROR],
      [{ 'cicd.pipeline.result': 'cancellation' }, 2, Outcome.CANCELLATION],
      [{ 'test.case.result.status': 'fail' }, 0, Outcome.FAILURE],
      [{}, 1, Outcome.SUCCESS],
      [{}, 2, Outcome.FAILURE],
    ])('reads %j with status %i as outcome %i', (attributes, code, outcome) => {
      expect(execution(span(root, { attributes: attributes as Attributes, status: { code } })).run.outcome).toBe(outcome);
    });

    it('keeps the exit code of executed code, and no file of what failed', () => {
      const attributes = { 'gen_ai.operation.name': 'execute_code', 'gen_ai.agent.name': 'executor', 'ag2.code_execution.exit_code': 1, 'error.type': 'CodeExecutionError', 'ag2.code_execution.output': `wrote /srv/x sha256=${'0'.repeat(64)}` };
      const failed = execution(span('aaaaaaaaaaaaaaa2', { parent: root, attributes }));

      expect(failed.events).toMatchObject([{ kind: 'code_execution', actor: 'executor', failure: { type: 'CodeExecutionError', exitCode: 1 } }]);
      expect(failed.artifacts).toEqual([]);
    });
  });

  describe('when files are named', () => {
    const answered = (name: string, result: string): unknown => execution(span('aaaaaaaaaaaaaaa2', { parent: root, attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name, 'gen_ai.tool.call.result': result } })).artifacts!.map(({ direction, uri }) => [direction, uri]);
    const hash = '0a'.repeat(32);

    it.each([
      ['fetch_sales', JSON.stringify({ path: '/srv/d.csv', sha256: hash }), [[Direction.OUTPUT, 'file:///srv/d.csv']]],
      ['read_file', JSON.stringify({ path: '/srv/d.csv', sha256: hash }), [[Direction.INPUT, 'file:///srv/d.csv']]],
      ['readFile', JSON.stringify({ file: 's3://bucket/d.csv', digest: `sha256:${hash}` }), [[Direction.INPUT, 's3://bucket/d.csv']]],
      ['spread_sheet', JSON.stringify({ files: [{ path: 'a', sha256: hash }, { path: 'b', hash }] }), [[Direction.OUTPUT, 'a'], [Direction.OUTPUT, 'b']]],
      ['run_code', `done\nwrote /srv/t.json sha256=${hash} {"x":1}`, [[Direction.OUTPUT, 'file:///srv/t.json']]],
      ['run_code', `read /srv/in.csv sha256=${hash}`, [[Direction.INPUT, 'file:///srv/in.csv']]],
      ['write_file', JSON.stringify({ path: '/srv/d.csv' }), []],
      ['write_file', JSON.stringify({ sha256: hash }), []],
      ['write_file', JSON.stringify({ path: '/srv/d.csv', sha256: 'short' }), []],
      ['write_file', 'I have written /srv/d.csv', []],
    ])('finds those of %s in %s', (name, result, files) => {
      expect(answered(name, result)).toEqual(files);
    });

    it('takes them from attributes of Orrery on any span', () => {
      const attributes = { 'orrery.artifact.uri': 's3://b/model.bin', 'orrery.artifact.digest': 'sha256:x', 'orrery.artifact.direction': 'input', 'orrery.artifact.size_bytes': 7 };

      expect(execution(span(root, { attributes })).artifacts).toMatchObject([{ uri: 's3://b/model.bin', digest: 'sha256:x', direction: Direction.INPUT, sizeBytes: 7n, actor: 'reports', taskId: rootTask }]);
    });
  });

  it('gives the run of a CI/CD pipeline where the resource names one, whatever its trace', () => {
    const resource = { 'service.name': 'ci', 'cicd.pipeline.run.id': '42', 'cicd.pipeline.name': 'build', 'vcs.repository.url.full': 'https://example.org/r', 'vcs.ref.head.revision': 'abc' };
    const job = span('aaaaaaaaaaaaaaa2', { parent: root, attributes: { 'cicd.pipeline.task.name': 'test', 'cicd.pipeline.task.type': 'test', 'cicd.pipeline.task.run.result': 'failure', 'cicd.pipeline.task.run.url.full': 'https://example.org/j' } });
    const { run, tasks } = map(traces([job], resource))[0]!.executions[0]!;

    expect(run).toMatchObject({ externalId: '42', source: 'https://example.org/r', workflow: 'build', traceId, versionControl: { repositoryUrl: 'https://example.org/r', revision: 'abc' } });
    expect(tasks![1]).toMatchObject({ name: 'test', kind: 'test', outcome: Outcome.FAILURE, url: 'https://example.org/j' });
  });

  it('draws edges from links to stages of the same request', () => {
    const first = span('aaaaaaaaaaaaaaa2', { parent: root, name: 'extract' });
    const second = span('aaaaaaaaaaaaaaa3', { parent: root, name: 'load', links: [{ traceId, spanId: 'aaaaaaaaaaaaaaa2' }, { traceId: 'f'.repeat(32), spanId: 'aaaaaaaaaaaaaaa2' }] });

    expect(execution(first, second).tasks!.at(-1)!.dependsOn).toEqual([taskIdOf(runId, 'aaaaaaaaaaaaaaa2')]);
  });

  it('reads ids in any case, numbers as numbers or texts, and ignores what it does not know', () => {
    const odd = { ...span(root), traceId: traceId.toUpperCase(), spanId: root.toUpperCase(), startTimeUnixNano: ms(0) * 1e6, kind: 'SPAN_KIND_SERVER', newField: { a: 1 } };
    const { run, tasks } = execution(odd);

    expect(run).toMatchObject({ runId, startedAtMs: ms(0) });
    expect(tasks![1]).toMatchObject({ kind: 'server' });
  });

  it('keeps for each trace its own bytes, so that it can be mapped again', () => {
    const other = { ...span('bbbbbbbbbbbbbbb1'), traceId: 'b'.repeat(32) };
    const events = map(traces([span(root), other]));

    expect(events.map(({ subject }) => subject)).toEqual([traceId, 'b'.repeat(32)]);
    for (const event of events) {
      const again = JSON.parse(Buffer.from(event.raw!.body).toString()) as Record<string, unknown>;
      expect(map(again)).toEqual([event]);
    }
  });

  it('takes a large trace apart, so that every part fits a record', () => {
    const text = 'x'.repeat(100_000);
    const spans = Array.from({ length: 12 }, (_, index) => span(`aaaaaaaaaaaaaa${String(index).padStart(2, '0')}`, { parent: root, attributes: { text } }));
    const events = map(traces(spans));

    expect(events.length).toBeGreaterThan(2);
    expect(Math.max(...events.map(({ raw }) => raw!.body.byteLength))).toBeLessThan(600_000);
    expect(events.flatMap(({ executions }) => executions.flatMap((each) => each.events!))).toHaveLength(12);
    expect(new Set(events.map(({ externalId }) => externalId)).size).toBe(events.length);
  });

  it('refuses spans without valid ids and keeps the rest', () => {
    const events = map(traces([span(root), { name: 'a log' }, { ...span(root), traceId: '0'.repeat(32) }, { ...span(root), spanId: 'abc' }]));

    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({ executions: [], flags: ['unmapped', 'invalid_ids', 'rejected:3'] });
    expect(rejectedCountOf(events.flatMap(({ flags }) => flags ?? []))).toBe(3);
  });

  it.each([
    ['logs that were sent as traces', traces([{ body: { stringValue: 'a log' } }])],
    ['attributes that are an object', traces([{ ...span(root), attributes: { a: 'b' } }])],
    ['groups that are no list', { resourceSpans: {} }],
    ['another object', { a: 1 }],
    ['an array', []],
    ['a text', 'x'],
  ])('refuses %s', (_what, value) => {
    expect(() => map(value)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });

  it.each([[{}], [{ resourceSpans: [] }], [{ resourceSpans: [{ scopeSpans: [{ spans: [] }] }] }]])('takes the empty request %j', (value) => {
    expect(map(value)).toEqual([]);
  });

  it('maps whatever attributes hold, and the same each time', () => {
    const names = fc.constantFrom('gen_ai.operation.name', 'gen_ai.output.messages', 'gen_ai.tool.call.result', 'gen_ai.usage.input_tokens', 'openinference.span.kind', 'error.type', 'orrery.artifact.uri', 'cicd.pipeline.task.name', '__proto__');
    const value = fc.oneof(fc.record({ stringValue: fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.constantFrom('chat', 'execute_tool', 'AGENT')) }), fc.record({ intValue: fc.oneof(fc.string(), fc.integer()) }), fc.jsonValue());
    const attributes = fc.array(fc.record({ key: names, value }), { maxLength: 6 });
    const spans = fc.array(fc.tuple(attributes, fc.dictionary(fc.constantFrom('events', 'links', 'status', 'kind', 'name', 'parentSpanId', 'endTimeUnixNano'), fc.jsonValue())), { minLength: 1, maxLength: 4 });

    fc.assert(
      fc.property(spans, (parts) => {
        const request = traces(parts.map(([own, odd], index) => ({ ...span(`aaaaaaaaaaaaaaa${index}`, { parent: `aaaaaaaaaaaaaaa${(index + 1) % parts.length}` }), ...odd, attributes: own })));
        expect(map(request)).toEqual(map(request));
      }),
    );
  });
});

describe('mapOtlpProtobuf', () => {
  const message = create(TracesDataSchema, {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { value: { case: 'stringValue', value: 'reports' } } }] },
        scopeSpans: [
          {
            scope: { name: 'my-app' },
            spans: [
              {
                traceId: Buffer.from(traceId, 'hex'),
                spanId: Buffer.from(root, 'hex'),
                name: 'login password=hunter2',
                kind: 2,
                startTimeUnixNano: BigInt(ms(0)) * 1_000_000n,
                endTimeUnixNano: BigInt(ms(1000)) * 1_000_000n + 123_456n,
                attributes: [
                  { key: 'rows', value: { value: { case: 'intValue', value: 40n } } },
                  { key: 'db.password', value: { value: { case: 'stringValue', value: 'open sesame' } } },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
  const payload = (body: Uint8Array): IncomingPayload => ({ body, contentType: 'application/x-protobuf', headers: {} });
  const [event] = mapOtlpProtobuf('otlp_traces', payload(toBinary(TracesDataSchema, message)), context);

  it('maps as the same request in JSON', () => {
    expect(event!.executions[0]!.run).toMatchObject({ runId, namespace: 'reports', startedAtMs: ms(0), finishedAtMs: ms(1000) + 0.123456 });
    expect(event!.executions[0]!.events).toMatchObject([{ externalId: root, attributesJson: expect.stringContaining('"rows":40') }]);
  });

  it('takes secrets out of what it maps and out of the bytes that are kept', () => {
    const kept = JSON.stringify([fromBinary(TracesDataSchema, event!.raw!.body), event!.executions], (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

    expect(event!.flags).toEqual(['redacted']);
    expect(kept).toContain('login password=[redacted:password]');
    expect(kept).not.toMatch(/hunter2|open sesame/);
  });

  it('keeps fields that it does not know', () => {
    // Field 1000 of the outermost message, a text.
    const extended = Buffer.concat([toBinary(TracesDataSchema, message), Buffer.from([0xc2, 0x3e, 0x02, 0x68, 0x69])]);

    expect(Buffer.from(mapOtlpProtobuf('otlp_traces', payload(extended), context)[0]!.raw!.body).includes('hi')).toBe(true);
  });

  it.each([['no protobuf', Buffer.from('hello world')], ['a message without its end', Buffer.from([0x0a, 0x7f, 0x01])]])('refuses %s', (_what, body) => {
    expect(() => mapOtlpProtobuf('otlp_traces', payload(body), context)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });

  it('refuses values that nest without end', () => {
    let value = Buffer.alloc(0);
    for (let depth = 0; depth < 3000; depth += 1) value = Buffer.concat([lengthPrefixed(0x2a, lengthPrefixed(0x0a, value))]);
    const attribute = lengthPrefixed(0x4a, Buffer.concat([lengthPrefixed(0x0a, Buffer.from('k')), lengthPrefixed(0x12, value)]));
    const body = lengthPrefixed(0x0a, lengthPrefixed(0x12, lengthPrefixed(0x12, attribute)));

    expect(() => mapOtlpProtobuf('otlp_traces', payload(body), context)).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
  });

  it('throws nothing but its own errors for arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom('otlp_traces' as const, 'otlp_logs' as const, 'otlp_metrics' as const), fc.uint8Array({ maxLength: 200 }), (format, body) => {
        try {
          mapOtlpProtobuf(format, payload(body), context);
        } catch (error) {
          expect(error).toMatchObject({ name: 'OrreryError' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function lengthPrefixed(tag: number, content: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    if (rest < 0x80) {
      length.push(rest);
      break;
    }
    length.push((rest & 0x7f) | 0x80);
  }
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

describe('mapOtlpJson of logs', () => {
  const log = (more: Record<string, unknown>): unknown => ({ timeUnixNano: nanoseconds(0), severityNumber: 17, severityText: 'ERROR', body: { stringValue: 'it broke' }, ...more });
  const logs = (...records: unknown[]): readonly MappedEvent[] => {
    const value = { resourceLogs: [{ resource: { attributes: keyValues({ 'service.name': 'reports' }) }, scopeLogs: [{ logRecords: records }] }] };
    return mapOtlpJson('otlp_logs', value, jsonPayload(value), context);
  };

  it('gives a record of a trace as a line of its log, under its span', () => {
    const [event] = logs(log({ traceId, spanId: root, attributes: keyValues({ 'exception.type': 'ValueError', code: 7 }) }));

    expect(event!.executions[0]!.run).toMatchObject({ runId, engine: 'otlp', traceId });
    expect(event!.executions[0]!.events).toMatchObject([
      { kind: 'log', name: 'ERROR', actor: 'reports', severityNumber: 17, output: 'it broke', startedAtMs: ms(0), parentEventId: eventIdOf(runId, root), taskId: rootTask, failure: { type: 'ValueError' } },
    ]);
  });

  it('keeps records without a trace, and two that differ apart', () => {
    const events = logs(log({ traceId }), log({ traceId, body: { kvlistValue: { values: [{ key: 'a', value: { intValue: 1 } }] } } }), log({}));

    expect(events.map(({ executions }) => executions.length)).toEqual([1, 0]);
    expect(events[0]!.executions[0]!.events!.map(({ output }) => output)).toEqual(['it broke', '{"a":1}']);
    expect(new Set(events[0]!.executions[0]!.events!.map(({ eventId }) => eventId)).size).toBe(2);
  });
});

describe('mapOtlpJson of metrics', () => {
  const metrics = (metric: unknown, resource: Attributes = {}): readonly MappedEvent[] => {
    const value = { resourceMetrics: [{ resource: { attributes: keyValues(resource) }, scopeMetrics: [{ metrics: [metric] }] }] };
    return mapOtlpJson('otlp_metrics', value, jsonPayload(value), context);
  };
  const point = { timeUnixNano: nanoseconds(0), asDouble: 2.5, attributes: keyValues({ state: 'executing' }) };

  it('keeps metrics of a service without an execution', () => {
    expect(metrics({ name: 'http.duration', gauge: { dataPoints: [point] } })).toMatchObject([{ format: 'otlp_metrics', executions: [] }]);
  });

  it('gives the points of a pipeline run as its samples', () => {
    const [event] = metrics({ name: 'cicd.pipeline.run.duration', unit: 's', histogram: { dataPoints: [{ ...point, asDouble: undefined, sum: 12, count: '3', min: 1, max: 8 }] } }, { 'cicd.pipeline.run.id': '42' });

    expect(event!.executions[0]!.run).toMatchObject({ externalId: '42' });
    expect(event!.executions[0]!.samples).toMatchObject([{ name: 'cicd.pipeline.run.duration', unit: 's', value: 12, occurredAtMs: ms(0), attributesJson: '{"state":"executing","count":3,"min":1,"max":8}' }]);
  });

  it('gives an exemplar as a sample of the trace it was measured in', () => {
    const exemplars = [{ traceId, spanId: root, timeUnixNano: nanoseconds(5), asInt: '7' }, { spanId: root, asInt: '8' }];
    const [event] = metrics({ name: 'rows', sum: { dataPoints: [{ ...point, exemplars }] } });

    expect(event!.executions[0]!.run).toMatchObject({ runId });
    expect(event!.executions[0]!.samples).toMatchObject([{ name: 'rows', value: 7, eventId: eventIdOf(runId, root), occurredAtMs: ms(5) }]);
  });
});
