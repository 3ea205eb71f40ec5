/** One turn of a conversation with a model. */
export interface Turn {
  readonly role: string;
  readonly text: string;
}

const longestParsed = 400_000;

type Entry = Readonly<Record<string, unknown>>;

/**
 * Reads the input or output of a model call as a conversation, in the shape of OpenTelemetry's `gen_ai.input.messages`
 * (role and parts) or of chat APIs (role and content); null when it is neither.
 */
export function turnsOf(text: string): readonly Turn[] | null {
  const value = parsedJson(text);
  const list = isEntry(value) && Array.isArray(value['messages']) ? value['messages'] : value;
  if (!Array.isArray(list) || list.length === 0) return null;
  const turns = list.map((entry: unknown) => turnOf(entry));
  return turns.every((turn) => turn !== null) ? turns : null;
}

const longestInOneLine = 100;

/** Whether a text is a JSON object or list. */
export function isJson(text: string): boolean {
  const value = parsedJson(text);
  return typeof value === 'object' && value !== null;
}

/** JSON set out in lines unless it fits into one, or the text as it is. */
export function laidOut(text: string): string {
  const value = parsedJson(text);
  return value === undefined || text.length <= longestInOneLine ? text : JSON.stringify(value, null, 2);
}

function turnOf(entry: unknown): Turn | null {
  if (!isEntry(entry) || typeof entry['role'] !== 'string') return null;
  const { role, parts, content, tool_calls: calls } = entry;
  if (Array.isArray(parts)) return { role, text: parts.map(partText).join('\n') };
  if (Array.isArray(content)) return { role, text: content.map(partText).join('\n') };
  if (Array.isArray(calls)) return { role, text: [typeof content === 'string' ? content : '', ...calls.map(callText)].filter((line) => line !== '').join('\n') };
  return typeof content === 'string' ? { role, text: content } : null;
}

function partText(part: unknown): string {
  if (typeof part === 'string') return part;
  if (!isEntry(part)) return wordsOf(part);
  if (part['type'] === 'tool_call') return `→ ${wordsOf(part['name'])}(${wordsOf(part['arguments'])})`;
  if (part['type'] === 'tool_call_response') return `← ${wordsOf(part['result'] ?? part['response'])}`;
  return wordsOf(part['content'] ?? part['text'] ?? part);
}

function callText(call: unknown): string {
  const named = isEntry(call) && isEntry(call['function']) ? call['function'] : call;
  return isEntry(named) ? `→ ${wordsOf(named['name'])}(${wordsOf(named['arguments'])})` : wordsOf(call);
}

function wordsOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parsedJson(text: string): unknown {
  const start = text.trimStart().charAt(0);
  if (text.length > longestParsed || (start !== '{' && start !== '[')) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
