/** Tells of a character code whether it belongs to a set of ASCII characters; one table look-up. */
export type CharacterSet = (code: number) => boolean;

/** The set of the given characters; letters and digits come as `letters: true`. */
export function characterSet(characters: string, { letters = false }: { readonly letters?: boolean } = {}): CharacterSet {
  const table = new Uint8Array(128);
  const all = letters ? `${characters}0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz` : characters;
  for (const character of all) table[character.charCodeAt(0)] = 1;
  return (code) => code < 128 && table[code] === 1;
}

/** Where the run of characters of a set that starts at `from` ends, at most at `limit`. */
export function runEnd(text: string, from: number, limit: number, isMember: CharacterSet): number {
  const last = Math.min(text.length, limit);
  let end = from;
  while (end < last && isMember(text.charCodeAt(end))) end += 1;
  return end;
}

/** Where the first character of a set at or after `from` stands; `limit` or the text's end when there is none. */
export function findEnd(text: string, from: number, limit: number, isMember: CharacterSet): number {
  const last = Math.min(text.length, limit);
  let end = from;
  while (end < last && !isMember(text.charCodeAt(end))) end += 1;
  return end;
}
