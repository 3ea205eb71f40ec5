import { isMainThread } from 'node:worker_threads';

/** A client that may have something to send when the process is about to end. */
export interface Flushable {
  readonly hasUnsent: boolean;
  flushAtEnd(deadlineMs: number): Promise<void>;
}

const AT_NATURAL_END_MS = 2_000;
const AT_SIGNAL_MS = 1_000;

const clients = new Set<Flushable>();
const signalClients = new Map<NodeJS.Signals, Set<Flushable>>();
let isTried = false;

function flushAll(among: Iterable<Flushable>, deadlineMs: number): Promise<unknown> {
  return Promise.all([...among].filter((client) => client.hasUnsent).map((client) => client.flushAtEnd(deadlineMs)));
}

// Flushing gives the loop work, so that beforeExit comes again afterwards; what could not be sent then stays unsent.
function onBeforeExit(): void {
  if (isTried) return;
  isTried = true;
  void flushAll(clients, AT_NATURAL_END_MS);
}

/**
 * A listener takes the signal's default away, which is to end the process. So where the host has no listener of its own, the
 * signal is raised again after the flush; where it has one, what happens is the host's business.
 */
function onSignal(signal: NodeJS.Signals): void {
  const among = signalClients.get(signal) ?? [];
  const isOurs = process.listenerCount(signal) === 1;
  const flushed = flushAll(among, AT_SIGNAL_MS);
  if (!isOurs) return;
  process.off(signal, onSignal);
  void flushed.finally(() => process.kill(process.pid, signal));
}

/** Has the client flushed when the process ends by itself, and on the given signals; returns what undoes it. */
export function flushAtProcessEnd(client: Flushable, signals: readonly NodeJS.Signals[]): () => void {
  if (clients.size === 0) process.on('beforeExit', onBeforeExit);
  clients.add(client);
  const heeded = isMainThread ? signals : [];
  for (const signal of heeded) {
    const among = signalClients.get(signal) ?? new Set();
    if (among.size === 0) process.on(signal, onSignal);
    signalClients.set(signal, among.add(client));
  }
  return () => {
    clients.delete(client);
    if (clients.size === 0) process.off('beforeExit', onBeforeExit);
    for (const signal of heeded) {
      const among = signalClients.get(signal);
      among?.delete(client);
      if (among?.size === 0) process.off(signal, onSignal);
    }
  };
}

/** Tells that there is something new to send, so that the end of the process is worth another flush. */
export function noteNewWork(): void {
  isTried = false;
}
