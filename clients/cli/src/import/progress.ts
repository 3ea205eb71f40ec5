import type { Terminal } from '../terminal.js';
import { oneLine } from '../view/style.js';

const REDRAW_MS = 80;
const PLAIN_LINE_MS = 5_000;

/** Shows how far something is: a line that moves where a person watches, now and then a plain line elsewhere. */
export class Progress {
  private lastMs = 0;
  private isShown = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly isQuiet: boolean,
  ) {
    this.lastMs = terminal.isWatched ? 0 : performance.now();
  }

  /** @param share from 0 to 1, or undefined when the end is not known */
  show(text: string, share?: number): void {
    if (this.isQuiet) return;
    const now = performance.now();
    if (now - this.lastMs < (this.terminal.isWatched ? REDRAW_MS : PLAIN_LINE_MS)) return;
    this.lastMs = now;
    if (!this.terminal.isWatched) this.terminal.remark(text);
    else {
      this.isShown = true;
      this.terminal.rewrite(oneLine(`${bar(share)}${text}`, this.terminal.remarkWidth - 1));
    }
  }

  /** Says something between two states of the progress. */
  remark(text: string): void {
    this.clear();
    this.terminal.remark(text);
  }

  clear(): void {
    if (this.isShown) this.terminal.rewrite('');
    this.isShown = false;
  }
}

const BAR_LENGTH = 24;

function bar(share: number | undefined): string {
  if (share === undefined) return '';
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_LENGTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_LENGTH - full)} ${String(Math.floor(share * 100)).padStart(3)} % `;
}
