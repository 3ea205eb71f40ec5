// Control characters, line and paragraph separators, and the marks that let text run the other way and so look like another one.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/g;

/**
 * One line of text fit for people: names and messages come from producers and may hold anything.
 *
 * @param mostCharacters longer text is cut and ends in …
 */
export function plainLine(text: string, mostCharacters: number): string {
  const line = text.replace(unprintable, ' ').trim();
  if (line.length <= mostCharacters) return line;
  const cut = line.slice(0, mostCharacters - 1);
  // Half a surrogate pair is no character.
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
