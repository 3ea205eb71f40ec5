import { existsSync, mkdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OrreryError, type ErrorCode } from '@orrery/errors';
import type { FinishedEvent, PipelineEvent } from './pipeline-event.js';
import type { RunOrder } from './take-run.js';

/** What a client says to a worker, a JSON document a line. */
export type WorkerRequest =
  | { readonly kind: 'run'; readonly order: RunOrder; readonly environment: Readonly<Record<string, string | undefined>> }
  | { readonly kind: 'cancel'; readonly run: string };

/** What a worker says to a client; the first line is its greeting. */
export type WorkerReply =
  | { readonly kind: 'hello'; readonly name: string; readonly pid: number; readonly slots: number; readonly memoryBytes?: number; readonly policy?: string }
  | { readonly kind: 'event'; readonly event: PipelineEvent }
  /** The run had ended before it was asked for. */
  | { readonly kind: 'ended'; readonly event: FinishedEvent }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string };

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;
/** sun_path of unix(7) holds 108 bytes with the NUL at its end, 104 on other systems. */
const LONGEST_PATH = 103;

/**
 * Where a worker listens.
 *
 * @throws ORRERY_VALIDATION when the name is none, ORRERY_CONFIG when the path is too long for a socket
 */
export function socketPath(stateFolder: string, name: string): string {
  if (!NAME.test(name)) throw new OrreryError('ORRERY_VALIDATION', `a worker's name has letters, digits, dots, _ and -, 60 at most; got ${name}`);
  const path = join(stateFolder, 'workers', `${name}.sock`);
  if (Buffer.byteLength(path) > LONGEST_PATH) throw new OrreryError('ORRERY_CONFIG', `${path} is too long for a socket (${LONGEST_PATH} bytes at most); ORRERY_STATE_FOLDER names a shorter place`);
  return path;
}

export function makeWorkerFolder(stateFolder: string): void {
  try {
    // Whoever can reach the socket can run commands.
    mkdirSync(join(stateFolder, 'workers'), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new OrreryError('ORRERY_CONFIG', `${stateFolder} cannot be written; ORRERY_STATE_FOLDER names another place`, { cause });
  }
}

export function hasSocket(path: string): boolean {
  return existsSync(path);
}

export function say(socket: Socket, message: WorkerRequest | WorkerReply): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

/** Hears each line of the other side; what is no JSON is passed over. */
export function hear<Message>(socket: Socket, listener: (message: Message) => void): void {
  const lines = createInterface({ input: socket, crlfDelay: Infinity });
  // It raises the socket's errors once more; a reset is told of by the socket's end.
  lines.on('error', () => undefined);
  lines.on('line', (line) => {
    let message: Message;
    try {
      message = JSON.parse(line) as Message;
    } catch {
      return;
    }
    listener(message);
  });
}
