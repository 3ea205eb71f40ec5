import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable, type Readable } from 'node:stream';

/** A pipe: what is written to the descriptor can be read from the stream. */
export interface Pipe {
  readonly reader: Readable;
  readonly writeDescriptor: number;
}

/**
 * Makes real pipes for a command's output. What Node calls a pipe is a socket, on which `> /dev/stdout` and `tee /dev/stderr`
 * fail (ENXIO); Node has no pipe(2), and a FIFO is the same thing with a name, which is taken away at once.
 *
 * @returns undefined where FIFOs cannot be made; sockets have to do then
 */
export function makePipes(count: number): readonly Pipe[] | undefined {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'orrery-'));
    const paths = Array.from({ length: count }, (_, index) => join(folder ?? '', String(index)));
    if (spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' }).status !== 0) return undefined;
    return paths.map(openPipe);
  } catch {
    return undefined;
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function openPipe(path: string): Pipe {
  // The reading end first and without waiting, or each end would wait for the other.
  const readDescriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeDescriptor = openSync(path, constants.O_WRONLY);
  return { reader: new Socket({ fd: readDescriptor, readable: true, writable: false }), writeDescriptor };
}

/** Closes this process's copies of the writing ends, so that the command's end is the end of the data. */
export function closeWriters(pipes: readonly Pipe[]): void {
  for (const { writeDescriptor } of pipes) closeSync(writeDescriptor);
}

const AGAIN_MS = 5;

/**
 * Writes to a file descriptor without ever blocking the process, whatever the descriptor is: process.stdout does block while
 * a pipe is full, and with it the passing on of signals. Another process that shares the descriptor may have made it
 * non-blocking; then a full pipe shows as EAGAIN.
 */
export class DescriptorWriter extends Writable {
  constructor(private readonly descriptor: number) {
    super();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    write(this.descriptor, chunk, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this._write(chunk, _encoding, done), AGAIN_MS);
      else if (error !== null) done(error);
      else if (written < chunk.length) this._write(chunk.subarray(written), _encoding, done);
      else done();
    });
  }
}
