import { textAttribute } from './otlp-values.js';
import type { Span } from './span.js';

/** The kind of execution event that a span is. */
export type EventKind = 'agent_call' | 'model_call' | 'tool_call' | 'code_execution' | 'hand_off' | 'message' | 'retrieval' | 'span';

/** What a span is: its kind as an event, its word for that, and whether it is a stage, so a task as well. */
export interface SpanRole {
  readonly kind: EventKind;
  /** The convention's own word: invoke_agent, CHAIN, conversation, server … */
  readonly word: string;
  readonly isStage: boolean;
}

const kindsByWord: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ...(['agent', 'invoke_agent', 'create_agent', 'agent_call'] as const).map((word) => [word, 'agent_call'] as const),
  ...(['llm', 'generation', 'chat', 'text_completion', 'completion', 'generate_content', 'embeddings', 'embedding', 'model_call'] as const).map(
    (word) => [word, 'model_call'] as const,
  ),
  ...(['tool', 'execute_tool', 'function', 'mcp_tools', 'tool_call'] as const).map((word) => [word, 'tool_call'] as const),
  ...(['execute_code', 'code_execution'] as const).map((word) => [word, 'code_execution'] as const),
  ...(['handoff', 'hand_off', 'speaker_selection'] as const).map((word) => [word, 'hand_off'] as const),
  ...(['retriever', 'reranker', 'retrieval', 'search_memory'] as const).map((word) => [word, 'retrieval'] as const),
  ...(['human_input', 'await_human_input', 'message'] as const).map((word) => [word, 'message'] as const),
]);

/** Words for a part of a workflow that holds other parts. */
const stageWords: ReadonlySet<string> = new Set(['invoke_workflow', 'workflow', 'conversation', 'multi_conversation', 'initiate_chats', 'chain', 'task']);

/** Frameworks wrap every function in a chain; these are joints between the steps and not steps. */
const plumbing = /^(?:Runnable|ChannelWrite|ChannelRead|_write|Prompt|ChatPromptTemplate|.*OutputParser)/;

/** Libraries' own instrumentation (HTTP, SQL, files): inside a stage, never one. */
const libraryScope = /^(?:@opentelemetry\/instrumentation-|opentelemetry\.instrumentation\.|io\.opentelemetry\.|go\.opentelemetry\.io\/contrib\/|OpenTelemetry\.Instrumentation)/;

/**
 * Decides from one span alone what it is, so that spans may come in any order and any grouping.
 *
 * Every span is an execution event, nested by its parent span. Its kind is what the first of these says, in the order in which
 * Langfuse asks: an attribute of Orrery's or Langfuse's own, OpenInference, GenAI operation, AG2, Traceloop, Genkit, Vercel AI, MCP, the mere
 * name of a tool, the mere name of a model; anything else is a plain `span`.
 *
 * Stages, which are tasks as well: the root of a trace; a task of CI/CD conventions; a workflow, conversation or chain; and plain
 * spans of kind server, consumer or internal (of calls out, only the receiving side is a stage; what libraries instrument is none).
 */
export function roleOf(span: Span): SpanRole {
  const word = wordOf(span);
  const kind = kindsByWord.get(word) ?? 'span';
  const isRoot = span.parentSpanId === undefined;
  return { kind, word: word === '' ? span.kind : word, isStage: isRoot || isCicdTask(span) || isInnerStage(span, word, kind) };
}

function wordOf({ attributes }: Span): string {
  const said = textAttribute(
    attributes,
    ...['orrery.event.kind', 'langfuse.observation.type', 'openinference.span.kind', 'gen_ai.operation.name', 'ag2.span.type'],
    ...['traceloop.span.kind', 'genkit:metadata:subtype', 'genkit:type'],
  );
  return said?.toLowerCase() ?? vercelWord(textAttribute(attributes, 'ai.operationId', 'operation.name')) ?? mcpWord(textAttribute(attributes, 'mcp.method.name')) ?? impliedWord(attributes);
}

/** The outer operation of the AI SDK repeats the tokens of the model's call inside it, so it is none. */
function vercelWord(operation: string | undefined): string | undefined {
  const name = /^(ai\.[\w.]+)/.exec(operation ?? '')?.[1];
  if (name === undefined) return undefined;
  if (name === 'ai.toolCall') return 'tool';
  return /\.do(?:Generate|Stream|Embed)$/.test(name) ? 'generation' : 'ai';
}

function mcpWord(method: string | undefined): string | undefined {
  if (method === undefined) return undefined;
  return method === 'tools/call' ? 'tool' : method.startsWith('resources/') ? 'retrieval' : 'mcp';
}

function impliedWord(attributes: Span['attributes']): string {
  if (textAttribute(attributes, 'gen_ai.tool.name', 'gen_ai.tool.call.id', 'tool.name') !== undefined) return 'tool';
  if (textAttribute(attributes, 'gen_ai.request.model', 'gen_ai.response.model', 'llm.model_name', 'llm.request.model') !== undefined) return 'generation';
  return '';
}

function isCicdTask({ attributes }: Span): boolean {
  return textAttribute(attributes, 'cicd.pipeline.task.name', 'cicd.pipeline.task.run.id') !== undefined;
}

function isInnerStage(span: Span, word: string, kind: EventKind): boolean {
  if (stageWords.has(word)) return !plumbing.test(span.name);
  if (kind !== 'span' || word !== '') return false;
  if (span.kind === 'server' || span.kind === 'consumer') return true;
  return (span.kind === 'internal' || span.kind === 'unspecified') && !libraryScope.test(span.scopeName);
}
