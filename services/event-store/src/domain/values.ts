/** Protobuf's empty text means "not told". */
export function told(text: string): string | null {
  return text === '' ? null : text;
}

/** Names stand in indexes, whose entries have a largest size (2,704 bytes): what is longer is cut. Code units. */
export const maxNameLength = 500;

/** A text short enough for an index. */
export function name(text: string): string | null {
  return told(cut(text, maxNameLength));
}

/** The beginning of a text, cut on a character's border: half a surrogate pair is no text. @param maxLength code units */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const isPairCut = (text.charCodeAt(maxLength - 1) & 0xfc00) === 0xd800;
  return text.slice(0, isPairCut ? maxLength - 1 : maxLength);
}

/** A count or size; what is negative or beyond exact integers is not told. */
export function count(value: bigint | number | undefined): number | null {
  if (value === undefined) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** A measured value; infinities and NaN have no place in JSON and are not told. */
export function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** Longer texts are cut for showing; the record keeps them whole. Characters. */
export const maxShownText = 32_768;
