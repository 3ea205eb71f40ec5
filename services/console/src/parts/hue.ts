const hues = 8;

/** The class of a colour that stays the same for a name; it only helps the eye to find others of that name. */
export function hueClass(name: string): string {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return `hue-${String(hash % hues)}`;
}
