import { messageOf, OrreryError } from '@orrery/errors';

/**
 * Reads a state that was stored.
 *
 * @throws ORRERY_CONFIG, retriable, when it is of another version: the deployment is to blame and not the fact in hand, which must wait.
 */
export function readStored<Stored, State>(decode: (stored: Stored) => State, stored: Stored, what: string): State {
  try {
    return decode(stored);
  } catch (error) {
    throw new OrreryError('ORRERY_CONFIG', `the stored ${what} cannot be read by this version: ${messageOf(error)}`, { retriable: true, cause: error });
  }
}
