import type { EventStatement } from '../statements.js';
import { clipped, numberAttribute, shownAttribute, textAttribute, type Attributes, type AttributeValue } from './otlp-values.js';
import { spanFailureOf, spanStandingOf } from './span-standing.js';
import type { Span } from './span.js';
import type { TraceContext } from './trace-context.js';

const inputNames = [
  ...['gen_ai.tool.call.arguments', 'gen_ai.input.messages', 'input.value', 'gen_ai.prompt', 'ai.prompt.messages', 'ai.prompt'],
  ...['ai.toolCall.args', 'ai.value', 'ai.values', 'tool.parameters', 'traceloop.entity.input', 'langfuse.observation.input', 'db.query.text'],
];
const outputNames = [
  ...['gen_ai.tool.call.result', 'gen_ai.output.messages', 'output.value', 'gen_ai.completion', 'ai.response.text', 'ai.response.object'],
  ...['ai.response.toolCalls', 'ai.toolCall.result', 'ag2.code_execution.output', 'traceloop.entity.output', 'langfuse.observation.output'],
];

/** Longer inputs and outputs are cut; the whole stands in the raw bytes. Characters. */
const longestContent = 32 * 1024;

/** What a span says as an execution event. */
export function spanEventOf(span: Span, context: TraceContext): EventStatement {
  const role = context.roleOf(span);
  const standing = spanStandingOf(span);
  return {
    eventId: context.eventIdOf(span.spanId),
    externalId: span.spanId,
    taskId: context.taskIdOf(span),
    parentEventId: span.parentSpanId === undefined ? undefined : context.eventIdOf(span.parentSpanId),
    kind: role.kind,
    name: span.name,
    actor: role.kind === 'span' ? (context.agentOf(span) ?? textAttribute(span.resource, 'service.name')) : context.agentOf(span),
    target: targetOf(span),
    ...standing,
    startedAtMs: span.startMs,
    finishedAtMs: span.endMs,
    failure: spanFailureOf(span, standing),
    ...(role.kind === 'model_call' ? usageOf(span.attributes) : {}),
    input: clipped(shownAttribute(span.attributes, ...inputNames) ?? flattenedText(span.attributes, 'llm.input_messages.'), longestContent),
    output: clipped(shownAttribute(span.attributes, ...outputNames) ?? flattenedText(span.attributes, 'llm.output_messages.'), longestContent),
    attributesJson: attributesJsonOf(span.attributes, isConsumed),
  };
}

function targetOf({ attributes }: Span): string | undefined {
  return textAttribute(
    attributes,
    ...['gen_ai.tool.name', 'tool.name', 'ai.toolCall.name', 'ag2.speaker_selection.selected', 'gen_ai.handoff.to_agent'],
    ...['peer.service', 'server.address', 'messaging.destination.name'],
  );
}

/** Only model calls carry tokens and cost: agents and conversations repeat the sums of the calls inside them. */
function usageOf(from: Attributes): Pick<EventStatement, 'model' | 'inputTokens' | 'outputTokens' | 'costUsd'> {
  return {
    model: textAttribute(
      from,
      ...['gen_ai.response.model', 'gen_ai.request.model', 'llm.response.model_name', 'llm.model_name', 'embedding.model_name'],
      ...['ai.response.model', 'ai.model.id', 'llm.request.model'],
    ),
    inputTokens: count(
      numberAttribute(
        from,
        ...['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens', 'llm.token_count.prompt', 'llm.usage.prompt_tokens'],
        ...['ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'],
      ),
    ),
    outputTokens: count(
      numberAttribute(
        from,
        ...['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens', 'llm.token_count.completion', 'llm.usage.completion_tokens'],
        ...['ai.usage.outputTokens', 'ai.usage.completionTokens'],
      ),
    ),
    costUsd: numberAttribute(from, 'gen_ai.usage.cost', 'llm.cost.total', 'gen_ai.usage.cost_usd'),
  };
}

function count(value: number | undefined): bigint | undefined {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
}

/** What OpenInference spreads over one attribute a field, as lines. */
function flattenedText(from: Attributes, prefix: string): string | undefined {
  const lines = Object.entries(from).filter(([name, value]) => name.startsWith(prefix) && name.endsWith('.content') && typeof value === 'string');
  return lines.length === 0 ? undefined : lines.map(([, value]) => String(value)).join('\n');
}

const consumedNames = new Set([
  ...[...inputNames, ...outputNames],
  ...['gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens', 'gen_ai.agent.name', 'gen_ai.tool.name', 'gen_ai.system_instructions', 'ai.embedding', 'ai.embeddings'],
]);

function isConsumed(name: string): boolean {
  return consumedNames.has(name) || name.startsWith('llm.input_messages.') || name.startsWith('llm.output_messages.');
}

/** Attributes that would make a row too large are cut one by one, and left out once all together are. Characters. */
const longestAttribute = 4 * 1024;
const longestAttributes = 32 * 1024;

/** Attributes as a JSON object; undefined when none is left. @param isLeftOut tells those that stand in fields of their own */
export function attributesJsonOf(from: Attributes, isLeftOut: (name: string) => boolean = () => false): string | undefined {
  const kept: Record<string, AttributeValue> = Object.create(null) as Record<string, AttributeValue>;
  let length = 0;
  for (const [name, value] of Object.entries(from)) {
    if (isLeftOut(name) || value === null) continue;
    const shown = typeof value === 'string' ? (clipped(value, longestAttribute) ?? '') : value;
    length += name.length + JSON.stringify(shown).length;
    if (length > longestAttributes) break;
    kept[name] = shown;
  }
  return length === 0 ? undefined : JSON.stringify(kept);
}
