import { describe, expect, it } from '@jest/globals';
import { roleOf } from './span-kind.js';
import type { Span } from './span.js';

function span(attributes: Span['attributes'], more: Partial<Span> = {}): Span {
  return {
    traceId: '1'.repeat(32),
    spanId: '2'.repeat(16),
    parentSpanId: '3'.repeat(16),
    name: 'work',
    kind: 'internal',
    startMs: 1,
    endMs: 2,
    attributes,
    resource: {},
    scopeName: 'my-app',
    events: [],
    linkedSpanIds: [],
    hasErrorStatus: false,
    statusMessage: undefined,
    ...more,
  };
}

describe('roleOf', () => {
  it.each([
    ['gen_ai.operation.name', 'invoke_agent', 'agent_call'],
    ['gen_ai.operation.name', 'chat', 'model_call'],
    ['gen_ai.operation.name', 'text_completion', 'model_call'],
    ['gen_ai.operation.name', 'embeddings', 'model_call'],
    ['gen_ai.operation.name', 'execute_tool', 'tool_call'],
    ['gen_ai.operation.name', 'execute_code', 'code_execution'],
    ['gen_ai.operation.name', 'retrieval', 'retrieval'],
    ['gen_ai.operation.name', 'something_new', 'span'],
    ['openinference.span.kind', 'LLM', 'model_call'],
    ['openinference.span.kind', 'AGENT', 'agent_call'],
    ['openinference.span.kind', 'TOOL', 'tool_call'],
    ['openinference.span.kind', 'RETRIEVER', 'retrieval'],
    ['openinference.span.kind', 'GUARDRAIL', 'span'],
    ['ag2.span.type', 'speaker_selection', 'hand_off'],
    ['ag2.span.type', 'human_input', 'message'],
    ['ag2.span.type', 'usage', 'span'],
    ['traceloop.span.kind', 'tool', 'tool_call'],
    ['langfuse.observation.type', 'generation', 'model_call'],
    ['orrery.event.kind', 'hand_off', 'hand_off'],
    ['ai.operationId', 'ai.generateText.doGenerate', 'model_call'],
    ['ai.operationId', 'ai.generateText', 'span'],
    ['ai.operationId', 'ai.toolCall', 'tool_call'],
    ['mcp.method.name', 'tools/call', 'tool_call'],
    ['mcp.method.name', 'resources/read', 'retrieval'],
    ['gen_ai.tool.name', 'search', 'tool_call'],
    ['gen_ai.request.model', 'm-1', 'model_call'],
  ])('takes %s %s as %s', (name, value, kind) => {
    expect(roleOf(span({ [name]: value })).kind).toBe(kind);
  });

  it('asks in the order of Langfuse: its own attribute, OpenInference, GenAI, the rest', () => {
    const all = { 'gen_ai.tool.name': 'x', 'ai.operationId': 'ai.toolCall', 'ag2.span.type': 'agent', 'gen_ai.operation.name': 'execute_code', 'openinference.span.kind': 'LLM', 'langfuse.observation.type': 'retriever' };
    const kinds = ['langfuse.observation.type', 'openinference.span.kind', 'gen_ai.operation.name', 'ag2.span.type', 'ai.operationId'].map((_, index, names) => {
      const kept = Object.fromEntries(Object.entries(all).filter(([name]) => !names.slice(0, index).includes(name)));
      return roleOf(span(kept)).kind;
    });

    expect(kinds).toEqual(['retrieval', 'model_call', 'code_execution', 'agent_call', 'tool_call']);
  });

  it.each([
    ['the root of a trace', span({}, { parentSpanId: undefined, kind: 'client' }), true],
    ['a root agent', span({ 'gen_ai.operation.name': 'invoke_agent' }, { parentSpanId: undefined }), true],
    ['a conversation', span({ 'gen_ai.operation.name': 'conversation' }), true],
    ['a workflow', span({ 'gen_ai.operation.name': 'invoke_workflow' }), true],
    ['a chain', span({ 'openinference.span.kind': 'CHAIN' }), true],
    ['a task of CI/CD conventions', span({ 'cicd.pipeline.task.name': 'test' }, { kind: 'client' }), true],
    ['a plain internal span', span({}), true],
    ['a plain span of a server', span({}, { kind: 'server', scopeName: '@opentelemetry/instrumentation-http' }), true],
    ['a plain consumer', span({}, { kind: 'consumer' }), true],
    ['a call out', span({}, { kind: 'client' }), false],
    ['a producer', span({}, { kind: 'producer' }), false],
    ['what a library instruments inside', span({}, { scopeName: '@opentelemetry/instrumentation-fs' }), false],
    ['the joint of a framework', span({ 'openinference.span.kind': 'CHAIN' }, { name: 'RunnableSequence' }), false],
    ['an agent within a trace', span({ 'gen_ai.operation.name': 'invoke_agent' }), false],
    ['a tool within a trace', span({ 'gen_ai.operation.name': 'execute_tool' }), false],
  ])('decides whether %s is a stage', (_what, given, isStage) => {
    expect(roleOf(given).isStage).toBe(isStage);
  });
});
