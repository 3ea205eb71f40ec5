import { setTimeout as sleep } from 'node:timers/promises';
import { OrreryError } from '@orrery/errors';

/**
 * Waits until something holds.
 *
 * @throws ORRERY_TIMEOUT when it does not within 40 s.
 */
export async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new OrreryError('ORRERY_TIMEOUT', 'it did not come to hold within 40 s');
    await sleep(20);
  }
}
