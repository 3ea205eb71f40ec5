// Escape sequences of terminals: CSI (colours, cursor), OSC (titles, links; ended by BEL or ST), and two-character ones.
const terminalSequence = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;

// What a reader cannot see but what changes what they read: controls, zero width, direction marks and overrides, tags.
// https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

export interface TextPiece {
  readonly text: string;
  /** True for the name of a character that would otherwise be invisible. */
  readonly isMark: boolean;
}

/** Text without the escape sequences of terminals. */
export function withoutTerminalCodes(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(terminalSequence, '');
}

/** Text from outside in pieces fit to be shown: terminal codes are gone, and invisible characters stand as their names, such as 'U+202E'. */
export function textPieces(text: string): readonly TextPiece[] {
  const clean = withoutTerminalCodes(text);
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const found of clean.matchAll(hidden)) {
    if (found.index > end) pieces.push({ text: clean.slice(end, found.index), isMark: false });
    pieces.push({ text: nameOf(found[0]), isMark: true });
    end = found.index + found[0].length;
  }
  if (end < clean.length) pieces.push({ text: clean.slice(end), isMark: false });
  return pieces;
}

/** The same as one string, for places that hold only text, such as titles. */
export function plainText(text: string): string {
  return textPieces(text)
    .map((piece) => (piece.isMark ? `⟨${piece.text}⟩` : piece.text))
    .join('');
}

/** The first line of a text that says something, cut to a length; for rows that have place for one line. */
export function firstLine(text: string, maxLength: number): string {
  const line = withoutTerminalCodes(text.slice(0, maxLength * 8)).trim().replaceAll(/\s+/g, ' ');
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The address of a link, if it is one that a page may open; anything but http and https is refused. */
export function webAddress(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const { protocol, href } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
