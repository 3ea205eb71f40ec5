import { backoffMs } from '../live/backoff.js';
import { signalStore } from './signal-store.js';

export interface Connection {
  readonly isOnline: boolean;
  /** When the next try is due, as epoch milliseconds; null while online or while trying. */
  readonly nextTryAtMs: number | null;
  /** Grows each time that the server came back, so that calls which failed are worth repeating. */
  readonly generation: number;
}

export const connection = signalStore<Connection>({ isOnline: true, nextTryAtMs: null, generation: 0 });

let timer: ReturnType<typeof setTimeout> | undefined;
let tries = 0;

/** A call got an answer, whatever it says. */
export function noteAnswer(): void {
  clearTimeout(timer);
  tries = 0;
  const { isOnline, generation } = connection.get();
  if (!isOnline) connection.set({ isOnline: true, nextTryAtMs: null, generation: generation + 1 });
}

/** A call got no answer at all: says so, and tries again ever more seldom until the server is back. */
export function noteSilence(): void {
  if (!connection.get().isOnline) return;
  schedule();
}

/** Tries at once instead of at the next due time. */
export async function tryNow(): Promise<void> {
  clearTimeout(timer);
  connection.set({ ...connection.get(), isOnline: false, nextTryAtMs: null });
  try {
    await fetch('health/live', { cache: 'no-store' });
    noteAnswer();
  } catch {
    schedule();
  }
}

function schedule(): void {
  const waitMs = backoffMs(tries, Math.random());
  tries += 1;
  connection.set({ ...connection.get(), isOnline: false, nextTryAtMs: Date.now() + waitMs });
  clearTimeout(timer);
  timer = setTimeout(() => void tryNow(), waitMs);
}
