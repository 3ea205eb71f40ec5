import { assignmentTrigger, locateAssignedSecret, secretKindOf } from './secret-assignments.js';
import { secretShapes } from './secret-shapes.js';
import { slotOf, startTable } from './trigger-starts.js';

/** A text or its bytes without secrets, and whether there were any. */
export interface Redacted<Content> {
  readonly content: Content;
  readonly isRedacted: boolean;
}

const sources = [...secretShapes.map(({ trigger }) => trigger), assignmentTrigger];
const triggers = new RegExp(sources.map((source) => `(${source})`).join('|'), 'iy');
const starts = startTable(sources);

/** Tells whether a closer look is due; false means that there is no secret that Orrery knows. */
export function mayHoldSecrets(text: string): boolean {
  return nextTrigger(text, 0) !== null;
}

/**
 * The next place worth a look. One pass with a table of the triggers' first three letters finds it, several times as fast
 * as the expression itself would; clean payloads cost this pass and nothing else.
 */
function nextTrigger(text: string, from: number): RegExpExecArray | null {
  let first = text.charCodeAt(from) | 0x20;
  let second = text.charCodeAt(from + 1) | 0x20;
  for (let index = from + 2; index < text.length; index += 1) {
    const third = text.charCodeAt(index) | 0x20;
    if (starts[slotOf(first, second, third)] === 1) {
      triggers.lastIndex = index - 2;
      const match = triggers.exec(text);
      if (match !== null) return match;
    }
    first = second;
    second = third;
  }
  return null;
}

/**
 * Replaces every secret by `[redacted:<kind>]`; the rest stays as it is, and JSON stays JSON. Takes time linear in the length:
 * each place that the search finds is looked at within fixed bounds, once.
 *
 * Known misses: secrets without a known shape or name, in encodings (base64, URL encoding, \u escapes) other than those of
 * private keys, and secrets cut apart by a chunk border.
 *
 * @example
 * redactText('login with password=hunter2').content // 'login with password=[redacted:password]'
 */
export function redactText(text: string): Redacted<string> {
  const parts: string[] = [];
  let kept = 0;
  for (let match = nextTrigger(text, 0), next = 0; match !== null; match = nextTrigger(text, next)) {
    next = match.index + match[0].length;
    const secret = locate(text, match);
    if (secret === undefined) continue;
    if ('skipTo' in secret) {
      next = Math.max(secret.skipTo, next);
      continue;
    }
    if (secret.start < kept) continue;
    const replacement = `[redacted:${secret.kind}]`;
    parts.push(text.slice(kept, secret.start), secret.quote === undefined ? replacement : `${secret.quote}${replacement}${secret.quote}`);
    kept = secret.end;
    next = Math.max(secret.end, match.index + 1);
  }
  if (parts.length === 0) return { content: text, isRedacted: false };
  parts.push(text.slice(kept));
  return { content: parts.join(''), isRedacted: true };
}

function locate(text: string, match: RegExpExecArray): ReturnType<typeof locateAssignedSecret> {
  const shape = secretShapes.find((_, index) => match[index + 1] !== undefined);
  if (shape === undefined) return locateAssignedSecret(text, match.index);
  const span = shape.locate(text, match.index);
  return span === undefined ? undefined : { ...span, kind: shape.kind };
}

/** Replaces the secrets in the value of a named field: all of it when the name announces a secret. */
export function redactField(name: string, value: string): Redacted<string> {
  const kind = secretKindOf(name, value);
  return kind === undefined ? redactText(value) : { content: `[redacted:${kind}]`, isRedacted: true };
}

/** {@link redactText} on the bytes of a text in UTF-8 or any other superset of ASCII; returns the same bytes when there is nothing to hide. */
export function redactBytes(body: Uint8Array): Redacted<Uint8Array> {
  // Secrets are ASCII: read as Latin-1, every byte is one character and the rest passes through unchanged.
  const { content, isRedacted } = redactText(latin1Of(body));
  return isRedacted ? { content: Buffer.from(content, 'latin1'), isRedacted } : { content: body, isRedacted };
}

/** The bytes as one character each: what the search for secrets runs over. */
export function latin1Of(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
}
