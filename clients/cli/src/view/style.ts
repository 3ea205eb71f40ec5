type Paint = (text: string) => string;

/** Colours by meaning; without colour every paint leaves the text as it is. */
export interface Style {
  readonly good: Paint;
  readonly bad: Paint;
  readonly busy: Paint;
  readonly faint: Paint;
  readonly strong: Paint;
}

function sgr(code: number, end: number): Paint {
  return (text) => (text === '' ? '' : `\u001b[${code}m${text}\u001b[${end}m`);
}

const plain: Paint = (text) => text;

export function createStyle(hasColour: boolean): Style {
  if (!hasColour) return { good: plain, bad: plain, busy: plain, faint: plain, strong: plain };
  return { good: sgr(32, 39), bad: sgr(31, 39), busy: sgr(33, 39), faint: sgr(2, 22), strong: sgr(1, 22) };
}

// Control characters in names and outputs of other programs must not steer the terminal.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** One line of foreign text: no control characters, no line breaks, at most so long. */
export function oneLine(text: string, length: number): string {
  return cut(text.replace(/\s+/g, ' ').replace(CONTROL, '').trim(), length);
}

/** At most so many characters of a line. */
export function cut(line: string, length: number): string {
  return line.length <= length ? line : `${line.slice(0, Math.max(0, length - 1))}…`;
}

/** Foreign text with its lines and tabs, without what steers a terminal. */
export function manyLines(text: string): string[] {
  const visible = text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\t', '    ').replace(/\r\n?/g, '\n');
  return visible.split('\n').map((line) => line.replace(CONTROL, ''));
}

/** A number and what it counts. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
