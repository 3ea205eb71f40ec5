import { withStorableEscapes } from './escapes.js';
import { firstByteOf } from './json-outline.js';
import { latin1Of, redactText } from './redaction/redact.js';
import type { IncomingPayload } from './source-event.js';

/** A payload whose bytes may be kept: no secrets, nothing that cannot be stored. */
export interface PreparedPayload extends IncomingPayload {
  /** What was done to it: `redacted`, `sanitised`. */
  readonly flags: readonly string[];
  /** What the content starts with, white space aside, before anything was done to it; undefined when it is empty. */
  readonly firstByte: number | undefined;
}

/**
 * Takes secrets out of a payload of text, and what no store can hold, before anything else reads it: whatever is mapped from
 * it is clean, and its bytes can be kept. Unwraps what registries and forms put around JSON.
 */
export function prepared(payload: IncomingPayload): PreparedPayload {
  const flags: string[] = [];
  const body = unwrapped(payload);
  // Read as Latin-1, every byte is one character; secrets and escapes are ASCII and the rest passes through unchanged.
  const written = latin1Of(body);
  const storable = withStorableEscapes(written);
  if (storable !== written) flags.push('sanitised');
  const { content, isRedacted } = redactText(storable);
  if (isRedacted) flags.push('redacted');
  const isChanged = content !== written;
  const firstByte = body[firstByteOf(body)];
  return { ...payload, headers: withoutSecrets(payload.headers), body: isChanged ? Buffer.from(content, 'latin1') : body, flags, firstByte };
}

/** Attributes of CloudEvents come as headers; what authorizes the request is nothing for a mapper. */
function withoutSecrets(headers: IncomingPayload['headers']): IncomingPayload['headers'] {
  const kept = Object.entries(headers).filter(([name]) => name !== 'authorization' && name !== 'cookie' && name !== 'proxy-authorization');
  return Object.fromEntries(kept.map(([name, value]) => [name, /^ce[-_]/.test(name) ? redactText(value).content : value]));
}

/**
 * JSON without its wrapping: a schema registry's mark (0x00 and an id of four bytes, or 0x01 and one of sixteen), or the field
 * `payload` of a form, which is how GitHub sends webhooks of that content type.
 */
function unwrapped({ body, contentType }: IncomingPayload): Uint8Array {
  const markLength = body[0] === 0 ? 5 : body[0] === 1 ? 17 : 0;
  if (markLength > 0 && (body[markLength] === 0x7b || body[markLength] === 0x5b)) return body.subarray(markLength);
  if (!/^application\/x-www-form-urlencoded\b/i.test(contentType)) return body;
  const field = new URLSearchParams(Buffer.from(body).toString()).get('payload');
  return field === null ? body : Buffer.from(field);
}
