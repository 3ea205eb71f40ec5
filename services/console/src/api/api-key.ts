import { signalStore } from './signal-store.js';

const slot = 'orrery.key';

/** Kept for this browser tab only. */
export function currentKey(): string | null {
  return sessionStorage.getItem(slot);
}

export interface KeyDemand {
  /** Why the server wants a key, in its words. */
  readonly reason: string;
}

/** Set while the server wants a key that we do not have. */
export const keyDemand = signalStore<KeyDemand | null>(null);

/** Keeps the key and lets what was refused try again. */
export function giveKey(key: string): void {
  sessionStorage.setItem(slot, key);
  keyDemand.set(null);
}

/** The subprotocols that carry the key of a WebSocket, which cannot have headers of its own. */
export function keyProtocols(key: string | null): string[] {
  if (key === null) return [];
  const bytes = Array.from(new TextEncoder().encode(key), (byte) => String.fromCharCode(byte)).join('');
  const encoded = btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return ['orrery.v1', `orrery.key.${encoded}`];
}
