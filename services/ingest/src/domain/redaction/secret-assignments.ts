import { characterSet, findEnd, runEnd } from './character-set.js';
import { looksRandom, type Span } from './secret-shapes.js';

/** A secret that is known by the name it is assigned to, and whether quotes have to stand around its replacement. */
export interface AssignedSecret extends Span {
  readonly kind: string;
  readonly quote?: string | undefined;
}

/** Finds the places worth a look: the ends of names that secrets are given. Source of a regular expression, no groups. */
export const assignmentTrigger =
  'passw|passphrase|pwd|[_-]pass(?![a-z])|secret|token|api[-_. ]?key|access[-_]?key|private[-_]?key|account[-_]?key|signing[-_]?key|encryption[-_]?key|authorization|cookie|credential|signature';

/** What the value of a secret name must look like: anything, random, an authorization scheme and its parameter, or name=value pairs. */
type ValueLook = 'any' | 'random' | 'scheme' | 'pairs';

interface SecretName {
  readonly ending: RegExp;
  readonly kind: string;
  readonly look: ValueLook;
}

// Applied to names in small letters without punctuation. Counters, cursors and the marks of tokenisers are no secrets.
const harmlessToken = /(?:page|next|continuation|sync|task|cursor|cancel(?:lation)?|eos|bos|pad|unk|sep|mask|stop|special)token$/;
const secretNames: readonly SecretName[] = [
  { ending: /(?:password|passwd|passphrase|passwort|pwd)$/, kind: 'password', look: 'any' },
  { ending: /(?:secret|secretkey|secretaccesskey)$/, kind: 'secret', look: 'any' },
  { ending: /(?:apikey|accesskey|accountkey)$/, kind: 'api_key', look: 'any' },
  { ending: /(?:privatekey|signingkey|encryptionkey)$/, kind: 'private_key', look: 'random' },
  { ending: /^(?:proxy|x)?authorization$/, kind: 'authorization', look: 'scheme' },
  { ending: /^(?:set)?cookie$/, kind: 'cookie', look: 'pairs' },
  { ending: /(?:token|credentials?)$/, kind: 'token', look: 'random' },
  { ending: /^xamzsignature$/, kind: 'signature', look: 'random' },
];

// The same few names come again and again: input_tokens of every model call, password of every log line.
const knownNames = new Map<string, SecretName | undefined>();
const mostKnownNames = 4096;

/** The kind of secret that a name announces; undefined for a harmless name. */
function secretNameOf(name: string): SecretName | undefined {
  if (knownNames.has(name)) return knownNames.get(name);
  const found = classified(name);
  if (knownNames.size < mostKnownNames) knownNames.set(name, found);
  return found;
}

function classified(name: string): SecretName | undefined {
  if (/[_-]pass$/i.test(name)) return secretNames[0];
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (harmlessToken.test(plain)) return undefined;
  return secretNames.find(({ ending }) => ending.test(plain));
}

