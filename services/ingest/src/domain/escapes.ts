// An escape of JSON: a whole surrogate pair, half of one or U+0000, or any other - which is taken whole, so that the u of \\u is none.
const escapes = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u(?:0000|[dD][89a-fA-F][\da-fA-F]{2})|\\[^]/g;
const suspects = /\\u(?:0000|[dD][89a-fA-F])/;

/**
 * Replaces U+0000 and halves of surrogate pairs, written as escapes in a JSON text, by U+FFFD: both are valid JSON, and PostgreSQL can
 * store neither. Returns the same text when there is none.
 */
export function withStorableEscapes(json: string): string {
  if (!suspects.test(json)) return json;
  return json.replaceAll(escapes, (escape) => (escape.length === 6 && suspects.test(escape) ? '\\ufffd' : escape));
}
