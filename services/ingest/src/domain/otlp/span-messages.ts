import { messageIdOf } from '@orrery/contracts';
import type { EventStatement, MessageStatement } from '../statements.js';
import type { ChatMessage } from './chat-messages.js';
import { clipped, numberAttribute, shownAttribute, textAttribute } from './otlp-values.js';
import { attributesJsonOf } from './span-event.js';
import type { Span, SpanEvent } from './span.js';
import { inputMessagesOf, outputMessagesOf, type TraceContext } from './trace-context.js';

const longestContent = 32 * 1024;

/**
 * What was said in a model's or tool's span. Each call repeats the whole history, so of its input only what came after the
 * last answer counts; a tool's answer has one id wherever it is told.
 */
export function spanMessagesOf(span: Span, context: TraceContext): readonly MessageStatement[] {
  const { kind } = context.roleOf(span);
  const said = kind === 'model_call' ? modelMessages(span, context) : kind === 'tool_call' ? toolMessages(span, context) : [];
  const fromEvents = span.events.flatMap((event, index) => (isMessageEvent(event.name) ? [eventMessage(event, index, span, context)] : []));
  const common = { taskId: context.taskIdOf(span), eventId: context.eventIdOf(span.spanId) };
  return [...said, ...fromEvents].map((message) => ({ ...common, ...message }));
}

function modelMessages(span: Span, context: TraceContext): readonly MessageStatement[] {
  const agent = context.agentOf(span);
  const scope = { runId: context.run.runId, span, agent };
  const input = inputMessagesOf(span);
  const fresh = input.slice(input.findLastIndex(({ role }) => role === 'assistant') + 1).filter(({ role }) => role !== 'system');
  const heard = fresh.flatMap((message, index) => spoken(message, `${span.spanId}:in:${index}`, { ...scope, isOutput: false }));
  const answered = outputMessagesOf(span).flatMap((message, index) => spoken(message, `${span.spanId}:out:${index}`, { ...scope, isOutput: true }));
  return [...heard, ...answered];
}

interface Speech {
  readonly runId: string;
  readonly span: Span;
  readonly agent: string | undefined;
  readonly isOutput: boolean;
}

function spoken(message: ChatMessage, key: string, { runId, span, agent, isOutput }: Speech): readonly MessageStatement[] {
  const occurredAtMs = isOutput ? span.endMs : span.startMs;
  const externalId = message.answers === undefined ? key : `tool_result:${message.answers}`;
  const words: MessageStatement = {
    messageId: messageIdOf(runId, externalId),
    sender: isOutput ? agent : undefined,
    receiver: isOutput ? undefined : agent,
    role: message.role,
    content: clipped(message.text, longestContent),
    occurredAtMs,
  };
  const calls = isOutput ? message.toolCalls : [];
  const requests = calls.map((call, index) => ({
    messageId: messageIdOf(runId, call.id === undefined ? `${key}:${index}` : `tool_call:${call.id}`),
    sender: agent,
    receiver: call.name,
    role: 'tool_call',
    content: clipped(call.arguments, longestContent),
    occurredAtMs,
  }));
  return message.text === '' ? requests : [words, ...requests];
}

function toolMessages(span: Span, context: TraceContext): readonly MessageStatement[] {
  const content = shownAttribute(span.attributes, 'gen_ai.tool.call.result', 'ai.toolCall.result', 'output.value');
  const callId = textAttribute(span.attributes, 'gen_ai.tool.call.id', 'ai.toolCall.id');
  if (content === undefined || callId === undefined) return [];
  return [
    {
      messageId: messageIdOf(context.run.runId, `tool_result:${callId}`),
      sender: textAttribute(span.attributes, 'gen_ai.tool.name', 'ai.toolCall.name'),
      role: 'tool',
      content: clipped(content, longestContent),
      occurredAtMs: span.endMs,
    },
  ];
}

/** Messages as span events: gen_ai.user.message, gen_ai.choice, gen_ai.content.prompt … */
function isMessageEvent(name: string): boolean {
  return /^gen_ai\.(?:\w+\.message|choice|content\.\w+)$/.test(name);
}

function eventMessage(event: SpanEvent, index: number, span: Span, context: TraceContext): MessageStatement {
  const role = textAttribute(event.attributes, 'role', 'gen_ai.message.role') ?? /^gen_ai\.(\w+)\.message$/.exec(event.name)?.[1] ?? 'assistant';
  const isOutput = event.name === 'gen_ai.choice' || event.name === 'gen_ai.content.completion';
  const agent = context.agentOf(span);
  return {
    messageId: messageIdOf(context.run.runId, `${span.spanId}:event:${index}`),
    sender: isOutput ? agent : undefined,
    receiver: isOutput ? undefined : agent,
    role,
    content: clipped(shownAttribute(event.attributes, 'content', 'message', 'gen_ai.prompt', 'gen_ai.completion') ?? attributesJsonOf(event.attributes), longestContent),
    occurredAtMs: event.timeMs ?? span.startMs,
  };
}

/** Every other event of a span is a line of its log; an exception is an error with its stack trace. */
export function spanLogsOf(span: Span, context: TraceContext): readonly EventStatement[] {
  return span.events.flatMap((event, index) => {
    if (isMessageEvent(event.name)) return [];
    const externalId = `${span.spanId}:event:${index}`;
    const isException = event.name === 'exception';
    const shown = isException
      ? shownAttribute(event.attributes, 'exception.stacktrace', 'exception.message')
      : shownAttribute(event.attributes, 'message', 'event.body', 'log.message');
    return [
      {
        eventId: context.eventIdOf(externalId),
        externalId,
        taskId: context.taskIdOf(span),
        parentEventId: context.eventIdOf(span.spanId),
        kind: 'log',
        name: event.name,
        actor: context.agentOf(span) ?? textAttribute(span.resource, 'service.name'),
        startedAtMs: event.timeMs ?? span.endMs,
        finishedAtMs: event.timeMs ?? span.endMs,
        severityNumber: isException ? 17 : (numberAttribute(event.attributes, 'log.severity_number') ?? 9),
        output: clipped(shown, longestContent),
        attributesJson: attributesJsonOf(event.attributes, (name) => name === 'exception.stacktrace'),
      },
    ];
  });
}