const placeholder =
  /^(?:true|false|null|none|nil|undefined|yes|no|on|off|required|optional|missing|invalid|incorrect|wrong|expired|empty|string|hidden|masked|changed|reset|prompt|default|unset|\*+|x{3,}|\.{3,}|-|\[redacted.*|<[^>]*>?|\$\{.*|\$\(.*|\$[A-Za-z_]\w*|\{\{.*|%[a-z].*)$/i;
const codeReference = /^(?:self|this|os|process|config|conf|args|env|cfg|settings|params|request|options|vault|ssm)[.[(]/;
const scheme = /^(?:basic|bearer|digest|token|apikey|negotiate|aws4-hmac-sha256)\b/i;

function isSecretValue(value: string, name: SecretName, rawName: string): boolean {
  if (placeholder.test(value) || codeReference.test(value)) return false;
  switch (name.look) {
    case 'any':
      // PWD is also the working directory.
      return !(/pwd$/i.test(rawName) && /^[/~.]/.test(value));
    case 'random':
      return value.length >= 8 && looksRandom(value);
    case 'scheme':
      return scheme.test(value) || (value.length >= 16 && looksRandom(value));
    case 'pairs':
      return value.includes('=');
  }
}

/**
 * The kind of secret that `value` is under `name`, for producers that keep the two apart (attributes, labels, columns).
 *
 * @example
 * secretKindOf('db.password', 'hunter2') // 'password'
 */
export function secretKindOf(name: string, value: string): string | undefined {
  const secretName = name.length > longestName ? undefined : secretNameOf(name);
  return secretName !== undefined && value !== '' && isSecretValue(value, secretName, name) ? secretName.kind : undefined;
}

const longestName = 64;
const longestQuoted = 64 * 1024;
const longestPlain = 4096;
const isNameCharacter = characterSet('_.-', { letters: true });
// Between a name and its value: the name's closing quote (escaped as deep as it stands), then = or : or => or :=, or ,"value": in {name, value} pairs.
const separator =
  /(\\{0,15}["'])?(?:[ \t]{0,8}(?:=>|:=|[=:](?![=:]|\/\/))[ \t]{0,32}|,\s{0,32}\\{0,15}["'][vV]alue\\{0,15}["']\s{0,8}:\s{0,8}(?:\{\s{0,32}\\{0,15}"string_?[vV]alue\\{0,15}"\s{0,8}:\s{0,8})?)/y;
const openingQuote = /\\{0,15}["']/y;
const isPlainEnd = characterSet(' \t\r\n"\'\\&;,()<>[]{}|');
const isHeaderEnd = characterSet('\r\n"\'\\');
// After an opening quote these mean that it was a closing one: "…password=","next":…
const isAfterClosing = characterSet(',}]: \t\r\n');
const headerStart: Partial<Record<ValueLook, RegExp>> = {
  scheme: /(?:(?:basic|bearer|digest|token|apikey|negotiate|aws4-hmac-sha256) {1,4}\S|[A-Za-z0-9._~+/=-]{16})/iy,
  pairs: /[^\s"'\\;=]{1,64}=/y,
};
/** A refused value shorter than this is searched again for names inside it; a longer one is passed over, which keeps the time linear. */
const shortValue = 256;

/** The secret that is assigned to the name around `at`, where the trigger matched; or how far the search may skip. */
export function locateAssignedSecret(text: string, at: number): AssignedSecret | { readonly skipTo: number } | undefined {
  const name = nameAround(text, at);
  const rawName = text.slice(name.start, name.end);
  const secretName = secretNameOf(rawName);
  const gap = secretName === undefined ? undefined : gapAfter(text, name);
  if (secretName === undefined || gap === undefined) return undefined;
  const value = valueAfter(text, gap, secretName);
  if (value === undefined) return undefined;
  const found = text.slice(value.start, value.end);
  const isProse = gap.isLoose && gap.quote === undefined && readsAsProse(text, value, found);
  if (isProse || !isSecretValue(found, secretName, rawName)) return found.length > shortValue ? { skipTo: value.end } : undefined;
  // An unquoted value after a quoted name is a JSON number; the replacement must not break the JSON.
  return { ...value, kind: secretName.kind, quote: gap.quote === undefined ? gap.nameQuote : undefined };
}

function valueAfter(text: string, gap: Gap, secretName: SecretName): Span | undefined {
  const value = gap.quote === undefined ? plainValue(text, gap.end, secretName) : quotedValue(text, gap.end, gap.quote);
  return value === undefined || value.end <= value.start ? undefined : value;
}

/** The name that the trigger is part of, at most 64 characters to either side. */
function nameAround(text: string, at: number): Span {
  let start = at;
  while (start > 0 && at - start < longestName && isNameCharacter(text.charCodeAt(start - 1))) start -= 1;
  // The n of a \n escape is no part of the name.
  if (start > 0 && start < at && text.charAt(start - 1) === '\\') start += 1;
  return { start, end: runEnd(text, at, at + longestName, isNameCharacter) };
}

interface Gap {
  readonly end: number;
  /** The quote that opens the value, with the backslashes before it. */
  readonly quote?: string;
  readonly nameQuote?: string;
  /** A colon in running text also stands in plain sentences. */
  readonly isLoose: boolean;
}

function gapAfter(text: string, name: Span): Gap | undefined {
  separator.lastIndex = name.end;
  const match = separator.exec(text);
  if (match === null) return markupOrFlagGap(text, name);
  const end = separator.lastIndex;
  const nameQuote = match[1];
  openingQuote.lastIndex = end;
  const quote = openingQuote.exec(text)?.[0];
  const isLoose = nameQuote === undefined && match[0].includes(':');
  if (quote === undefined) return { end, nameQuote, isLoose };
  const valueStart = end + quote.length;
  const isClosing = quote !== nameQuote && (valueStart >= text.length || isAfterClosing(text.charCodeAt(valueStart)));
  return isClosing ? undefined : { end: valueStart, quote, nameQuote, isLoose };
}

/** <password>… and --password … */
function markupOrFlagGap(text: string, name: Span): Gap | undefined {
  const next = text.charAt(name.end);
  const isMarkup = next === '>' && text.charAt(name.start - 1) === '<';
  const isFlag = next === ' ' && text.startsWith('--', name.start) && text.charAt(name.end + 1) !== '-';
  return isMarkup || isFlag ? { end: name.end + 1, isLoose: false } : undefined;
}

/**
 * From an opening quote to the one that closes it, also in text inside text inside JSON. A quote that n levels deep opens with
 * 2^n - 1 backslashes closes with as many, modulo twice that plus two: the rest are backslashes of the content.
 */
function quotedValue(text: string, start: number, quote: string): Span {
  const mark = quote.charAt(quote.length - 1);
  const depth = quote.length - 1;
  const limit = Math.min(text.length, start + longestQuoted);
  let backslashes = 0;
  for (let position = start; position < limit; position += 1) {
    const character = text.charAt(position);
    if (character === '\\') {
      backslashes += 1;
      continue;
    }
    if (character === mark || character === '"') {
      const kept = mark === '"' ? closingBackslashes(backslashes, depth) : backslashes;
      if (kept !== undefined) return { start, end: position - kept };
    }
    backslashes = 0;
  }
  // No closing quote: what is there still is the secret, as far as one is looked at.
  return { start, end: limit - backslashes };
}

/** How many of the backslashes before a double quote belong to it when it ends the text; undefined when it is content. */
function closingBackslashes(backslashes: number, depth: number): number | undefined {
  // An even number stands before the quote that closes the whole JSON string.
  if (depth > 0 && backslashes % 2 === 0) return backslashes;
  const own = backslashes % (2 * (depth + 1));
  return own <= depth ? own : undefined;
}

function plainValue(text: string, start: number, name: SecretName): Span | undefined {
  const header = headerStart[name.look];
  if (header !== undefined) {
    header.lastIndex = start;
    return header.test(text) ? { start, end: findEnd(text, start, start + longestPlain, isHeaderEnd) } : undefined;
  }
  const end = findEnd(text, start, start + longestPlain, isPlainEnd);
  // password = read(…), token = store[…] and secret = ${…} are code, not values.
  return '([{'.includes(text.charAt(end) || ' ') ? undefined : { start, end };
}

/** "password: must be longer" is a sentence; "password: hunter" at the end of a line is not. */
function readsAsProse(text: string, value: Span, found: string): boolean {
  if (/[^A-Za-z]/.test(found) || /[a-z][A-Z]/.test(found)) return false;
  return found.length < 4 || /^[ \t][A-Za-z]/.test(text.slice(value.end, value.end + 2)) || text.charAt(value.end) === '.';
}
