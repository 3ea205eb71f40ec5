import { isRecord, list, record, records, text } from '../json-reading.js';
import type { Attributes } from './otlp-values.js';

export interface ToolCall {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly arguments: string | undefined;
}

/** A message to or from a model, whatever convention wrote it. */
export interface ChatMessage {
  readonly role: string;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** The call that a tool's message answers. */
  readonly answers: string | undefined;
}

/** Messages longer than this are not taken apart; they stay as input and output. Characters. */
const longestMessages = 512 * 1024;

/**
 * The messages in a JSON text: GenAI's `{role, parts: […]}`, OpenAI's `{role, content, tool_calls}` and the AI SDK's content
 * parts. Empty for anything else.
 */
export function chatMessages(written: string | undefined): readonly ChatMessage[] {
  if (written === undefined || written.length > longestMessages || !/^\s*[[{]/.test(written)) return [];
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    return [];
  }
  const messages = Array.isArray(value) ? value : list(value, 'messages');
  return messages.filter(isRecord).map(readMessage);
}

function readMessage(message: Readonly<Record<string, unknown>>): ChatMessage {
  const parts = [...records(message, 'parts'), ...records(message, 'content')];
  const texts = parts.map((part) => text(part, 'content') ?? text(part, 'text')).filter((part) => part !== undefined);
  const own = text(message, 'content');
  const answer = parts.find((part) => /tool_call_response|tool[-_]result/.test(text(part, 'type') ?? ''));
  return {
    role: text(message, 'role') ?? '',
    text: (own === undefined ? texts : [own, ...texts]).join('\n') || shown(answer?.response ?? answer?.result ?? answer?.output) || '',
    toolCalls: [...parts.filter((part) => /^tool[-_]call$/.test(text(part, 'type') ?? '')).map(partCall), ...records(message, 'tool_calls').map(openAiCall)],
    answers: text(message, 'tool_call_id') ?? text(answer, 'id') ?? text(answer, 'toolCallId'),
  };
}

function partCall(part: Readonly<Record<string, unknown>>): ToolCall {
  return { id: text(part, 'id') ?? text(part, 'toolCallId'), name: text(part, 'name') ?? text(part, 'toolName'), arguments: shown(part.arguments ?? part.input ?? part.args) };
}

function openAiCall(call: Readonly<Record<string, unknown>>): ToolCall {
  const called = record(call, 'function');
  return { id: text(call, 'id'), name: text(called, 'name'), arguments: shown(called?.arguments) };
}

function shown(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const flattened = /^(\d{1,4})\.message\.(role|content|tool_call_id|tool_calls\.(\d{1,3})\.tool_call\.(id|function\.name|function\.arguments))$/;

interface Draft {
  role: string;
  text: string;
  answers: string | undefined;
  readonly calls: Map<string, { id?: string; name?: string; arguments?: string }>;
}

/** The messages that OpenInference writes as one attribute each: `llm.input_messages.0.message.role` and so on. */
export function flattenedMessages(attributes: Attributes, prefix: string): readonly ChatMessage[] {
  const drafts = new Map<number, Draft>();
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value !== 'string' || !name.startsWith(`${prefix}.`)) continue;
    const match = flattened.exec(name.slice(prefix.length + 1));
    if (match === null) continue;
    const position = Number(match[1]);
    const draft = drafts.get(position) ?? { role: '', text: '', answers: undefined, calls: new Map<string, object>() };
    drafts.set(position, draft);
    if (match[2] === 'role') draft.role = value;
    else if (match[2] === 'content') draft.text = value;
    else if (match[2] === 'tool_call_id') draft.answers = value;
    else draft.calls.set(match[3] ?? '', { ...draft.calls.get(match[3] ?? ''), [(match[4] ?? '').replace('function.', '')]: value });
  }
  const inOrder = [...drafts].sort(([a], [b]) => a - b).map(([, draft]) => draft);
  return inOrder.map(({ role, text: content, answers, calls }) => ({
    role,
    text: content,
    answers,
    toolCalls: [...calls.values()].map((call) => ({ id: call.id, name: call.name, arguments: call.arguments })),
  }));
}
