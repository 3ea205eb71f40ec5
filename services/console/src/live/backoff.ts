const firstMs = 500;
const longestMs = 15_000;

/**
 * How long to wait before another try.
 *
 * @param tries how many failed before
 * @param draw uniform in [0, 1): spreads the tries of many pages over time
 * @returns milliseconds, between half of and all of 0.5 s, 1 s, 2 s, ... 15 s
 */
export function backoffMs(tries: number, draw: number): number {
  const fullMs = Math.min(longestMs, firstMs * 2 ** Math.min(tries, 10));
  return Math.round(fullMs * (0.5 + draw / 2));
}
