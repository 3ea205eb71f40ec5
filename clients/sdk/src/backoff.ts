export interface BackoffSettings {
  /** Wait before the first repeat. @default 250 */
  readonly firstMs: number;
  /** No wait is longer, apart from one that the server asks for. @default 30000 */
  readonly longestMs: number;
}

/** The longest wait that a server may ask for; beyond it a wrong clock or header would silence the client. */
const LONGEST_ASKED_MS = 300_000;

/**
 * How long to wait before trying again: doubles with every failure, half of it drawn at random so that many clients do not
 * come back together, and never less than the server asked for.
 *
 * @param failures failures in a row, from 1
 * @param random from 0 up to 1
 */
export function backoffMs(settings: BackoffSettings, failures: number, random: number, askedMs = 0): number {
  const ceilingMs = Math.min(settings.longestMs, settings.firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.max(ceilingMs * (0.5 + random / 2), Math.min(askedMs, LONGEST_ASKED_MS));
}

/**
 * Reads a Retry-After header, which holds seconds or an HTTP date (RFC 9110, section 10.2.3).
 *
 * @returns milliseconds from now, 0 when the header is absent or makes no sense
 */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined || header.trim() === '') return 0;
  const seconds = Number(header);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return waitMs > 0 ? waitMs : 0;
}
