const firstDelayMs = 10_000;
const longestDelayMs = 4 * 60 * 60 * 1000;
const jitter = 0.2;

/**
 * How long to wait after a failed attempt: 10 s, doubled each time, 4 h at most, up to a fifth more or less so that receivers that
 * come back are not met by all at once. With 16 attempts the last one is made about 22 h after the first.
 *
 * @param attempt the one that failed; 1 is the first
 * @param random from 0 to 1
 * @param askedMs how long the receiver asked to be left alone; longer than 4 h is not waited
 */
export function delayAfter(attempt: number, random: number, askedMs = 0): number {
  const plain = Math.min(firstDelayMs * 2 ** Math.min(attempt - 1, 30), longestDelayMs);
  const jittered = plain * (1 - jitter + 2 * jitter * random);
  return Math.round(Math.max(jittered, Math.min(askedMs, longestDelayMs)));
}
