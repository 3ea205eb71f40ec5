import type { Environment } from './environment.js';
import { createStyle, type Style } from './view/style.js';

const DEFAULT_WIDTH = 160;

type Surroundings = Pick<Environment, 'isColourOff' | 'isColourForced'>;

/**
 * Standard output for answers, standard error for remarks; knows whether a person looks on. The streams are not touched before
 * they are needed: touching process.stdout makes a pipe non-blocking for every process that shares it.
 */
export class Terminal {
  private streams: { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream } | undefined;
  private ownStyle: Style | undefined;

  constructor(private readonly environment: Surroundings) {}

  get style(): Style {
    this.ownStyle ??= createStyle(this.hasColour(this.stdout));
    return this.ownStyle;
  }

  /** Characters in a line; the default where nobody looks on. */
  get width(): number {
    return this.stdout.columns || DEFAULT_WIDTH;
  }

  /** Whether remarks are seen by a person as they come. */
  get isWatched(): boolean {
    return this.stderr.isTTY;
  }

  get remarkWidth(): number {
    return this.stderr.columns || DEFAULT_WIDTH;
  }

  line(text = ''): void {
    this.stdout.write(`${text}\n`);
  }

  /** One JSON document. */
  document(value: unknown): void {
    this.line(JSON.stringify(value, null, 2));
  }

  /** One line of a JSON stream. */
  jsonLine(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  remark(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  /** Replaces the line that is shown now; for progress that a person watches. */
  rewrite(text: string): void {
    this.stderr.write(`\r\u001b[2K${text}`);
  }

  private get stdout(): NodeJS.WriteStream {
    return this.open().stdout;
  }

  private get stderr(): NodeJS.WriteStream {
    return this.open().stderr;
  }

  private open(): { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream } {
    if (this.streams !== undefined) return this.streams;
    const { stdout, stderr } = process;
    // A reader that went away (`orrery runs | head -1`) is no error.
    for (const stream of [stdout, stderr]) stream.on('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' || this.fail(error));
    this.streams = { stdout, stderr };
    return this.streams;
  }

  private hasColour(stream: NodeJS.WriteStream): boolean {
    return !this.environment.isColourOff && (stream.isTTY || this.environment.isColourForced);
  }

  private fail(error: Error): void {
    process.exitCode = 1;
    if (this.stderr.writable) this.stderr.write(`orrery: ${error.message}\n`);
  }
}
