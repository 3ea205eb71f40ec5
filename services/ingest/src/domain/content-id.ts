import { deterministicId } from '@orrery/contracts';

/** The id of an event whose format has none: the same content, the same id. */
export function contentIdOf(value: unknown): string {
  return deterministicId('content', JSON.stringify(value) ?? '');
}
