import { eventIdOf, runIdOf, taskIdOf } from '@orrery/contracts';
import { chatMessages, flattenedMessages, type ChatMessage } from './chat-messages.js';
import { textAttribute, type Attributes } from './otlp-values.js';
import { roleOf, type SpanRole } from './span-kind.js';
import type { Span } from './span.js';

/** Which run spans, logs and points belong to. */
export interface TraceRun {
  readonly runId: string;
  readonly source: string;
  readonly externalId: string;
}

/**
 * The run of a trace. All spans of one trace have to give the same run, whichever comes first and whichever service sends it,
 * so the engine is always `otlp` and the trace id is the run's - unless the resource names a CI/CD pipeline run, which
 * may send several traces and whose metrics have no trace.
 */
export function traceRunOf(tenantId: string, resource: Attributes, traceId: string): TraceRun {
  return pipelineRunOf(tenantId, resource) ?? identified(tenantId, 'urn:otlp', traceId);
}

/** The run that a resource names by CI/CD conventions; the ids are unique within one repository or service. */
export function pipelineRunOf(tenantId: string, resource: Attributes): TraceRun | undefined {
  const pipelineRunId = textAttribute(resource, 'cicd.pipeline.run.id');
  if (pipelineRunId === undefined) return undefined;
  return identified(tenantId, textAttribute(resource, 'vcs.repository.url.full', 'service.name') ?? 'urn:otlp', pipelineRunId);
}

function identified(tenantId: string, source: string, externalId: string): TraceRun {
  return { runId: runIdOf({ tenantId, engine: 'otlp', source, externalId }), source, externalId };
}

/** The id of the task that stands for a whole trace: known from any of its spans, so that each can name a task. */
export function rootTaskIdOf(runId: string, traceId: string): string {
  return taskIdOf(runId, traceId);
}

/** The spans of one run in one request, and what they tell of each other. */
export class TraceContext {
  private readonly spans: ReadonlyMap<string, Span>;
  private readonly roles = new Map<string, SpanRole>();
  private readonly requesters: ReadonlyMap<string, string>;

  constructor(
    readonly run: TraceRun,
    spans: readonly Span[],
  ) {
    this.spans = new Map(spans.map((span) => [span.spanId, span]));
    this.requesters = requestersIn(spans, (span) => this.roleOf(span));
  }

  roleOf(span: Span): SpanRole {
    let role = this.roles.get(span.spanId);
    if (role === undefined) {
      role = roleOf(span);
      this.roles.set(span.spanId, role);
    }
    return role;
  }

  eventIdOf(spanId: string): string {
    return eventIdOf(this.run.runId, spanId);
  }

  /**
   * The task of a span: its own stage, or the nearest step above it that this request holds. Spans end before the spans around
   * them, so these may come in a later request; the task of the whole trace stands in for what is not known yet. It also stands for
   * conversations and workflows, which outlast any request: their events must not be torn apart by when they were exported.
   */
  taskIdOf(span: Span): string {
    if (this.roleOf(span).isStage) return this.ownTaskIdOf(span);
    return this.nearestStage(this.parentOf(span), (role) => !lastingWords.has(role.word)) ?? rootTaskIdOf(this.run.runId, span.traceId);
  }

  /** The task that a stage itself is. */
  ownTaskIdOf(span: Span): string {
    return span.parentSpanId === undefined ? rootTaskIdOf(this.run.runId, span.traceId) : taskIdOf(this.run.runId, span.spanId);
  }

  parentTaskIdOf(span: Span): string | undefined {
    if (span.parentSpanId === undefined) return undefined;
    return this.nearestStage(this.parentOf(span), () => true) ?? rootTaskIdOf(this.run.runId, span.traceId);
  }

  private nearestStage(from: Span | undefined, isWanted: (role: SpanRole) => boolean): string | undefined {
    for (let current = from, depth = 0; current !== undefined && depth < mostAncestors; depth += 1) {
      const role = this.roleOf(current);
      if (role.isStage && isWanted(role)) return this.ownTaskIdOf(current);
      current = this.parentOf(current);
    }
    return undefined;
  }

  /** Tasks of this request that a stage names as its causes. */
  linkedTaskIdsOf(span: Span): readonly string[] {
    return span.linkedSpanIds.flatMap((spanId) => {
      const linked = this.spans.get(spanId);
      return linked !== undefined && this.roleOf(linked).isStage ? [this.ownTaskIdOf(linked)] : [];
    });
  }

  /** Who acts in a span: the agent it names, the agent whose model asked for the tool call, or the agent around it. */
  agentOf(span: Span): string | undefined {
    const named = agentNameOf(span, this.roleOf(span));
    if (named !== undefined) return named;
    const callId = textAttribute(span.attributes, 'gen_ai.tool.call.id', 'ai.toolCall.id', 'tool_call.id');
    const requester = callId === undefined ? undefined : this.requesters.get(callId);
    return requester ?? this.agentAround(span);
  }

  private agentAround(span: Span): string | undefined {
    for (let current = this.parentOf(span), depth = 0; current !== undefined && depth < mostAncestors; depth += 1) {
      const role = this.roleOf(current);
      if (role.kind === 'agent_call') return agentNameOf(current, role);
      current = this.parentOf(current);
    }
    return undefined;
  }

  private parentOf(span: Span): Span | undefined {
    return span.parentSpanId === undefined ? undefined : this.spans.get(span.parentSpanId);
  }
}

const lastingWords: ReadonlySet<string> = new Set(['conversation', 'multi_conversation', 'initiate_chats', 'invoke_workflow', 'workflow']);

/** Spans that name each other as parents must not make an endless walk. */
const mostAncestors = 1000;

function agentNameOf(span: Span, role: SpanRole): string | undefined {
  const named = textAttribute(span.attributes, 'gen_ai.agent.name', 'agent.name', 'agent_name');
  if (named !== undefined || role.kind !== 'agent_call') return named;
  return textAttribute(span.attributes, 'gen_ai.agent.id', 'graph.node.id') ?? (span.name.replace(/^(?:invoke_agent|create_agent)\s+/, '') || undefined);
}

/** By the id of a tool call: the agent whose model asked for it. */
function requestersIn(spans: readonly Span[], roleIn: (span: Span) => SpanRole): ReadonlyMap<string, string> {
  const requesters = new Map<string, string>();
  for (const span of spans) {
    const role = roleIn(span);
    if (role.kind !== 'model_call' && role.kind !== 'agent_call') continue;
    const agent = agentNameOf(span, role);
    const calls = agent === undefined ? [] : outputMessagesOf(span).flatMap(({ toolCalls }) => toolCalls);
    for (const { id } of calls) if (id !== undefined && agent !== undefined) requesters.set(id, agent);
  }
  return requesters;
}

export function outputMessagesOf(span: Span): readonly ChatMessage[] {
  const messages = chatMessages(textAttribute(span.attributes, 'gen_ai.output.messages', 'gen_ai.completion'));
  return messages.length > 0 ? messages : flattenedMessages(span.attributes, 'llm.output_messages');
}

export function inputMessagesOf(span: Span): readonly ChatMessage[] {
  const messages = chatMessages(textAttribute(span.attributes, 'gen_ai.input.messages', 'gen_ai.prompt', 'ai.prompt.messages'));
  return messages.length > 0 ? messages : flattenedMessages(span.attributes, 'llm.input_messages');
}
