import type { Readable, Writable } from 'node:stream';
import { DescriptorWriter } from './pipes.js';

/** Once the command has ended, its pipes are read until they close or nothing has come for so long. */
const QUIET_MS = 500;
/** Processes that the command left in the background may write for ever; they are listened to no longer than this. */
const LONGEST_MS = 10_000;

/** Hands the output of a command on, byte for byte and no faster than the reader takes it. */
export class PassThrough {
  private readonly flows: Flow[] = [];

  add(from: Readable, fileDescriptor: 1 | 2, onChunk: (chunk: Buffer) => void): void {
    this.flows.push(new Flow(from, new DescriptorWriter(fileDescriptor), onChunk));
  }

  /** Resolves when all that the ended command wrote has been passed on. */
  async drained(): Promise<void> {
    let busyMs = 0;
    let seen = -1;
    while (this.flows.some((flow) => !flow.isEnded) && busyMs < LONGEST_MS) {
      const chunks = this.flows.reduce((sum, flow) => sum + flow.chunks, 0);
      const isHeldUp = this.flows.some((flow) => flow.isHeldUp);
      if (!isHeldUp && chunks === seen) break;
      seen = chunks;
      await this.endedWithin(QUIET_MS);
      // A slow reader may take all the time it wants.
      if (!isHeldUp) busyMs += QUIET_MS;
    }
    for (const flow of this.flows) flow.close();
    await Promise.all(this.flows.map((flow) => flow.written()));
  }

  private async endedWithin(waitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise((resolve) => (timer = setTimeout(resolve, waitMs)));
    await Promise.race([Promise.all(this.flows.map((flow) => flow.ended)), waited]);
    // Left alone it would keep the process alive after all is done.
    clearTimeout(timer);
  }
}

class Flow {
  chunks = 0;
  isHeldUp = false;
  isEnded = false;
  readonly ended: Promise<void>;

  constructor(
    private readonly from: Readable,
    private readonly to: Writable,
    onChunk: (chunk: Buffer) => void,
  ) {
    from.on('data', (chunk: Buffer) => {
      this.chunks += 1;
      onChunk(chunk);
      if (!to.write(chunk)) this.holdUp();
    });
    from.on('error', () => undefined);
    // Our reader is gone: closing the command's pipe tells it so in the way it would learn without us.
    to.on('error', () => from.destroy());
    this.ended = new Promise((resolve) =>
      from.once('close', () => {
        this.isEnded = true;
        resolve();
      }),
    );
  }

  close(): void {
    this.from.destroy();
  }

  /** Resolves when what was read is written, or cannot be. */
  written(): Promise<void> {
    return new Promise((resolve) => {
      this.to.on('error', () => resolve());
      this.to.end(() => resolve());
    });
  }

  private holdUp(): void {
    this.isHeldUp = true;
    this.from.pause();
    this.to.once('drain', () => {
      this.isHeldUp = false;
      this.from.resume();
    });
  }
}
