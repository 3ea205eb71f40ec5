import { toIsoTime } from './clock.js';
import type { ExecutionData } from './execution-data.js';
import { cutText, shortenToFit, toPlainValue, withoutUnstorable } from './shorten.js';

export const EXECUTION_EVENT_TYPE = 'dev.orrery.execution.v1';

/** One call of the SDK before it is turned into JSON; the id is fixed here, so that sending it again is a repeat, not news. */
export interface Fact {
  readonly id: string;
  readonly source: string;
  readonly createdAtMs: number;
  readonly data: ExecutionData;
}

function cloudEvent(fact: Fact, data: unknown, extensions: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: fact.id,
    source: fact.source,
    type: EXECUTION_EVENT_TYPE,
    subject: cutText(fact.data.run.id, 200),
    time: toIsoTime(fact.createdAtMs),
    datacontenttype: 'application/json',
    ...extensions,
    data,
  };
}

/** A text field of the wire: text as it is (never longer than the event may be), anything else as JSON. */
function asText(value: unknown, maxLength: number): string | undefined {
  if (value === undefined || value === null) return undefined;
  return cutText(typeof value === 'string' ? value : JSON.stringify(value), maxLength);
}

function isShortText(value: unknown, maxLength: number): boolean {
  return value === undefined || (typeof value === 'string' && value.length <= maxLength);
}

function withTexts(data: ExecutionData, maxLength: number): ExecutionData {
  const { events, messages } = data;
  const isReady =
    (events?.every(({ input, output }) => isShortText(input, maxLength) && isShortText(output, maxLength)) ?? true) &&
    (messages?.every(({ content }) => isShortText(content, maxLength)) ?? true);
  if (isReady) return data;
  return {
    ...data,
    events: events?.map((event) => ({ ...event, input: asText(event.input, maxLength), output: asText(event.output, maxLength) })),
    messages: messages?.map((message) => ({ ...message, content: asText(message.content, maxLength) })),
  };
}

/**
 * Writes a fact as a CloudEvent in JSON. Never throws: what JSON cannot hold is replaced by a word, and what is too long is
 * cut and the event marked with the extension attribute `truncated`.
 *
 * @param maxBytes of the UTF-8 text
 * @returns undefined when even the shortened event is too large
 */
export function encodeFact(fact: Fact, maxBytes: number): string | undefined {
  let data: ExecutionData;
  let json: string;
  try {
    data = withTexts(fact.data, maxBytes);
    json = JSON.stringify(cloudEvent(fact, data));
  } catch {
    data = withTexts(toPlainValue(fact.data) as ExecutionData, maxBytes);
    json = JSON.stringify(cloudEvent(fact, data));
  }
  json = withoutUnstorable(json);
  if (Buffer.byteLength(json) <= maxBytes) return json;
  const shortened = shortenToFit(cloudEvent(fact, data, { truncated: 'true' }), maxBytes);
  return shortened === undefined ? undefined : withoutUnstorable(shortened);
}
