import { OrreryError } from '@orrery/errors';
import type { Document, LineCounter } from 'yaml';
import { isNode, isMap, isScalar } from 'yaml';
import { oneLine } from '../view/style.js';

export type Path = readonly (string | number)[];

const MOST_SHOWN = 50;

/** Gathers all that is wrong with a file, each with the line where it stands. */
export class Faults {
  private readonly found: { readonly line: number; readonly text: string }[] = [];

  constructor(
    private readonly file: string,
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {}

  get isEmpty(): boolean {
    return this.found.length === 0;
  }

  add(path: Path, message: string): void {
    const where = path.length === 0 ? '' : `${oneLine(showPath(path), 200)}: `;
    this.found.push({ line: this.lineOf(path), text: `${where}${message}` });
  }

  addAt(offset: number, message: string): void {
    this.found.push({ line: this.lines.linePos(offset).line, text: message });
  }

  /** @throws ORRERY_VALIDATION that names all faults, when there are any */
  throwIfAny(): void {
    if (this.isEmpty) return;
    const sorted = [...this.found].sort((a, b) => a.line - b.line);
    const shown = sorted.slice(0, MOST_SHOWN).map(({ line, text }) => `${this.file}:${line}: ${text}`);
    const more = sorted.length > MOST_SHOWN ? [`… and ${sorted.length - MOST_SHOWN} more`] : [];
    throw new OrreryError('ORRERY_VALIDATION', [...shown, ...more].join('\n'), { details: { faults: sorted.length } });
  }

  /** The line of the key that the path names, or of the nearest thing around it that the file has. */
  private lineOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const offset = this.offsetOf(path.slice(0, length));
      if (offset !== undefined) return this.lines.linePos(offset).line;
    }
    return 1;
  }

  private offsetOf(path: Path): number | undefined {
    const parent: unknown = path.length === 1 ? this.document.contents : this.document.getIn(path.slice(0, -1), true);
    const last = path.at(-1);
    if (isMap(parent)) {
      const key = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last))?.key;
      if (isNode(key)) return key.range?.[0];
    }
    const node: unknown = this.document.getIn(path, true);
    return isNode(node) ? node.range?.[0] : undefined;
  }
}

function showPath(path: Path): string {
  if (path[0] !== 'tasks' || path.length === 1) return path.join('.');
  const [, task, ...rest] = path;
  return [`task ${String(task)}`, ...(rest.length === 0 ? [] : [rest.join('.')])].join(': ');
}
