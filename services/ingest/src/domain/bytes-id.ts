import { deterministicId } from '@orrery/contracts';
import { latin1Of } from './redaction/redact.js';

/** The id of an event that is known by its bytes alone: the same bytes, the same id. */
export function contentIdOfBytes(body: Uint8Array): string {
  return deterministicId('bytes', latin1Of(body));
}
