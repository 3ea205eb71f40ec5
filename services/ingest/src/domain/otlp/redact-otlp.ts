import { isRecord } from '../json-reading.js';
import { latin1Of, mayHoldSecrets, redactField, redactText, type Redacted } from '../redaction/redact.js';
import type { OtlpRequest } from './otlp-request.js';

/**
 * Replaces secrets in the texts of a decoded protobuf request, in place; returns whether there were any. In protobuf a text's length
 * stands before it, so its bytes cannot be changed alone. A request in JSON is redacted as text before it is parsed.
 *
 * @param body the bytes that the request was decoded from, to tell quickly that there is nothing to do
 */
export function redactOtlp(request: OtlpRequest, body: Uint8Array): boolean {
  return mayHoldSecrets(latin1Of(body)) && redactMessage(request.root as Record<string, unknown>);
}

type Members = Record<string, unknown>;

function redactMessage(message: Members): boolean {
  let isRedacted = isTextAttribute(message) && redactAttribute(message);
  // Decoded messages are plain objects: every member is their own.
  for (const name in message) {
    if (name === '$typeName' || name === '$unknown') continue;
    const value = message[name];
    if (typeof value === 'string') isRedacted = redactMember(message, name, redactText(value)) || isRedacted;
    else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) isRedacted = redactMessage(value as Members) || isRedacted;
  }
  return isRedacted;
}

function redactMember(message: Members, name: string, { content, isRedacted }: Redacted<string>): boolean {
  if (isRedacted) message[name] = content;
  return isRedacted;
}

interface TextAttribute extends Members {
  readonly key: string;
  readonly value: { readonly value: { readonly case: 'stringValue'; value: string } };
}

function isTextAttribute(message: Members): message is TextAttribute {
  return typeof message.key === 'string' && isRecord(message.value) && isRecord(message.value.value) && message.value.value.case === 'stringValue';
}

/** An attribute whose name announces a secret loses its whole text. */
function redactAttribute({ key, value }: TextAttribute): boolean {
  return redactMember(value.value, 'value', redactField(key, value.value.value));
}
