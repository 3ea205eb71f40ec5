export interface RetryTiming {
  /** The first wait. @default 200 */
  readonly baseMs: number;
  /** No wait is longer. @default 30000 */
  readonly maxMs: number;
}

export const defaultRetryTiming: RetryTiming = { baseMs: 200, maxMs: 30_000 };

/**
 * How long to wait before try number `attempt + 1`: doubling, capped, and spread over its upper half so that consumers which
 * failed together do not come back together.
 *
 * @param attempt failed tries so far, from 1
 * @param random in [0, 1)
 * @example
 * backoffMs({ baseMs: 200, maxMs: 30_000 }, 1, 0) // 100
 */
export function backoffMs({ baseMs, maxMs }: RetryTiming, attempt: number, random: number): number {
  const ceilingMs = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceilingMs / 2 + (ceilingMs / 2) * random);
}
