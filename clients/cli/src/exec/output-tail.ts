export interface TailLimits {
  readonly maxBytes: number;
  readonly maxLines: number;
}

export interface Tail {
  readonly text: string;
  readonly totalBytes: number;
  /** Whether something before the text was left out. */
  readonly isCut: boolean;
}

const NEWLINE = 0x0a;

/** Keeps the end of what passes by, however much that is: at most so many bytes and so many lines. */
export class OutputTail {
  private chunks: Buffer[] = [];
  private bytes = 0;
  private totalBytes = 0;

  constructor(private readonly limits: TailLimits = { maxBytes: 64 * 1024, maxLines: 200 }) {}

  add(chunk: Buffer): void {
    this.totalBytes += chunk.length;
    const end = chunk.length > this.limits.maxBytes ? chunk.subarray(-this.limits.maxBytes) : chunk;
    // A copy of its own: a slice would keep the whole buffer it lies in.
    this.chunks.push(Buffer.from(end));
    this.bytes += end.length;
    while (this.bytes - (this.chunks[0]?.length ?? 0) >= this.limits.maxBytes) this.bytes -= this.chunks.shift()?.length ?? 0;
    // Many tiny writes must not become many tiny buffers.
    if (this.chunks.length > 1_024) this.chunks = [Buffer.concat(this.chunks)];
  }

  /** The end so far, beginning at a line where possible. */
  read(): Tail {
    const kept = Buffer.concat(this.chunks).subarray(-this.limits.maxBytes);
    const lineStart = startOfLastLines(kept, this.limits.maxLines);
    let start = lineStart;
    if (lineStart === 0 && kept.length < this.totalBytes) start = kept.indexOf(NEWLINE) + 1;
    const text = kept.subarray(start).toString('utf8');
    return { text, totalBytes: this.totalBytes, isCut: kept.length - start < this.totalBytes };
  }
}

function startOfLastLines(buffer: Buffer, maxLines: number): number {
  let position = buffer.length;
  // A newline at the very end closes the last line and opens none.
  if (buffer.at(-1) === NEWLINE) position -= 1;
  for (let line = 0; line < maxLines; line++) {
    if (position <= 0) return 0;
    position = buffer.lastIndexOf(NEWLINE, position - 1);
    if (position === -1) return 0;
  }
  return position + 1;
}
