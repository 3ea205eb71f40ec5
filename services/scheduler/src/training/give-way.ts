import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * Lets the thread that calls it give way to others. Linux alone has a priority for a thread, and tells its id by this link; elsewhere threads are equal.
 *
 * @param niceness 0 to 19
 */
export function giveWay(niceness: number): void {
  if (niceness === 0) return;
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), niceness);
  } catch {
    // Without it the episodes are right all the same.
  }
}
