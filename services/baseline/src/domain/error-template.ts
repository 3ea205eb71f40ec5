import { hashOf } from './text-hash.js';

export interface ErrorTemplate {
  readonly hash: number;
  readonly template: string;
  /** The first line that has it. */
  readonly line: string;
}

// In this order: what is specific first, so that a time is not read as three numbers. All are linear in the length of the line.
const masks: readonly (readonly [RegExp, string])[] = [
  // Colours and other terminal sequences.
  [/\x1b\[[0-9;]{0,20}[A-Za-z]/g, ''],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s'"<>)\]]{1,300}/gi, '<url>'],
  [/\b0x[0-9a-f]{1,64}\b/gi, '<hex>'],
  [/\b(?=[0-9a-f]{0,63}\d)[0-9a-f]{7,64}\b/gi, '<hex>'],
  [/(?:[A-Za-z]:)?(?:[\\/][\w.@+~-]{1,100}){2,40}/g, '<path>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, '<address>'],
  [/\d+(?:[.,]\d+)*/g, '<n>'],
  [/\s+/g, ' '],
];

/** What stays of a line when all that changes from run to run - times, ids, paths, numbers - is taken out. */
export function templateOf(line: string): string {
  return masks.reduce((text, [pattern, mask]) => text.replace(pattern, mask), line.slice(0, 300)).trim();
}

/** The distinct templates of some lines, in their order; empty lines have none. */
export function templateHashes(lines: readonly string[]): readonly ErrorTemplate[] {
  const templates = new Map<number, ErrorTemplate>();
  for (const line of lines) {
    const template = templateOf(line);
    if (template === '') continue;
    const hash = hashOf(template);
    if (!templates.has(hash)) templates.set(hash, { hash, template, line });
  }
  return [...templates.values()];
}
